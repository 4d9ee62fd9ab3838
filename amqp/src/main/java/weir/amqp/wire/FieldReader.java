package weir.amqp.wire;

import weir.core.Bytes;

/** Reads the fields of a method or a content header. Byte strings are slices of the input. */
final class FieldReader {
    /** What the JDK puts where bytes are not UTF-8. It may also have been sent as such. */
    private static final char REPLACEMENT = '\uFFFD';

    private final byte[] array;
    private final int end;
    private int at;

    // Bits that follow each other share an octet, the first lowest; any other field begins a new one.
    private int bits;
    private int nextBit;

    FieldReader(Bytes input) {
        array = input.array();
        at = input.offset();
        end = input.offset() + input.length();
    }

    int remaining() {
        return end - at;
    }

    int u8() throws AmqpException {
        return array[take(1)] & 0xFF;
    }

    int u16() throws AmqpException {
        return BigEndian.u16(array, take(2));
    }

    int i32() throws AmqpException {
        return BigEndian.i32(array, take(4));
    }

    long u32() throws AmqpException {
        return i32() & 0xFFFF_FFFFL;
    }

    long i64() throws AmqpException {
        return BigEndian.i64(array, take(8));
    }

    boolean bit() throws AmqpException {
        if (nextBit == 0 || nextBit > 0x80) {
            bits = u8();
            nextBit = 1;
        }
        boolean set = (bits & nextBit) != 0;
        nextBit <<= 1;
        return set;
    }

    /** Passes over an access ticket, which means nothing any more. */
    FieldReader ticket() throws AmqpException {
        u16();
        return this;
    }

    Bytes raw(int length) throws AmqpException {
        return new Bytes(array, take(length), length);
    }

    String shortText() throws AmqpException {
        Bytes bytes = raw(u8());
        String text = bytes.utf8();
        if (!isUtf8(text, bytes)) {
            throw new AmqpException(ErrorCode.FRAME_ERROR, "Malformed UTF-8 in shortstr");
        }
        return text;
    }

    Bytes longBytes() throws AmqpException {
        long length = u32();
        if (length > remaining()) {
            throw tooShort();
        }
        return raw((int) length);
    }

    String longText() throws AmqpException {
        return longBytes().utf8();
    }

    FieldTable table() throws AmqpException {
        return TableReader.read(longBytes());
    }

    void end() throws AmqpException {
        if (at < end) {
            throw new AmqpException(ErrorCode.FRAME_ERROR, "cannot decode: " + (end - at) + " octets too many");
        }
    }

    /** Whether {@code text} says all that {@code bytes} do. */
    static boolean isUtf8(String text, Bytes bytes) {
        return text.indexOf(REPLACEMENT) < 0 || Bytes.utf8(text).equals(bytes);
    }

    private int take(int bytes) throws AmqpException {
        int from = at;
        if (end - from < bytes) {
            throw tooShort();
        }
        at = from + bytes;
        nextBit = 0;
        return from;
    }

    private static AmqpException tooShort() {
        return new AmqpException(ErrorCode.FRAME_ERROR, "cannot decode: the fields end too early");
    }
}
