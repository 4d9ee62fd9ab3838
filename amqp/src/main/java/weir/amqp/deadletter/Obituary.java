package weir.amqp.deadletter;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import weir.amqp.message.StoredMessage;
import weir.amqp.queue.AmqpQueue;
import weir.amqp.wire.AmqpException;
import weir.amqp.wire.FieldTable;
import weir.amqp.wire.Properties;
import weir.amqp.wire.Property;
import weir.core.DeadLetterReason;
import weir.core.codec.CorruptDataException;

/** Makes of a message that died in a queue the one that is published to the queue's dead-letter exchange. */
final class Obituary {
    private static final String CC = "CC";

    private Obituary() {}

    /**
     * The dead letter: with its history, without its expiration, and with the queue's routing key for dead letters if it has
     * one; then its further keys ({@code CC}) do not hold any more.
     *
     * @param exchange of the queue's dead letters
     */
    static StoredMessage of(
            StoredMessage message, AmqpQueue queue, String exchange, DeadLetterReason reason, Instant time) {
        Properties properties = message.readProperties();
        FieldTable headers = headers(properties);
        List<String> keys = new ArrayList<>(List.of(message.routingKey().utf8()));
        keys.addAll(further(headers));
        FieldTable history = Deaths.with(
                headers,
                new Deaths.Death(
                        queue.name().name(), reason, time, message.exchange().utf8(), keys, properties.expiration()));
        String key = queue.deadLetterRoutingKey().orElse(message.routingKey().utf8());
        Properties changed = properties
                .change()
                .without(Property.EXPIRATION)
                .headers(queue.deadLetterRoutingKey().isPresent() ? history.without(CC) : history)
                .build();
        return new StoredMessage(exchange, key, changed, message.body());
    }

    static FieldTable headers(Properties properties) {
        try {
            return properties.headers();
        } catch (AmqpException e) { // Was seen to when the message was published.
            throw new CorruptDataException("stored headers cannot be read", e);
        }
    }

    private static List<String> further(FieldTable headers) {
        List<String> keys = new ArrayList<>();
        if (headers.get(CC) instanceof List<?> list) {
            for (Object each : list) {
                if (each instanceof String key) {
                    keys.add(key);
                }
            }
        }
        return keys;
    }
}
