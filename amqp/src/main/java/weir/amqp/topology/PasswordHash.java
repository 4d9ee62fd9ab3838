package weir.amqp.topology;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;

/**
 * A password as RabbitMQ keeps it, so that its definition files can be read and written: four bytes of salt and the hash of
 * salt and password, in Base64.
 *
 * @param text empty for a user without a password, who can show who he is in other ways only
 */
public record PasswordHash(String text, Algorithm algorithm) {
    private static final int SALT_BYTES = 4;
    private static final SecureRandom RANDOM = new SecureRandom();

    /** None that any password has. */
    static final PasswordHash NONE = new PasswordHash("", Algorithm.SHA_256);

    /** How it is hashed, by the names in RabbitMQ's definition files. */
    public enum Algorithm {
        SHA_256("rabbit_password_hashing_sha256", "SHA-256"),
        SHA_512("rabbit_password_hashing_sha512", "SHA-512");

        private final String word;
        private final String digest;

        Algorithm(String word, String digest) {
            this.word = word;
            this.digest = digest;
        }

        public String word() {
            return word;
        }

        /** @throws IllegalArgumentException if it is none that is known */
        public static Algorithm named(String word) {
            for (Algorithm each : values()) {
                if (each.word.equals(word)) {
                    return each;
                }
            }
            throw new IllegalArgumentException(
                    "the hashing algorithm is \"" + word + "\", known are " + SHA_256.word + " and " + SHA_512.word);
        }

        private byte[] hash(byte[] salt, String password) {
            try {
                MessageDigest hash = MessageDigest.getInstance(digest);
                hash.update(salt);
                return hash.digest(password.getBytes(StandardCharsets.UTF_8));
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("every Java has " + digest, e);
            }
        }
    }

    /** @throws IllegalArgumentException if that can be no hash */
    public static PasswordHash imported(String text, Algorithm algorithm) {
        PasswordHash hash = new PasswordHash(text, algorithm);
        if (!text.isEmpty() && hash.bytes().length <= SALT_BYTES) {
            throw new IllegalArgumentException("a password's hash is shorter than its salt");
        }
        return hash;
    }

    public static PasswordHash of(String password) {
        byte[] salt = new byte[SALT_BYTES];
        RANDOM.nextBytes(salt);
        byte[] hash = Algorithm.SHA_256.hash(salt, password);
        byte[] both = Arrays.copyOf(salt, SALT_BYTES + hash.length);
        System.arraycopy(hash, 0, both, SALT_BYTES, hash.length);
        return new PasswordHash(Base64.getEncoder().encodeToString(both), Algorithm.SHA_256);
    }

    private byte[] bytes() {
        return Base64.getDecoder().decode(text);
    }

    /** Takes as long whether or not there is a hash. An empty password is none. */
    boolean isOf(String password) {
        byte[] both = bytes();
        byte[] salt = Arrays.copyOf(both, SALT_BYTES);
        byte[] hash = algorithm.hash(salt, password);
        boolean same = both.length > SALT_BYTES
                && MessageDigest.isEqual(hash, Arrays.copyOfRange(both, SALT_BYTES, both.length));
        return same && !password.isEmpty();
    }

    /** A record's own would show it. */
    @Override
    public String toString() {
        return "PasswordHash[" + algorithm.word + "]";
    }
}
