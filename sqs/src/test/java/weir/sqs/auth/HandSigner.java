package weir.sqs.auth;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.SortedMap;
import java.util.TreeMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * A client's half of Signature Version 4, written down from AWS's description for what clients sign that the SDK's signer
 * cannot be made to: fewer headers, or other ones.
 */
public final class HandSigner {
    private final String keyId;
    private final String secret;
    private final Instant at;

    public String service = "sqs";
    public String region = "eu-central-1";

    public HandSigner(String keyId, String secret, Instant at) {
        this.keyId = keyId;
        this.secret = secret;
        this.at = at;
    }

    public String timestamp() {
        return Timestamps.format(at);
    }

    private String scope() {
        return timestamp().substring(0, 8) + "/" + region + "/" + service + "/aws4_request";
    }

    /** The headers with {@code x-amz-date} and {@code authorization} added; all that are given are signed. */
    public SequencedMap<String, String> headers(
            String method, String path, String query, Map<String, String> given, byte[] body) {
        TreeMap<String, String> signed = new TreeMap<>(given);
        signed.put("x-amz-date", timestamp());
        String names = String.join(";", signed.keySet());
        String signature = signature(method, path, query, signed, hash(body));
        SequencedMap<String, String> all = new LinkedHashMap<>(signed);
        all.put(
                "authorization",
                "AWS4-HMAC-SHA256 Credential=" + keyId + "/" + scope() + ", SignedHeaders=" + names + ", Signature="
                        + signature);
        return all;
    }

    /** The query of a GET, signed for as many seconds. */
    public String query(String path, Map<String, String> parameters, String host, int seconds, @Nullable String token) {
        TreeMap<String, String> all = new TreeMap<>(parameters);
        all.put("X-Amz-Algorithm", "AWS4-HMAC-SHA256");
        all.put("X-Amz-Credential", keyId + "/" + scope());
        all.put("X-Amz-Date", timestamp());
        all.put("X-Amz-Expires", Integer.toString(seconds));
        all.put("X-Amz-SignedHeaders", "host");
        if (token != null) {
            all.put("X-Amz-Security-Token", token);
        }
        StringBuilder query = new StringBuilder();
        all.forEach((name, value) -> query.append(query.isEmpty() ? "" : "&")
                .append(encoded(name))
                .append('=')
                .append(encoded(value)));
        String signature =
                signature("GET", path, query.toString(), new TreeMap<>(Map.of("host", host)), hash(new byte[0]));
        return query + "&X-Amz-Signature=" + signature;
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8)
                .replace("+", "%20")
                .replace("*", "%2A");
    }

    /** @param query sorted and encoded already */
    public String signature(
            String method, String path, String query, SortedMap<String, String> headers, String payloadHash) {
        StringBuilder canonical = new StringBuilder();
        canonical
                .append(method)
                .append('\n')
                .append(path)
                .append('\n')
                .append(query)
                .append('\n');
        headers.forEach((name, value) ->
                canonical.append(name).append(':').append(value).append('\n'));
        canonical
                .append('\n')
                .append(String.join(";", headers.keySet()))
                .append('\n')
                .append(payloadHash);
        String toSign = "AWS4-HMAC-SHA256\n" + timestamp() + "\n" + scope() + "\n"
                + hash(canonical.toString().getBytes(StandardCharsets.UTF_8));
        byte[] key = ("AWS4" + secret).getBytes(StandardCharsets.UTF_8);
        for (String part : scope().split("/", -1)) {
            key = hmac(key, part);
        }
        return HexFormat.of().formatHex(hmac(key, toSign));
    }

    private static byte[] hmac(byte[] key, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    static String hash(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
