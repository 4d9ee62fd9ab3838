package weir.amqp.wire;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import weir.core.Bytes;

/** Appends fields to a growing byte array. Not safe for several threads. */
final class FieldWriter {
    static final int SHORT_TEXT_BYTES_MAX = 255;

    private byte[] buffer;
    private int size;

    FieldWriter(int capacity) {
        buffer = new byte[Math.max(16, capacity)];
    }

    int size() {
        return size;
    }

    /** Only the first {@link #size} bytes mean anything, and only until more is written. */
    byte[] array() {
        return buffer;
    }

    /** What was written so far; shares this writer's array, so nothing may be written after. */
    Bytes bytes() {
        return new Bytes(buffer, 0, size);
    }

    /** Starts anew. A buffer that a burst has made large shrinks step by step, once less is written. */
    void clear(int bytesKept) {
        if (buffer.length > bytesKept && size < buffer.length / 4) {
            buffer = new byte[Math.max(bytesKept, buffer.length / 2)];
        }
        size = 0;
    }

    FieldWriter u8(int value) {
        int at = grow(1); // Which may replace the buffer.
        buffer[at] = (byte) value;
        return this;
    }

    FieldWriter u16(int value) {
        int at = grow(2);
        BigEndian.SHORT.set(buffer, at, (short) value);
        return this;
    }

    FieldWriter u32(long value) {
        int at = grow(4);
        BigEndian.INT.set(buffer, at, (int) value);
        return this;
    }

    /** A count that may be larger than its field. */
    FieldWriter count(long value) {
        return u32(Math.min(value, 0xFFFF_FFFFL));
    }

    FieldWriter i64(long value) {
        int at = grow(8);
        BigEndian.LONG.set(buffer, at, value);
        return this;
    }

    /** Up to eight flags in one octet, the first lowest. */
    FieldWriter bits(boolean... values) {
        int octet = 0;
        for (int i = 0; i < values.length; i++) {
            octet |= values[i] ? 1 << i : 0;
        }
        return u8(octet);
    }

    FieldWriter raw(Bytes value) {
        int at = grow(value.length());
        System.arraycopy(value.array(), value.offset(), buffer, at, value.length());
        return this;
    }

    FieldWriter shortText(String value) {
        return shortBytes(Bytes.utf8(value));
    }

    /** @throws IllegalArgumentException if it is too long, which whoever made the value had to prevent */
    FieldWriter shortBytes(Bytes value) {
        if (value.length() > SHORT_TEXT_BYTES_MAX) {
            throw new IllegalArgumentException("a short string of " + value.length() + " bytes");
        }
        return u8(value.length()).raw(value);
    }

    FieldWriter longBytes(Bytes value) {
        return u32(value.length()).raw(value);
    }

    FieldWriter longText(String value) {
        return longBytes(Bytes.utf8(value));
    }

    FieldWriter table(FieldTable table) {
        int length = startLength();
        table.asMap().forEach((name, value) -> shortText(name).value(value));
        return endLength(length);
    }

    private FieldWriter array(List<?> items) {
        int length = startLength();
        items.forEach(this::value);
        return endLength(length);
    }

    private FieldWriter value(@Nullable Object value) {
        return switch (value) {
            case null -> u8('V');
            case String text -> u8('S').longText(text);
            case Integer number -> u8('I').u32(number);
            case Long number -> u8('l').i64(number);
            case Boolean truth -> u8('t').bits(truth);
            case Instant instant -> u8('T').i64(instant.getEpochSecond());
            case FieldTable table -> u8('F').table(table);
            case List<?> items -> u8('A').array(items);
            case Byte number -> u8('b').u8(number);
            case Short number -> u8('s').u16(number);
            case Float number -> u8('f').u32(Float.floatToRawIntBits(number));
            case Double number -> u8('d').i64(Double.doubleToRawLongBits(number));
            case BigDecimal decimal ->
                u8('D').u8(decimal.scale()).u32(decimal.unscaledValue().intValueExact());
            case Bytes bytes -> u8('x').longBytes(bytes);
            default -> throw new IllegalStateException("a table held a " + value.getClass());
        };
    }

    /** Room for a length that is not known yet. */
    int startLength() {
        return grow(4);
    }

    /** Writes the length of what came after {@link #startLength}. */
    FieldWriter endLength(int at) {
        BigEndian.INT.set(buffer, at, size - at - 4);
        return this;
    }

    private int grow(int bytes) {
        int from = size;
        if (buffer.length - from < bytes) {
            buffer = Arrays.copyOf(buffer, Math.max(from + bytes, Math.multiplyExact(buffer.length, 2)));
        }
        size = from + bytes;
        return from;
    }
}
