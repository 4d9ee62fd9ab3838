package weir.amqp.message;

import weir.amqp.wire.AmqpException;
import weir.amqp.wire.Properties;
import weir.core.Bytes;
import weir.core.codec.CorruptDataException;
import weir.core.codec.Reader;
import weir.core.codec.Writer;

/**
 * A message as AMQP stores it: where it was published to, and its content header and body as they came.
 *
 * @param exchange its name in UTF-8, at most 255 bytes
 * @param routingKey in UTF-8, at most 255 bytes
 * @param properties flags and values of the content header, see {@link Properties#bytes}
 * @param body opaque
 */
public record StoredMessage(Bytes exchange, Bytes routingKey, Bytes properties, Bytes body) {
    /** The {@link weir.core.Batch#format} of what {@link #encode} writes. */
    public static final int FORMAT = 2;

    private static final int LENGTHS_BYTES_MAX = 16;

    public StoredMessage(String exchange, String routingKey, Properties properties, Bytes body) {
        this(Bytes.utf8(exchange), Bytes.utf8(routingKey), properties.bytes(), body);
    }

    /** The payload of a batch of this one message: a copy, which holds nothing of what was read alive. */
    public Bytes encode() {
        int size = exchange.length() + routingKey.length() + properties.length() + body.length();
        return new Writer(size + LENGTHS_BYTES_MAX)
                .bytes(exchange)
                .bytes(routingKey)
                .bytes(properties)
                .raw(body)
                .bytes();
    }

    /**
     * Slices of the payload.
     *
     * @throws CorruptDataException if it is not of this format
     */
    public static StoredMessage decode(Bytes payload) {
        Reader in = new Reader(payload);
        return new StoredMessage(in.bytes(), in.bytes(), in.bytes(), in.raw(in.remaining()));
    }

    /** @throws CorruptDataException if they cannot be read, which was seen to when the message was published */
    public Properties readProperties() {
        try {
            return Properties.read(properties);
        } catch (AmqpException e) {
            throw new CorruptDataException("a stored content header cannot be read", e);
        }
    }

    public StoredMessage withProperties(Properties changed) {
        return new StoredMessage(exchange, routingKey, changed.bytes(), body);
    }
}
