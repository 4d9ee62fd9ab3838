package weir.amqp.management;

import java.util.Map;

/** How RabbitMQ says how fast something changes: beside each {@code NAME} there is a {@code NAME_details}. */
final class Rates {
    static final Map<String, Double> NONE = of(0);

    private Rates() {}

    static Map<String, Double> of(double perSecond) {
        return Map.of("rate", perSecond);
    }
}
