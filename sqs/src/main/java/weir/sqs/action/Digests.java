package weir.sqs.action;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import weir.core.Bytes;

/** The digests that SQS is made of, as lower-case hexadecimal text. */
public final class Digests {
    /** Never fed, only copied: asking the JDK's providers for one costs more than a digest of a short text. */
    private static final MessageDigest MD5 = algorithm("MD5");

    private static final MessageDigest SHA_256 = algorithm("SHA-256");

    private Digests() {}

    static MessageDigest md5() {
        return copyOf(MD5);
    }

    public static String md5(Bytes bytes) {
        MessageDigest digest = md5();
        digest.update(bytes.array(), bytes.offset(), bytes.length());
        return hex(digest);
    }

    public static String sha256(Bytes bytes) {
        MessageDigest digest = copyOf(SHA_256);
        digest.update(bytes.array(), bytes.offset(), bytes.length());
        return hex(digest);
    }

    /** Adds the bytes behind their length in four bytes. */
    static void counted(MessageDigest digest, Bytes bytes) {
        int length = bytes.length();
        digest.update((byte) (length >>> 24));
        digest.update((byte) (length >>> 16));
        digest.update((byte) (length >>> 8));
        digest.update((byte) length);
        digest.update(bytes.array(), bytes.offset(), length);
    }

    static String hex(MessageDigest digest) {
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest copyOf(MessageDigest digest) {
        try {
            return (MessageDigest) digest.clone();
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("the JDK's digests can be copied", e);
        }
    }

    private static MessageDigest algorithm(String name) {
        try {
            return MessageDigest.getInstance(name);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has " + name, e);
        }
    }
}
