package weir.amqp.management;

import java.time.Instant;
import java.util.Locale;
import java.util.Objects;
import weir.amqp.wire.AmqpException;
import weir.amqp.wire.Properties;
import weir.amqp.wire.PropertiesBuilder;
import weir.amqp.wire.Property;
import weir.core.codec.CorruptDataException;

/** A message's properties as JSON, by their names in the specification. */
final class PropertyFacts {
    private static final int OCTET_MAX = 255;

    private PropertyFacts() {}

    private static String name(Property property) {
        return property.name().toLowerCase(Locale.ROOT);
    }

    static Facts shown(Properties properties) {
        Facts facts = new Facts();
        for (Property property : Property.values()) {
            if (properties.has(property)) {
                facts.with(name(property), value(properties, property));
            }
        }
        return facts;
    }

    private static Object value(Properties properties, Property property) {
        return switch (property) {
            case HEADERS -> {
                try {
                    yield Arguments.shown(properties.headers());
                } catch (AmqpException e) { // Was seen to when the message was published.
                    throw new CorruptDataException("stored headers cannot be read", e);
                }
            }
            case DELIVERY_MODE -> properties.deliveryMode(0);
            case PRIORITY -> properties.priority(0);
            case TIMESTAMP -> Objects.requireNonNull(properties.timestamp()).getEpochSecond();
            case CONTENT_TYPE,
                    CONTENT_ENCODING,
                    CORRELATION_ID,
                    REPLY_TO,
                    EXPIRATION,
                    MESSAGE_ID,
                    TYPE,
                    USER_ID,
                    APP_ID,
                    CLUSTER_ID -> Objects.requireNonNull(properties.text(property));
        };
    }

    static Properties read(Body body) throws Failure {
        PropertiesBuilder builder = new PropertiesBuilder();
        for (Property property : Property.values()) {
            String name = name(property);
            if (body.has(name)) {
                read(body, property, name, builder);
            }
        }
        return builder.build();
    }

    private static void read(Body body, Property property, String name, PropertiesBuilder builder) throws Failure {
        switch (property) {
            case HEADERS -> builder.headers(body.table(name));
            case DELIVERY_MODE -> builder.deliveryMode((int) number(body, name, OCTET_MAX));
            case PRIORITY -> builder.priority((int) number(body, name, OCTET_MAX));
            case TIMESTAMP ->
                builder.timestamp(Instant.ofEpochSecond(number(body, name, Instant.MAX.getEpochSecond())));
            case CONTENT_TYPE,
                    CONTENT_ENCODING,
                    CORRELATION_ID,
                    REPLY_TO,
                    EXPIRATION,
                    MESSAGE_ID,
                    TYPE,
                    USER_ID,
                    APP_ID,
                    CLUSTER_ID -> {
                String text = body.text(name);
                if (!PropertiesBuilder.fits(text)) {
                    throw Failure.badRequest("the property " + name + " is longer than 255 bytes");
                }
                builder.text(property, text);
            }
        }
    }

    private static long number(Body body, String name, long most) throws Failure {
        if (!(body.get(name) instanceof Long number) || number < 0 || number > most) {
            throw Failure.badRequest("{not_int," + name + "}");
        }
        return number;
    }
}
