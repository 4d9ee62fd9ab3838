package weir.cluster.ratis;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A certificate authority made for a test, by the JDK's own {@code keytool}. */
final class Authority {
    private static final String PASSWORD = "for-tests";

    private final Path directory;
    private final Path store;
    private int issued;

    Authority(Path directory, String name) throws Exception {
        this.directory = Files.createDirectories(directory.resolve(name));
        this.store = this.directory.resolve("authority.p12");
        keytool(
                store,
                "-genkeypair",
                "-alias",
                "ca",
                "-dname",
                "CN=" + name,
                "-keyalg",
                "EC",
                "-ext",
                "bc:c",
                "-validity",
                "30");
        write(certificateFile(), "CERTIFICATE", keys(store).getCertificate("ca").getEncoded());
    }

    Path certificateFile() {
        return directory.resolve("authority.pem");
    }

    /** Issues a certificate for 127.0.0.1 and writes the three files of a node; over those that are there, if any. */
    ClusterTls issueInto(Path node, String algorithm) throws Exception {
        return issueInto(node, algorithm, "ip:127.0.0.1");
    }

    ClusterTls issueInto(Path node, String algorithm, String names) throws Exception {
        Files.createDirectories(node);
        var files = new ClusterTls(node.resolve("ca.pem"), node.resolve("node.pem"), node.resolve("node.key"));
        Path mine = directory.resolve("issued-" + issued++ + ".p12");
        keytool(mine, "-genkeypair", "-alias", "node", "-dname", "CN=node", "-keyalg", algorithm);
        Path request = directory.resolve("request");
        Path signed = directory.resolve("signed");
        keytool(mine, "-certreq", "-alias", "node", "-file", request.toString());
        keytool(
                store,
                "-gencert",
                "-alias",
                "ca",
                "-ext",
                "san=" + names,
                "-validity",
                "30",
                "-infile",
                request.toString(),
                "-outfile",
                signed.toString(),
                "-rfc");
        Path next = node.resolve("next");
        write(
                next,
                "PRIVATE KEY",
                keys(mine).getKey("node", PASSWORD.toCharArray()).getEncoded());
        Files.move(next, files.key(), StandardCopyOption.REPLACE_EXISTING);
        Files.copy(signed, next);
        Files.move(next, files.certificate(), StandardCopyOption.REPLACE_EXISTING);
        trustIn(files, this);
        return files;
    }

    static void trustIn(ClusterTls files, Authority... authorities) throws IOException {
        var all = new StringBuilder();
        for (var authority : authorities) {
            all.append(Files.readString(authority.certificateFile()));
        }
        Path next = files.authorities().resolveSibling("next-ca");
        Files.writeString(next, all.toString());
        Files.move(next, files.authorities(), StandardCopyOption.REPLACE_EXISTING);
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
        var process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(store.resolveSibling("keytool.log").toFile())
                .start();
        if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
            throw new IOException("keytool: " + Files.readString(store.resolveSibling("keytool.log")));
        }
    }
}
