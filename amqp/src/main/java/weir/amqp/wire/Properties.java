package weir.amqp.wire;

import java.time.Instant;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import weir.core.Bytes;

/**
 * The properties of a message: a view over the flags and values of its content header, which stay as they came.
 *
 * <p>When it is read, only lengths are looked at, so that it is known to be whole. The table of headers is opened when
 * somebody asks for it first, and kept. Belongs to one thread at a time.
 */
public final class Properties {
    public static final Properties EMPTY = new Properties(Bytes.of(new byte[2]), 0, new int[0]);

    private static final int PERSISTENT = 2;
    private static final Property[] IN_ORDER = Property.values();

    private final Bytes bytes;
    private final int flags;

    /** Where each property that is there begins in {@link #bytes}, in their order, and where the last ends. */
    private final int[] starts;

    private @Nullable FieldTable headers;

    private Properties(Bytes bytes, int flags, int[] starts) {
        this.bytes = bytes;
        this.flags = flags;
        this.starts = starts;
    }

    /**
     * Reads flags and lengths.
     *
     * @param bytes the payload of a content header frame behind the body's size
     * @throws AmqpException if the values are not as long as they say, or if there is more than them
     */
    public static Properties read(Bytes bytes) throws AmqpException {
        FieldReader in = new FieldReader(bytes);
        int flags = in.u16();
        int[] starts = new int[Integer.bitCount(flags) + 1];
        int count = 0;
        for (Property property : IN_ORDER) {
            if ((flags & property.flag()) != 0) {
                starts[count++] = bytes.length() - in.remaining();
                skip(in, property);
            }
        }
        starts[count] = bytes.length() - in.remaining();
        in.end();
        return new Properties(bytes, flags, starts);
    }

    private static void skip(FieldReader in, Property property) throws AmqpException {
        switch (property.kind()) {
            case TEXT -> in.raw(in.u8());
            case OCTET -> in.u8();
            case TIMESTAMP -> in.i64();
            case TABLE -> in.longBytes();
        }
    }

    /** As it stands in a content header frame. */
    public Bytes bytes() {
        return bytes;
    }

    public boolean has(Property property) {
        return (flags & property.flag()) != 0;
    }

    /** The property as it is encoded; null if it is not there. */
    @Nullable
    Bytes encoded(Property property) {
        if (!has(property)) {
            return null;
        }
        int place = Integer.bitCount(flags & ~(2 * property.flag() - 1)); // How many stand before it.
        return bytes.slice(starts[place], starts[place + 1] - starts[place]);
    }

    /** @param property one that is a text */
    public @Nullable String text(Property property) {
        Bytes encoded = encoded(property);
        return encoded == null ? null : encoded.slice(1, encoded.length() - 1).utf8();
    }

    private int octet(Property property, int otherwise) {
        Bytes encoded = encoded(property);
        return encoded == null ? otherwise : encoded.array()[encoded.offset()] & 0xFF;
    }

    public boolean isPersistent() {
        return octet(Property.DELIVERY_MODE, 0) == PERSISTENT;
    }

    /** 0 to 255. */
    public int deliveryMode(int otherwise) {
        return octet(Property.DELIVERY_MODE, otherwise);
    }

    /** 0 to 255. */
    public int priority(int otherwise) {
        return octet(Property.PRIORITY, otherwise);
    }

    public @Nullable String correlationId() {
        return text(Property.CORRELATION_ID);
    }

    public @Nullable String replyTo() {
        return text(Property.REPLY_TO);
    }

    public @Nullable String expiration() {
        return text(Property.EXPIRATION);
    }

    public @Nullable String messageId() {
        return text(Property.MESSAGE_ID);
    }

    public @Nullable String userId() {
        return text(Property.USER_ID);
    }

    public @Nullable Instant timestamp() {
        Bytes encoded = encoded(Property.TIMESTAMP);
        return encoded == null ? null : TableReader.instant(encoded.buffer().getLong());
    }

    /**
     * The headers; empty if there are none.
     *
     * @throws AmqpException if they cannot be read. Who asks once before a message is stored knows that nobody will meet
     *     that later
     */
    public FieldTable headers() throws AmqpException {
        FieldTable known = headers;
        if (known == null) {
            Bytes encoded = encoded(Property.HEADERS);
            known = encoded == null ? FieldTable.EMPTY : new FieldReader(encoded).table();
            headers = known;
        }
        return known;
    }

    /** False only if no header has that name; they are not opened for it. */
    public boolean mayHaveHeader(String name) {
        Bytes encoded = encoded(Property.HEADERS);
        return encoded != null && indexOf(encoded, Bytes.utf8(name)) >= 0;
    }

    private static int indexOf(Bytes in, Bytes sought) {
        int last = in.length() - sought.length();
        for (int i = 0; i <= last; i++) {
            int from = in.offset() + i;
            if (Arrays.equals(
                    in.array(),
                    from,
                    from + sought.length(),
                    sought.array(),
                    sought.offset(),
                    sought.offset() + sought.length())) {
                return i;
            }
        }
        return -1;
    }

    /** For a copy in which something is different. */
    public PropertiesBuilder change() {
        PropertiesBuilder builder = new PropertiesBuilder();
        for (Property property : IN_ORDER) {
            Bytes encoded = encoded(property);
            if (encoded != null) {
                builder.encoded(property, encoded);
            }
        }
        return builder;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Properties that && bytes.equals(that.bytes);
    }

    @Override
    public int hashCode() {
        return bytes.hashCode();
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("Properties[");
        for (Property property : IN_ORDER) {
            if (has(property)) {
                text.append(property).append(' ');
            }
        }
        return text.append(']').toString();
    }
}
