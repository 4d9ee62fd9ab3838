package weir.amqp.topology;

import java.util.List;
import org.jspecify.annotations.Nullable;
import weir.amqp.wire.AmqpException;
import weir.amqp.wire.FieldTable;

/** What routing asks of a message; headers and properties only if an exchange on the way looks at them. */
public interface Routed {
    /** At least one: the publisher's, then those of its CC and BCC headers, see {@link RoutingKeys}. */
    List<String> routingKeys();

    /** Empty if it has none. */
    FieldTable headers() throws AmqpException;

    /** {@code message_id}, {@code correlation_id} or {@code timestamp} (in seconds) as text; null if it has none. */
    @Nullable
    String property(HashProperty property) throws AmqpException;
}
