package weir.core.codec;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import weir.core.Bytes;

/** Appends values to a growing byte array. Not safe for several threads. */
public final class Writer {
    /** What a {@link #varint} takes at most. */
    static final int VARINT_BYTES_MAX = 10;

    private byte[] buffer;
    private int size;

    public Writer(int capacity) {
        buffer = new byte[Math.max(16, capacity)];
    }

    public int size() {
        return size;
    }

    /** What was written so far; shares this writer's array, so nothing may be written after. */
    public Bytes bytes() {
        return new Bytes(buffer, 0, size);
    }

    /** Goes back to the first {@code bytes} written. */
    void truncate(int bytes) {
        Objects.checkIndex(bytes, size + 1);
        size = bytes;
    }

    public Writer u8(int value) {
        ensure(1);
        buffer[size++] = (byte) value;
        return this;
    }

    public Writer bool(boolean value) {
        return u8(value ? 1 : 0);
    }

    public Writer i32(int value) {
        ensure(4);
        Fixed.INT.set(buffer, size, value);
        size += 4;
        return this;
    }

    public Writer i64(long value) {
        ensure(8);
        Fixed.LONG.set(buffer, size, value);
        size += 8;
        return this;
    }

    /** Overwrites the four bytes that {@link #i32} wrote at {@code offset}. */
    public Writer setI32(int offset, int value) {
        Objects.checkFromIndexSize(offset, 4, size);
        Fixed.INT.set(buffer, offset, value);
        return this;
    }

    /** Overwrites the eight bytes that {@link #i64} wrote at {@code offset}. */
    Writer setI64(int offset, long value) {
        Objects.checkFromIndexSize(offset, 8, size);
        Fixed.LONG.set(buffer, offset, value);
        return this;
    }

    /** Any long, small non-negative ones short (unsigned LEB128; a negative takes ten bytes). */
    public Writer varint(long value) {
        ensure(VARINT_BYTES_MAX);
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            buffer[size++] = (byte) ((rest & 0x7F) | 0x80);
            rest >>>= 7;
        }
        buffer[size++] = (byte) rest;
        return this;
    }

    public Writer bytes(Bytes value) {
        varint(value.length());
        return raw(value);
    }

    public Writer raw(Bytes value) {
        ensure(value.length());
        System.arraycopy(value.array(), value.offset(), buffer, size, value.length());
        size += value.length();
        return this;
    }

    public Writer text(String value) {
        return bytes(Bytes.of(value.getBytes(StandardCharsets.UTF_8)));
    }

    public Writer optionalText(@Nullable String value) {
        bool(value != null);
        return value == null ? this : text(value);
    }

    /** By its place, which the enums written here declare part of the format; golden bytes in the tests hold them to it. */
    @SuppressWarnings("EnumOrdinal")
    public Writer constant(Enum<?> value) {
        return varint(value.ordinal());
    }

    private void ensure(int more) {
        if (buffer.length - size < more) {
            buffer = Arrays.copyOf(buffer, Math.max(size + more, Math.multiplyExact(buffer.length, 2)));
        }
    }
}
