package weir.amqp.wire;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;
import weir.core.Bytes;

/**
 * A field table: arguments, headers, capabilities. Immutable, in the order of the wire.
 *
 * <p>Values are Boolean, Byte, Short, Integer, Long, Float, Double, BigDecimal, String, {@link Bytes}, Instant,
 * FieldTable, List of the same, or null. An unsigned type is read into the next wider signed one and written as that,
 * a byte string that came as text but is none is written as bytes; where a table only passes through, its bytes stay as
 * they came (see {@link Properties}).
 */
public final class FieldTable {
    public static final FieldTable EMPTY = new FieldTable(new LinkedHashMap<>());

    private final SequencedMap<String, @Nullable Object> values;

    private FieldTable(SequencedMap<String, @Nullable Object> values) {
        this.values = Collections.unmodifiableSequencedMap(values);
    }

    /** @throws IllegalArgumentException if a value is of no type that a table can hold, which is a bug of the caller */
    public static FieldTable of(Map<String, ? extends @Nullable Object> values) {
        SequencedMap<String, @Nullable Object> checked = new LinkedHashMap<>();
        values.forEach((name, value) -> checked.put(name, checked(value)));
        return new FieldTable(checked);
    }

    /**
     * A table that stands alone, without its length before it.
     *
     * @throws AmqpException if it is malformed
     */
    public static FieldTable read(Bytes table) throws AmqpException {
        return TableReader.read(table);
    }

    /** Takes over what a decoder has just made. */
    static FieldTable decoded(SequencedMap<String, @Nullable Object> values) {
        return values.isEmpty() ? EMPTY : new FieldTable(values);
    }

    /** Null if there is no such name, or if its value is none. */
    public @Nullable Object get(String name) {
        return values.get(name);
    }

    public boolean has(String name) {
        return values.containsKey(name);
    }

    public SequencedMap<String, @Nullable Object> asMap() {
        return values;
    }

    public int size() {
        return values.size();
    }

    public boolean isEmpty() {
        return values.isEmpty();
    }

    /** The same with one value set, at its old place if it had one. */
    public FieldTable with(String name, @Nullable Object value) {
        SequencedMap<String, @Nullable Object> changed = new LinkedHashMap<>(values);
        changed.put(name, checked(value));
        return new FieldTable(changed);
    }

    public FieldTable without(String name) {
        if (!has(name)) {
            return this;
        }
        SequencedMap<String, @Nullable Object> changed = new LinkedHashMap<>(values);
        changed.remove(name);
        return decoded(changed);
    }

    private static @Nullable Object checked(@Nullable Object value) {
        return switch (value) {
            case null -> null;
            case Boolean _, Byte _, Short _, Integer _, Long _, Float _, Double _ -> value;
            case BigDecimal decimal -> checked(decimal);
            case String _, Bytes _, Instant _, FieldTable _ -> value;
            case List<?> items -> {
                List<@Nullable Object> copies = new ArrayList<>(items.size());
                items.forEach(item -> copies.add(checked(item)));
                yield Collections.unmodifiableList(copies);
            }
            default -> throw new IllegalArgumentException("no field can hold a " + value.getClass());
        };
    }

    /** Whether the wire has room for it: an octet for the scale and four for the rest. */
    public static boolean holds(BigDecimal decimal) {
        return decimal.scale() >= 0
                && decimal.scale() <= 255
                && decimal.unscaledValue().bitLength() < Integer.SIZE;
    }

    private static BigDecimal checked(BigDecimal decimal) {
        if (!holds(decimal)) {
            throw new IllegalArgumentException("no field can hold " + decimal);
        }
        return decimal;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof FieldTable that && values.equals(that.values);
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }

    @Override
    public String toString() {
        return values.toString();
    }
}
