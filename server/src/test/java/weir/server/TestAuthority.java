package weir.server;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** A certificate authority made for a test, by the JDK's own {@code keytool}. */
final class TestAuthority {
    private static final String PASSWORD = "for-tests";
    private static final String CA = "ca";
    private static final String ISSUED = "issued";

    private final Path directory;
    private final Path store;

    TestAuthority(Path directory, String name) throws Exception {
        this.directory = Files.createDirectories(directory.resolve(name));
        this.store = this.directory.resolve("authority.p12");
        keytool(store, "-genkeypair", "-alias", CA, "-dname", "CN=" + name, "-keyalg", "EC", "-ext", "bc:c");
        write(file(), "CERTIFICATE", keys(store).getCertificate(CA).getEncoded());
    }

    /** Its own certificate. */
    Path file() {
        return directory.resolve("authority.pem");
    }

    /** What it has issued to one party. */
    record Issued(Path certificate, Path key, Path store) {}

    /** For 127.0.0.1, under that name. */
    Issued issue(String subject) throws Exception {
        Path of = Files.createTempDirectory(directory, ISSUED);
        Issued issued = new Issued(of.resolve("own.pem"), of.resolve("own.key"), of.resolve("own.p12"));
        keytool(issued.store(), "-genkeypair", "-alias", ISSUED, "-dname", subject, "-keyalg", "EC");
        Path request = of.resolve("request");
        keytool(issued.store(), "-certreq", "-alias", ISSUED, "-file", request.toString());
        keytool(
                store,
                "-gencert",
                "-alias",
                CA,
                "-ext",
                "san=ip:127.0.0.1",
                "-infile",
                request.toString(),
                "-outfile",
                issued.certificate().toString(),
                "-rfc");
        write(
                issued.key(),
                "PRIVATE KEY",
                keys(issued.store()).getKey(ISSUED, PASSWORD.toCharArray()).getEncoded());
        return issued;
    }

    /** A client's side of TLS: it trusts this authority, and shows what is given to it. */
    SSLContext client(@Nullable Issued shown, String protocol) throws Exception {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry(CA, keys(store).getCertificate(CA));
        TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance(protocol);
        context.init(shown == null ? null : keyManagers(shown), trust.getTrustManagers(), null);
        return context;
    }

    private static KeyManager[] keyManagers(Issued shown) throws Exception {
        KeyStore mine = keys(shown.store());
        KeyStore shownAs = KeyStore.getInstance("PKCS12");
        shownAs.load(null, null);
        try (InputStream in = Files.newInputStream(shown.certificate())) {
            Certificate signed = CertificateFactory.getInstance("X.509").generateCertificate(in);
            shownAs.setKeyEntry(
                    ISSUED,
                    Objects.requireNonNull(mine.getKey(ISSUED, PASSWORD.toCharArray())),
                    PASSWORD.toCharArray(),
                    new Certificate[] {signed});
        }
        KeyManagerFactory factory = KeyManagerFactory.getInstance("PKIX");
        factory.init(shownAs, PASSWORD.toCharArray());
        return factory.getKeyManagers();
    }

    private static KeyStore keys(Path file) throws IOException, GeneralSecurityException {
        return KeyStore.getInstance(file.toFile(), PASSWORD.toCharArray());
    }

    private static void write(Path file, String kind, byte[] der) throws IOException {
        String lines = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                .encodeToString(der);
        Files.writeString(file, "-----BEGIN " + kind + "-----\n" + lines + "\n-----END " + kind + "-----\n");
    }

    private static void keytool(Path store, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(Arrays.asList(arguments));
        command.addAll(List.of("-keystore", store.toString(), "-storetype", "PKCS12", "-storepass", PASSWORD));
        Path log = store.resolveSibling("keytool.log");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
            throw new IOException("keytool: " + Files.readString(log));
        }
    }
}
