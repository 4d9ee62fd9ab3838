package weir.amqp.session;

import java.util.LinkedHashMap;
import java.util.Map;
import weir.amqp.AmqpSettings;
import weir.amqp.wire.FieldTable;

/** What clients are told of this server before they log in. They switch features on by it. */
final class ServerProperties {
    private ServerProperties() {}

    static FieldTable of(AmqpSettings settings) {
        Map<String, Object> capabilities = new LinkedHashMap<>();
        for (String each : new String[] {
            "publisher_confirms",
            "exchange_exchange_bindings",
            "basic.nack",
            "consumer_cancel_notify",
            "connection.blocked",
            "consumer_priorities",
            "authentication_failure_close",
            "per_consumer_qos",
            "direct_reply_to"
        }) {
            capabilities.put(each, true);
        }
        Map<String, Object> properties = new LinkedHashMap<>();
        properties.put("capabilities", FieldTable.of(capabilities));
        properties.put("cluster_name", settings.cluster());
        properties.put("copyright", "The Weir authors");
        properties.put("information", "Weir: one queue for SQS, RabbitMQ and Kafka clients");
        properties.put("platform", "Java");
        properties.put("product", settings.product());
        properties.put("version", settings.version());
        return FieldTable.of(properties);
    }
}
