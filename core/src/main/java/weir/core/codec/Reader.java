package weir.core.codec;

import org.jspecify.annotations.Nullable;
import weir.core.Bytes;

/**
 * Reads what a {@link Writer} wrote. Byte strings are slices of the input, not copies.
 *
 * <p>Every method throws {@link CorruptDataException} where the input ends too early or cannot be what was written.
 */
public final class Reader {
    /** What the JDK puts where bytes are not UTF-8. It may also have been written as such. */
    private static final char REPLACEMENT = '\uFFFD';

    private final byte[] array;
    private final int end;
    private int at;

    public Reader(Bytes input) {
        array = input.array();
        at = input.offset();
        end = input.offset() + input.length();
    }

    public boolean hasMore() {
        return at < end;
    }

    public int remaining() {
        return end - at;
    }

    public int u8() {
        need(1);
        return array[at++] & 0xFF;
    }

    public boolean bool() {
        int value = u8();
        if (value > 1) {
            throw new CorruptDataException("a boolean is " + value);
        }
        return value == 1;
    }

    public int i32() {
        need(4);
        int value = (int) Fixed.INT.get(array, at);
        at += 4;
        return value;
    }

    public long i64() {
        need(8);
        long value = (long) Fixed.LONG.get(array, at);
        at += 8;
        return value;
    }

    public long varint() {
        long value = 0;
        for (int shift = 0; shift < 70; shift += 7) {
            int b = u8();
            value |= (b & 0x7FL) << shift;
            if ((b & 0x80) == 0) {
                return value;
            }
        }
        throw new CorruptDataException("a variable integer is longer than ten bytes");
    }

    /** A varint that is an int from 0 to {@code most}. */
    public int count(int most) {
        long value = varint();
        if (value < 0 || value > most) {
            throw new CorruptDataException("a count is " + value + ", allowed is 0 to " + most);
        }
        return (int) value;
    }

    public Bytes bytes() {
        int length = count(remaining());
        return raw(length);
    }

    public Bytes raw(int length) {
        need(length);
        Bytes slice = new Bytes(array, at, length);
        at += length;
        return slice;
    }

    public String text() {
        Bytes bytes = bytes();
        String text = bytes.utf8();
        if (text.indexOf(REPLACEMENT) >= 0 && !Bytes.utf8(text).equals(bytes)) {
            throw new CorruptDataException("a text is not UTF-8");
        }
        return text;
    }

    public @Nullable String optionalText() {
        return bool() ? text() : null;
    }

    /** The constant with that ordinal. */
    public <E extends Enum<E>> E constant(E[] values) {
        return values[count(values.length - 1)];
    }

    private void need(int bytes) {
        if (end - at < bytes) {
            throw new CorruptDataException("the data ends " + (bytes - (end - at)) + " bytes too early");
        }
    }
}
