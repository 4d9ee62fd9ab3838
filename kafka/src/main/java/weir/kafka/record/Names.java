package weir.kafka.record;

import java.util.Map;
import java.util.stream.Collectors;

/** What the parts of a record are called where every front reads them. Promises to what is stored, and to clients: they never change. */
final class Names {
    static final String TEXT = "String";
    static final String NUMBER = "Number";
    static final String BINARY = "Binary";

    /** A record's key: the message group elsewhere. */
    static final String KEY = "x-group-id";

    static final String TIMESTAMP_SECONDS = "amqp.timestamp";
    static final String TIMESTAMP_MILLIS = "x-mq-ts";

    /** There is no value, which is not the same as an empty one. */
    static final String NULL = "mq-null";

    /** Kafka's usual names of headers, by what they are called here. */
    private static final Map<String, String> TO_KAFKA =
            Map.of("CorrelationId", "correlation-id", "ReplyTo", "reply-to");

    private static final Map<String, String> FROM_KAFKA =
            TO_KAFKA.entrySet().stream().collect(Collectors.toUnmodifiableMap(Map.Entry::getValue, Map.Entry::getKey));

    private Names() {}

    static String shown(String header) {
        return FROM_KAFKA.getOrDefault(header, header);
    }

    static String inKafka(String name) {
        return TO_KAFKA.getOrDefault(name, name);
    }
}
