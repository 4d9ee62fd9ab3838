package weir.amqp.message;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import weir.amqp.wire.AmqpException;
import weir.amqp.wire.Properties;
import weir.amqp.wire.Property;
import weir.core.Bytes;
import weir.core.Message;
import weir.core.Message.Header;
import weir.core.codec.CorruptDataException;
import weir.core.codec.MessageFormat;

/** Shows other fronts what AMQP stored: properties and headers become headers with the names of {@link Names}. */
public final class AmqpFormat implements MessageFormat {
    @Override
    public int code() {
        return StoredMessage.FORMAT;
    }

    /** AMQP stores each message as a batch of its own. */
    @Override
    public Message read(Bytes payload, int index) {
        StoredMessage stored = StoredMessage.decode(payload);
        Properties properties = stored.readProperties();
        List<Header> headers = new ArrayList<>();
        if (stored.exchange().length() > 0) {
            headers.add(new Header(Names.EXCHANGE, "String", stored.exchange()));
        }
        if (stored.routingKey().length() > 0) {
            headers.add(new Header(Names.ROUTING_KEY, "String", stored.routingKey()));
        }
        addProperties(properties, headers);
        addHeaders(properties, headers);
        return new Message(headers, stored.body());
    }

    private static void addProperties(Properties properties, List<Header> headers) {
        for (Names.Text each : Names.TEXTS) {
            String value = properties.text(each.property());
            if (value != null) {
                headers.add(FieldTypes.text(each.name(), "String", value));
            }
        }
        if (properties.has(Property.DELIVERY_MODE)) {
            addNumber(Names.DELIVERY_MODE, properties.deliveryMode(0), headers);
        }
        if (properties.has(Property.PRIORITY)) {
            addNumber(Names.PRIORITY, properties.priority(0), headers);
        }
        String expiration = properties.expiration();
        if (expiration != null) {
            headers.add(FieldTypes.text(Names.TTL, "Number", expiration));
        }
        Instant timestamp = properties.timestamp();
        if (timestamp != null) {
            addNumber(Names.TIMESTAMP, timestamp.getEpochSecond(), headers);
        }
    }

    private static void addNumber(String name, long value, List<Header> headers) {
        headers.add(FieldTypes.text(name, "Number", Long.toString(value)));
    }

    /** A name that a property took already is not used twice. */
    private static void addHeaders(Properties properties, List<Header> headers) {
        try {
            Set<String> taken = new HashSet<>();
            headers.forEach(header -> taken.add(header.name()));
            properties.headers().asMap().forEach((name, value) -> {
                if (taken.add(name)) {
                    headers.add(FieldTypes.header(name, value));
                }
            });
        } catch (AmqpException e) { // Was seen to when the message was published.
            throw new CorruptDataException("stored headers cannot be read", e);
        }
    }
}
