package weir.admin;

import java.security.SecureRandom;
import java.util.Base64;

/** Thinks up access keys, as long as AWS's and of the same characters: some clients check. */
final class Credentials {
    private static final char[] BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".toCharArray();
    private static final int ID_CHARS = 16;
    private static final int SECRET_BYTES = 30;
    private static final int TOKEN_BYTES = 96;

    private final SecureRandom random = new SecureRandom();

    /** @param lasting whether the key does not end by itself */
    String id(boolean lasting) {
        StringBuilder id = new StringBuilder(lasting ? "AKIA" : "ASIA");
        for (int i = 0; i < ID_CHARS; i++) {
            id.append(BASE32[random.nextInt(BASE32.length)]);
        }
        return id.toString();
    }

    /** Forty characters. */
    String secret() {
        return base64(SECRET_BYTES);
    }

    String sessionToken() {
        return base64(TOKEN_BYTES);
    }

    private String base64(int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return Base64.getEncoder().encodeToString(bytes);
    }
}
