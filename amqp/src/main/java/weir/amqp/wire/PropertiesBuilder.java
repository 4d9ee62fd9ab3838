package weir.amqp.wire;

import java.time.Instant;
import java.util.EnumMap;
import weir.core.Bytes;

/** Composes the properties of a message. What is not touched stays byte for byte as it was. */
public final class PropertiesBuilder {
    private static final int CAPACITY = 64;

    private final EnumMap<Property, Bytes> values = new EnumMap<>(Property.class);

    /** Whether a property can hold that text, of which the wire takes 255 bytes. */
    public static boolean fits(String text) {
        return Bytes.utf8(text).length() <= FieldWriter.SHORT_TEXT_BYTES_MAX;
    }

    void encoded(Property property, Bytes value) {
        values.put(property, value);
    }

    public PropertiesBuilder without(Property property) {
        values.remove(property);
        return this;
    }

    /**
     * Sets a property that is a text.
     *
     * @throws IllegalArgumentException if it does not fit
     */
    public PropertiesBuilder text(Property property, String value) {
        return set(property, Property.Kind.TEXT, new FieldWriter(CAPACITY).shortText(value));
    }

    public PropertiesBuilder deliveryMode(int mode) {
        return set(Property.DELIVERY_MODE, Property.Kind.OCTET, new FieldWriter(1).u8(mode));
    }

    public PropertiesBuilder priority(int priority) {
        return set(Property.PRIORITY, Property.Kind.OCTET, new FieldWriter(1).u8(priority));
    }

    /** To the second, which is all that the wire holds. */
    public PropertiesBuilder timestamp(Instant instant) {
        return set(
                Property.TIMESTAMP, Property.Kind.TIMESTAMP, new FieldWriter(Long.BYTES).i64(instant.getEpochSecond()));
    }

    /** Replaces all of the headers; none at all if the table is empty. */
    public PropertiesBuilder headers(FieldTable table) {
        return table.isEmpty()
                ? without(Property.HEADERS)
                : set(Property.HEADERS, Property.Kind.TABLE, new FieldWriter(CAPACITY).table(table));
    }

    /** Adds a header behind those that are there, which are not opened for it. None may have that name already. */
    public PropertiesBuilder addHeader(String name, long value) {
        Bytes there = values.getOrDefault(Property.HEADERS, Bytes.EMPTY);
        Bytes entries = there.length() == 0 ? there : there.slice(Integer.BYTES, there.length() - Integer.BYTES);
        FieldWriter added = new FieldWriter(CAPACITY).shortText(name).u8('l').i64(value);
        FieldWriter all = new FieldWriter(Integer.BYTES + entries.length() + added.size());
        all.u32(entries.length() + added.size()).raw(entries).raw(added.bytes());
        return set(Property.HEADERS, Property.Kind.TABLE, all);
    }

    public Properties build() {
        FieldWriter out = new FieldWriter(CAPACITY);
        int flags = 0;
        for (Property property : values.keySet()) {
            flags |= property.flag();
        }
        out.u16(flags);
        for (Bytes value : values.values()) {
            out.raw(value);
        }
        try {
            return Properties.read(out.bytes());
        } catch (AmqpException e) {
            throw new IllegalStateException("what was composed here cannot be read", e);
        }
    }

    private PropertiesBuilder set(Property property, Property.Kind kind, FieldWriter value) {
        if (property.kind() != kind) {
            throw new IllegalArgumentException(property + " is no " + kind);
        }
        values.put(property, value.bytes());
        return this;
    }
}
