package weir.sqs.sns;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * What an endpoint is sent, and has to send back to confirm its subscription: a secret, and behind it the name of the
 * subscription, so that it is found whatever topic the endpoint names.
 */
final class SubscriptionToken {
    private static final int SECRET_BYTES = 32;
    private static final SecureRandom RANDOM = new SecureRandom();

    private SubscriptionToken() {}

    static String newToken(String subscriptionName) {
        byte[] secret = new byte[SECRET_BYTES];
        RANDOM.nextBytes(secret);
        HexFormat hex = HexFormat.of();
        return hex.formatHex(secret) + hex.formatHex(subscriptionName.getBytes(StandardCharsets.UTF_8));
    }

    static boolean isToken(String text) {
        return !text.isEmpty() && text.chars().allMatch(HexFormat::isHexDigit);
    }

    /** The name in a token that may be anything; null if there is none. */
    static @Nullable String subscriptionName(String token) {
        if (!isToken(token) || token.length() % 2 != 0 || token.length() <= 2 * SECRET_BYTES) {
            return null;
        }
        return new String(HexFormat.of().parseHex(token.substring(2 * SECRET_BYTES)), StandardCharsets.UTF_8);
    }

    /** Compares in a time that tells nothing of where they differ. */
    static boolean equal(@Nullable String known, String given) {
        return known != null
                && MessageDigest.isEqual(
                        known.getBytes(StandardCharsets.UTF_8), given.getBytes(StandardCharsets.UTF_8));
    }
}
