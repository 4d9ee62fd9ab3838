package weir.amqp.session;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import weir.amqp.message.DeliveredMessages;
import weir.amqp.message.StoredMessage;
import weir.amqp.wire.AmqpException;
import weir.amqp.wire.FieldTable;
import weir.amqp.wire.Properties;
import weir.core.broker.Delivery;
import weir.core.codec.CorruptDataException;
import weir.core.shard.Reply;

/** What a delivery looks like on a channel: as it was published, and from the second time on with how often it was tried. */
record Messages(DeliveredMessages delivered) {
    /** Deliveries before this one that counted. */
    private static final String DELIVERY_COUNT = "x-delivery-count";

    /** Deliveries before this one. */
    private static final String ACQUIRED_COUNT = "x-acquired-count";

    /** @param queue its name in its virtual host */
    StoredMessage delivered(Delivery delivery, String queue) {
        StoredMessage message = delivered.of(delivery, queue);
        Reply.Leased leased = delivery.leased();
        int before = leased.lease().delivery() - 1;
        return before == 0 ? message : counted(message, attemptsBefore(leased), before);
    }

    /** Those in this queue; what was dead-lettered is counted anew where it arrives. */
    private static int attemptsBefore(Reply.Leased leased) {
        var origin = leased.envelope().origin();
        return Math.max(0, leased.attempts() - 1 - (origin == null ? 0 : origin.attempts()));
    }

    private static StoredMessage counted(StoredMessage message, int attempts, int deliveries) {
        try {
            Properties properties = message.readProperties();
            Map<String, @Nullable Object> headers =
                    new LinkedHashMap<>(properties.headers().asMap());
            headers.put(ACQUIRED_COUNT, (long) deliveries);
            headers.put(DELIVERY_COUNT, (long) attempts);
            return message.withProperties(
                    properties.change().headers(FieldTable.of(headers)).build());
        } catch (AmqpException e) { // Was seen to when the message was published.
            throw new CorruptDataException("stored headers cannot be read", e);
        }
    }
}
