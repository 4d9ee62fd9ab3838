package weir.amqp.message;

import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import weir.amqp.wire.FieldTable;
import weir.amqp.wire.PropertiesBuilder;
import weir.amqp.wire.Property;
import weir.core.Bytes;
import weir.core.Envelope;
import weir.core.Message;
import weir.core.Message.Header;
import weir.core.broker.Delivery;
import weir.core.broker.FetchedBatch;
import weir.core.codec.Formats;

/**
 * Reads what is handed out as AMQP delivers it, whoever published it. What AMQP stored comes back as it went; of anything
 * else the headers of {@link Names} become properties again, and the rest headers.
 *
 * @param formats of all fronts
 */
public record DeliveredMessages(Formats formats) {
    private static final int PERSISTENT = 2;
    private static final int OCTET_MAX = 255;

    /** Types of headers that mean something to everybody; others are some front's own. */
    private static boolean isPublic(Header header) {
        String type = header.type();
        return type.startsWith("String") || type.startsWith("Number") || type.startsWith("Binary");
    }

    /**
     * The message of a delivery.
     *
     * @param queue the name by which AMQP knows the queue; what did not come by AMQP was published to it directly
     * @throws weir.core.codec.CorruptDataException if the payload cannot be read
     */
    public StoredMessage of(Delivery delivery, String queue) {
        if (delivery.format() == StoredMessage.FORMAT) {
            return StoredMessage.decode(delivery.payload());
        }
        Message message = formats.read(delivery.format(), delivery.payload(), delivery.indexInBatch());
        return converted(
                message, delivery.leased().envelope(), delivery.leased().publishedAtMillis(), queue);
    }

    /**
     * One message of a batch that was read from a stream.
     *
     * @param queue as in {@link #of(Delivery, String)}
     * @throws weir.core.codec.CorruptDataException if the payload cannot be read
     */
    public StoredMessage of(FetchedBatch batch, int index, String queue) {
        if (batch.format() == StoredMessage.FORMAT) {
            return StoredMessage.decode(batch.payload());
        }
        Message message = formats.read(batch.format(), batch.payload(), index);
        return converted(message, batch.messages().get(index), batch.appendedAtMillis(), queue);
    }

    static StoredMessage converted(Message message, Envelope envelope, long publishedAtMillis, String queue) {
        SequencedMap<String, Header> left = message.headers().stream()
                .filter(DeliveredMessages::isPublic)
                .collect(Collectors.toMap(Header::name, Function.identity(), (_, last) -> last, LinkedHashMap::new));
        PropertiesBuilder properties = new PropertiesBuilder();
        for (Names.Text each : Names.TEXTS) {
            String value = takeShort(left, each.name());
            if (value != null) {
                properties.text(each.property(), value);
            }
        }
        Long ttl = takeWhole(left, Names.TTL, 0, Long.MAX_VALUE);
        if (ttl != null) {
            properties.text(Property.EXPIRATION, ttl.toString());
        }
        Integer mode = takeOctet(left, Names.DELIVERY_MODE);
        properties.deliveryMode(mode == null ? PERSISTENT : mode);
        Integer priority = takeOctet(left, Names.PRIORITY);
        if (priority != null) {
            properties.priority(priority);
        }
        Long seconds = takeWhole(left, Names.TIMESTAMP, Instant.MIN.getEpochSecond(), Instant.MAX.getEpochSecond());
        properties.timestamp(
                seconds == null ? Instant.ofEpochMilli(publishedAtMillis) : Instant.ofEpochSecond(seconds));
        String exchange = takeShort(left, Names.EXCHANGE);
        String routingKey = takeShort(left, Names.ROUTING_KEY);
        Bytes body = body(left, message.body());
        return new StoredMessage(
                exchange == null ? "" : exchange,
                routingKey == null ? queue : routingKey,
                properties.headers(headers(left, envelope)).build(),
                body);
    }

    /** The value if it is a text that a property can hold; else it stays among the headers. */
    private static @Nullable String takeShort(SequencedMap<String, Header> left, String name) {
        Header header = left.get(name);
        if (header == null || header.type().startsWith("Binary")) {
            return null;
        }
        String text = header.value().utf8();
        if (!PropertiesBuilder.fits(text)) {
            return null;
        }
        left.remove(name);
        return text;
    }

    private static @Nullable Integer takeOctet(SequencedMap<String, Header> left, String name) {
        Long value = takeWhole(left, name, 0, OCTET_MAX);
        return value == null ? null : value.intValue();
    }

    private static @Nullable Long takeWhole(SequencedMap<String, Header> left, String name, long least, long most) {
        Header header = left.get(name);
        if (header == null) {
            return null;
        }
        try {
            long value = Long.parseLong(header.value().utf8());
            if (value < least || value > most) {
                return null;
            }
            left.remove(name);
            return value;
        } catch (NumberFormatException _) { // Somebody else's meaning of the name; it stays a header.
            return null;
        }
    }

    private static Bytes body(SequencedMap<String, Header> left, Bytes body) {
        Header encoding = left.get(Names.BODY_ENCODING);
        if (encoding == null || !encoding.value().equals(Bytes.utf8(Names.BASE64))) {
            return body;
        }
        try {
            Bytes decoded = Bytes.of(Base64.getDecoder().decode(body.toArray()));
            left.remove(Names.BODY_ENCODING);
            return decoded;
        } catch (IllegalArgumentException _) { // It says so, but it is not.
            return body;
        }
    }

    /** A name longer than the wire can hold is cut; SQS lets one have 256 characters, AMQP 255 bytes. */
    private static FieldTable headers(SequencedMap<String, Header> left, Envelope envelope) {
        SequencedMap<String, @Nullable Object> headers = new LinkedHashMap<>();
        left.forEach((name, header) -> headers.put(cut(name), FieldTypes.value(header)));
        if (envelope.group() != null) {
            headers.putIfAbsent(Names.GROUP, envelope.group());
        }
        if (envelope.deduplicationId() != null) {
            headers.putIfAbsent(Names.DEDUPLICATION_ID, envelope.deduplicationId());
        }
        return FieldTable.of(headers);
    }

    private static String cut(String name) {
        String shown = name;
        while (!PropertiesBuilder.fits(shown)) {
            shown = shown.substring(0, shown.length() - 1);
        }
        return shown;
    }
}
