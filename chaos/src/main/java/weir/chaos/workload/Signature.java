package weir.chaos.workload;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signs a request as AWS Signature Version 4 has it, by host, date, action and body: a server that other machines reach believes
 * nothing less.
 */
record Signature(String date, String authorization) {
    private static final DateTimeFormatter DATE =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);
    private static final String REGION = "us-east-1";
    private static final String SERVICE = "sqs";
    private static final String SIGNED = "host;x-amz-date;x-amz-target";
    private static final String ALGORITHM = "AWS4-HMAC-SHA256";

    /** Of a POST to the endpoint's root. */
    static Signature of(AccessKey key, URI endpoint, String target, String body, Instant now) {
        String date = DATE.format(now);
        String day = date.substring(0, 8);
        String scope = day + "/" + REGION + "/" + SERVICE + "/aws4_request";
        String canonical = "POST\n/\n\nhost:" + endpoint.getRawAuthority() + "\nx-amz-date:" + date + "\nx-amz-target:"
                + target + "\n\n" + SIGNED + "\n" + hex(sha256(body));
        String toSign = ALGORITHM + "\n" + date + "\n" + scope + "\n" + hex(sha256(canonical));
        byte[] signing = hmac(("AWS4" + key.secret()).getBytes(StandardCharsets.UTF_8), day);
        for (String part : new String[] {REGION, SERVICE, "aws4_request"}) {
            signing = hmac(signing, part);
        }
        return new Signature(
                date,
                ALGORITHM + " Credential=" + key.id() + "/" + scope + ", SignedHeaders=" + SIGNED + ", Signature="
                        + hex(hmac(signing, toSign)));
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private static byte[] hmac(byte[] key, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has HmacSHA256", e);
        }
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
