package weir.amqp.wire;

/** The properties of a content header, in the order of the wire; the first has the highest flag. */
public enum Property {
    CONTENT_TYPE(Kind.TEXT),
    CONTENT_ENCODING(Kind.TEXT),
    HEADERS(Kind.TABLE),
    DELIVERY_MODE(Kind.OCTET),
    PRIORITY(Kind.OCTET),
    CORRELATION_ID(Kind.TEXT),
    REPLY_TO(Kind.TEXT),
    EXPIRATION(Kind.TEXT),
    MESSAGE_ID(Kind.TEXT),
    TIMESTAMP(Kind.TIMESTAMP),
    TYPE(Kind.TEXT),
    USER_ID(Kind.TEXT),
    APP_ID(Kind.TEXT),
    CLUSTER_ID(Kind.TEXT);

    /** How a property is written. */
    enum Kind {
        TEXT,
        OCTET,
        TIMESTAMP,
        TABLE
    }

    private final Kind kind;

    Property(Kind kind) {
        this.kind = kind;
    }

    Kind kind() {
        return kind;
    }

    /** By its place, which is the wire's order. */
    @SuppressWarnings("EnumOrdinal")
    int flag() {
        return 1 << (15 - ordinal());
    }
}
