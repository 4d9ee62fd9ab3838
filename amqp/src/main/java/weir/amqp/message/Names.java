package weir.amqp.message;

import java.util.List;
import weir.amqp.wire.Property;

/** What AMQP's own things are called where another front sees them, and the other way round. */
final class Names {
    static final String EXCHANGE = "amqp.exchange";
    static final String ROUTING_KEY = "amqp.routing_key";
    static final String DELIVERY_MODE = "amqp.delivery_mode";
    static final String TIMESTAMP = "amqp.timestamp";
    static final String PRIORITY = "priority";

    /** With the value {@link #BASE64} where a front that carries only text shows a body that is none. */
    static final String BODY_ENCODING = "BodyEncoding";

    static final String BASE64 = "base64";

    /** AMQP's header for what is a message group elsewhere. */
    static final String GROUP = "x-group-id";

    /** AMQP's header for what is a deduplication id elsewhere. */
    static final String DEDUPLICATION_ID = "x-deduplication-header";

    /** A property that is a text, and its name elsewhere. */
    record Text(Property property, String name) {}

    static final List<Text> TEXTS = List.of(
            new Text(Property.CONTENT_TYPE, "content-type"),
            new Text(Property.CONTENT_ENCODING, "content-encoding"),
            new Text(Property.CORRELATION_ID, "CorrelationId"),
            new Text(Property.REPLY_TO, "ReplyTo"),
            new Text(Property.MESSAGE_ID, "amqp.message_id"),
            new Text(Property.TYPE, "amqp.type"),
            new Text(Property.USER_ID, "amqp.user_id"),
            new Text(Property.APP_ID, "amqp.app_id"),
            new Text(Property.CLUSTER_ID, "amqp.cluster_id"));

    /** The expiration, in milliseconds. */
    static final String TTL = "mq-ttl-ms";

    private Names() {}
}
