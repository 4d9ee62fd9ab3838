package weir.sqs.sns.message;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import weir.core.Bytes;

/**
 * A key pair that signs what SNS sends, with a certificate that says so itself. It is made once for a cluster, and kept in
 * its catalog. Who can read that can sign, too: a signature tells that this cluster sent a message, no more.
 *
 * @param certificate in PEM, as it is served
 */
public record SigningKey(PrivateKey privateKey, String certificate, String certificatePath) implements Signing {
    /** The definition that holds the one key. */
    static final String KIND = "sns.signing";

    static final String NAME = "key";

    /** What AWS's certificates have, and what validators accept everywhere. */
    private static final int KEY_BITS = 2048;

    /** A cluster has one key for life, and nobody is to notice one day that it has ended. */
    private static final Duration VALIDITY = Duration.ofDays(36_500);

    /** Signatures remembered: every subscriber of a message, and every further receive of it, asks for the same one. */
    private static final int REMEMBERED_MAX = 500;

    private static final Remembered REMEMBERED = new Remembered();

    /** What was signed last, by its digest. */
    private static final class Remembered {
        private final Map<String, String> signatures =
                Collections.synchronizedMap(new LinkedHashMap<>(2 * REMEMBERED_MAX, 0.75f, true) {
                    private static final long serialVersionUID = 1;

                    @Override
                    protected boolean removeEldestEntry(Map.Entry<String, String> eldest) {
                        return size() > REMEMBERED_MAX;
                    }
                });
    }

    public static SigningKey generate(Instant now) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(KEY_BITS);
            KeyPair pair = generator.generateKeyPair();
            Bytes certificate = Certificates.selfSigned(pair, now, now.plus(VALIDITY));
            return of(pair.getPrivate(), certificate);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has RSA", e);
        }
    }

    private static SigningKey of(PrivateKey key, Bytes certificate) {
        return new SigningKey(key, Certificates.pem(certificate), Certificates.path(certificate));
    }

    SortedMap<String, String> definition() {
        return new TreeMap<>(Map.of(
                "private", Base64.getEncoder().encodeToString(privateKey.getEncoded()), "certificate", certificate));
    }

    /** @throws IllegalStateException if the definition is not one that {@link #definition} made */
    static SigningKey of(SortedMap<String, String> definition) {
        String key = definition.getOrDefault("private", "");
        String certificate = definition.getOrDefault("certificate", "");
        try {
            PrivateKey privateKey = KeyFactory.getInstance("RSA")
                    .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(key)));
            return of(privateKey, Certificates.ofPem(certificate));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the key that signs SNS's messages cannot be read", e);
        }
    }

    @Override
    public String sign(int version, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        String known = version + Certificates.digest("SHA-256", Bytes.of(bytes)) + certificatePath;
        String signature = REMEMBERED.signatures.get(known);
        if (signature == null) {
            signature = Base64.getEncoder().encodeToString(sign(version == 1 ? "SHA1withRSA" : "SHA256withRSA", bytes));
            REMEMBERED.signatures.put(known, signature);
        }
        return signature;
    }

    private byte[] sign(String algorithm, byte[] bytes) {
        try {
            Signature signature = Signature.getInstance(algorithm);
            signature.initSign(privateKey);
            signature.update(bytes);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has " + algorithm, e);
        }
    }
}
