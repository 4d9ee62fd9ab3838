package weir.amqp.session;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import weir.amqp.topology.HashProperty;
import weir.amqp.topology.Routed;
import weir.amqp.wire.FieldTable;
import weir.amqp.wire.Properties;

/** What the router asks of a message that has just come. */
record RoutedMessage(List<String> routingKeys, FieldTable headers, Properties properties) implements Routed {
    @Override
    public @Nullable String property(HashProperty property) {
        return switch (property) {
            case MESSAGE_ID -> properties.messageId();
            case CORRELATION_ID -> properties.correlationId();
            case TIMESTAMP -> {
                Instant timestamp = properties.timestamp();
                yield timestamp == null ? null : Long.toString(timestamp.getEpochSecond());
            }
        };
    }
}
