package weir.core.codec;

import java.util.function.Function;

/**
 * Turns what the nouns' constructors refuse into {@link CorruptDataException}: a value that could not have been built
 * could not have been written either.
 */
final class Decoding {
    private Decoding() {}

    static <T> T of(String what, Reader in, Function<Reader, T> form) {
        try {
            return form.apply(in);
        } catch (IllegalArgumentException e) {
            throw new CorruptDataException("the bytes cannot be a " + what + ": " + e.getMessage(), e);
        }
    }

    /** For a form that fills its input: what follows it could not have been written. */
    static <T> T whole(String what, Reader in, Function<Reader, T> form) {
        T value = of(what, in, form);
        if (in.hasMore()) {
            throw new CorruptDataException(in.remaining() + " bytes follow the end of a " + what);
        }
        return value;
    }

    static void version(String what, Reader in, int known) {
        int version = in.u8();
        if (version != known) {
            throw unknownVersion(what, version);
        }
    }

    static CorruptDataException unknownVersion(String what, int version) {
        return new CorruptDataException("a " + what + " has version " + version + ", which is not known here");
    }
}
