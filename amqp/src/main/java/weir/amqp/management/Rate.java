package weir.amqp.management;

import java.util.Map;

/** How RabbitMQ says how fast something changes: beside each {@code NAME} there is a {@code NAME_details}. */
final class Rate {
    private Rate() {}

    static Map<String, Double> of(double perSecond) {
        return Map.of("rate", perSecond);
    }
}
