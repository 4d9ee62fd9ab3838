package weir.core;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A read-only slice of a byte array, so that a body can travel from socket to log and back without a copy.
 *
 * <p>The array behind it must not be changed by anybody once a slice of it exists. A slice keeps the whole array alive.
 */
@SuppressWarnings("ArrayRecordComponent") // Equality is by content, as written below.
public record Bytes(byte[] array, int offset, int length) {
    public static final Bytes EMPTY = new Bytes(new byte[0], 0, 0);

    /** @throws IndexOutOfBoundsException if the slice does not lie within the array */
    public Bytes {
        java.util.Objects.checkFromIndexSize(offset, length, array.length);
    }

    public static Bytes of(byte[] array) {
        return new Bytes(array, 0, array.length);
    }

    public static Bytes utf8(String text) {
        return of(text.getBytes(StandardCharsets.UTF_8));
    }

    public Bytes slice(int from, int size) {
        java.util.Objects.checkFromIndexSize(from, size, length);
        return new Bytes(array, offset + from, size);
    }

    public ByteBuffer buffer() {
        return ByteBuffer.wrap(array, offset, length).slice().asReadOnlyBuffer();
    }

    public byte[] toArray() {
        return Arrays.copyOfRange(array, offset, offset + length);
    }

    public String utf8() {
        return new String(array, offset, length, StandardCharsets.UTF_8);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Bytes(byte[] thatArray, int thatOffset, int thatLength)
                && Arrays.equals(array, offset, offset + length, thatArray, thatOffset, thatOffset + thatLength);
    }

    @Override
    public int hashCode() {
        int hash = 1;
        for (int i = offset; i < offset + length; i++) {
            hash = 31 * hash + array[i];
        }
        return hash;
    }

    @Override
    public String toString() {
        return "Bytes[" + length + "]";
    }
}
