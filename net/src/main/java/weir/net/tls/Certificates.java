package weir.net.tls;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The certificates of {@link TlsFiles} as TLS asks for them at each handshake. Files that have changed are read again then;
 * if they cannot be read, what was read before stays in force, and the log says so.
 */
public final class Certificates {
    private static final Logger LOG = LoggerFactory.getLogger(Certificates.class);

    /** The files are looked at no more often than this: a storm of connections is not to become one of file accesses. */
    private static final Duration LOOK = Duration.ofMillis(500);

    private static final int FILE_BYTES_MAX = 1024 * 1024;
    private static final List<String> KEY_KINDS = List.of("EC", "RSA", "EdDSA");
    private static final char[] NO_PASSWORD = {};
    private static final Pattern PRIVATE_KEY =
            Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");

    private final TlsFiles files;
    private final Keys keys = new Keys();
    private final Trust trust = new Trust();

    /** Guards what follows. Held while files are read, which is rare and short. */
    private final Object lock = new Object();

    private Loaded loaded;
    private List<String> seen;
    private long lookedNanos;

    /** @throws IOException if they cannot be read, or do not fit together */
    public Certificates(TlsFiles files) throws IOException {
        this.files = files;
        this.seen = stamps();
        this.loaded = load();
        this.lookedNanos = System.nanoTime();
    }

    public X509ExtendedKeyManager keys() {
        return keys;
    }

    /** Trusts nobody if there are no authorities. */
    public X509ExtendedTrustManager trust() {
        return trust;
    }

    private record Loaded(X509ExtendedKeyManager keys, X509ExtendedTrustManager trust) {}

    private Loaded current() {
        synchronized (lock) {
            long now = System.nanoTime();
            if (now - lookedNanos >= LOOK.toNanos()) {
                lookedNanos = now;
                reload();
            }
            return loaded;
        }
    }

    private void reload() {
        try {
            List<String> stamps = stamps();
            if (!stamps.equals(seen)) {
                loaded = load();
                seen = stamps; // Not before: files that are still being replaced are read again at the next handshake.
                LOG.info("The certificates were read again: {}", files);
            }
        } catch (IOException e) {
            LOG.warn(
                    "The certificates in {} have changed but cannot be used; the old ones stay: {}",
                    files.certificate(),
                    e.getMessage());
        }
    }

    private List<String> stamps() throws IOException {
        List<String> stamps = new ArrayList<>();
        for (Path file : files.all()) {
            stamps.add(Files.getLastModifiedTime(file) + " " + Files.size(file));
        }
        return stamps;
    }

    private Loaded load() throws IOException {
        try {
            KeyStore mine = KeyStore.getInstance("PKCS12");
            mine.load(null, NO_PASSWORD);
            List<X509Certificate> chain = certificates(files.certificate());
            PrivateKey key = key();
            mine.setKeyEntry("own", key, NO_PASSWORD, chain.toArray(Certificate[]::new));
            checkThatTheyMatch(chain.getFirst(), key);
            KeyManagerFactory keyFactory = KeyManagerFactory.getInstance("PKIX");
            keyFactory.init(mine, NO_PASSWORD);

            return new Loaded((X509ExtendedKeyManager) keyFactory.getKeyManagers()[0], loadTrust());
        } catch (GeneralSecurityException e) {
            throw new IOException(files + " cannot be used for TLS: " + e.getMessage(), e);
        }
    }

    private X509ExtendedTrustManager loadTrust() throws IOException, GeneralSecurityException {
        if (files.authorities().isEmpty()) {
            return new TrustNobody();
        }
        KeyStore authorities = KeyStore.getInstance("PKCS12");
        authorities.load(null, NO_PASSWORD);
        int number = 0;
        for (X509Certificate authority : certificates(files.authorities().get())) {
            authorities.setCertificateEntry("authority-" + number++, authority);
        }
        TrustManagerFactory trustFactory = TrustManagerFactory.getInstance("PKIX");
        trustFactory.init(authorities);
        return (X509ExtendedTrustManager) trustFactory.getTrustManagers()[0];
    }

    private static List<X509Certificate> certificates(Path file) throws IOException, CertificateException {
        try (var in = Files.newInputStream(file)) {
            Collection<? extends Certificate> read =
                    CertificateFactory.getInstance("X.509").generateCertificates(in);
            if (read.isEmpty()) {
                throw new IOException(file + " holds no certificate");
            }
            return read.stream().map(X509Certificate.class::cast).toList();
        }
    }

    private PrivateKey key() throws IOException, GeneralSecurityException {
        if (Files.size(files.key()) > FILE_BYTES_MAX) {
            throw new IOException(files.key() + " is too large for a key");
        }
        var pem = PRIVATE_KEY.matcher(Files.readString(files.key(), StandardCharsets.US_ASCII));
        if (!pem.find()) {
            throw new IOException(
                    files.key() + " holds no key that begins with -----BEGIN PRIVATE KEY-----; convert it:"
                            + " openssl pkcs8 -topk8 -nocrypt -in OLD -out NEW");
        }
        var spec = new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(pem.group(1)));
        for (String kind : KEY_KINDS) {
            var key = keyOf(kind, spec);
            if (key.isPresent()) {
                return key.get();
            }
        }
        throw new IOException(files.key() + " holds a key of none of the kinds " + KEY_KINDS);
    }

    private static Optional<PrivateKey> keyOf(String kind, PKCS8EncodedKeySpec spec) throws GeneralSecurityException {
        try {
            return Optional.of(KeyFactory.getInstance(kind).generatePrivate(spec));
        } catch (InvalidKeySpecException _) {
            return Optional.empty(); // It is of another kind.
        }
    }

    /** A certificate and a key that were replaced one after the other do not match in between. */
    private void checkThatTheyMatch(X509Certificate certificate, PrivateKey key)
            throws IOException, GeneralSecurityException {
        String algorithm =
                switch (key.getAlgorithm()) {
                    case "RSA" -> "SHA256withRSA";
                    case "EC" -> "SHA256withECDSA";
                    default -> "EdDSA";
                };
        byte[] sample = {1, 2, 3};
        boolean match = false;
        try {
            var signer = Signature.getInstance(algorithm);
            signer.initSign(key);
            signer.update(sample);
            byte[] signed = signer.sign();
            var verifier = Signature.getInstance(algorithm);
            verifier.initVerify(certificate.getPublicKey());
            verifier.update(sample);
            match = verifier.verify(signed);
        } catch (InvalidKeyException | SignatureException _) {
            match = false; // Of another kind.
        }
        if (!match) {
            throw new IOException(files.certificate() + " is not the certificate of the key in " + files.key());
        }
    }

    private final class Keys extends X509ExtendedKeyManager {
        @Override
        public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
            return current().keys().getClientAliases(keyType, issuers);
        }

        @Override
        public @Nullable String chooseClientAlias(
                String[] keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
            return current().keys().chooseClientAlias(keyType, issuers, socket);
        }

        @Override
        public @Nullable String chooseEngineClientAlias(
                String[] keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
            return current().keys().chooseEngineClientAlias(keyType, issuers, engine);
        }

        @Override
        public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
            return current().keys().getServerAliases(keyType, issuers);
        }

        @Override
        public @Nullable String chooseServerAlias(
                String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
            return current().keys().chooseServerAlias(keyType, issuers, socket);
        }

        @Override
        public @Nullable String chooseEngineServerAlias(
                String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
            return current().keys().chooseEngineServerAlias(keyType, issuers, engine);
        }

        @Override
        public X509Certificate @Nullable [] getCertificateChain(String alias) {
            return current().keys().getCertificateChain(alias);
        }

        @Override
        public @Nullable PrivateKey getPrivateKey(String alias) {
            return current().keys().getPrivateKey(alias);
        }
    }

    private final class Trust extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
                throws CertificateException {
            current().trust().checkClientTrusted(chain, authType, socket);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
                throws CertificateException {
            current().trust().checkServerTrusted(chain, authType, socket);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
                throws CertificateException {
            current().trust().checkClientTrusted(chain, authType, engine);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
                throws CertificateException {
            current().trust().checkServerTrusted(chain, authType, engine);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
            current().trust().checkClientTrusted(chain, authType);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
            current().trust().checkServerTrusted(chain, authType);
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return current().trust().getAcceptedIssuers();
        }
    }
}
