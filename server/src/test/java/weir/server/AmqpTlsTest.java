package weir.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.AuthenticationFailureException;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.DefaultSaslConfig;
import com.rabbitmq.client.PossibleAuthenticationFailureException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.StreamSupport;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** RabbitMQ's Java client over TLS, with certificates of its own and without. */
class AmqpTlsTest {
    @TempDir
    private static Path directory;

    @SuppressWarnings("NullAway.Init")
    private static TestAuthority authority;

    @SuppressWarnings("NullAway.Init")
    private static TestAuthority.Issued own;

    @SuppressWarnings("NullAway.Init")
    private static WeirServer server;

    @BeforeAll
    static void start() throws Exception {
        authority = new TestAuthority(directory, "authority");
        own = authority.issue("CN=server");
        server = TestServer.start(
                directory.resolve("data"),
                "WEIR_AMQP_TLS_PORT",
                "0",
                "WEIR_AMQP_TLS_CERTIFICATE",
                own.certificate().toString(),
                "WEIR_AMQP_TLS_KEY",
                own.key().toString(),
                "WEIR_AMQP_TLS_AUTHORITIES",
                authority.file().toString(),
                "WEIR_AMQP_TLS_USER",
                "common-name");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static ConnectionFactory factory(TestAuthority.@Nullable Issued shown, String protocol) throws Exception {
        ConnectionFactory factory = TestServer.rabbit(server.amqpTlsPort());
        factory.useSslProtocol(authority.client(shown, protocol));
        factory.enableHostnameVerification();
        return factory;
    }

    @Test
    void messagesTravelOverEitherOfTheProtocolsThatAreAllowed() throws Exception {
        for (String protocol : new String[] {"TLSv1.3", "TLSv1.2"}) {
            try (Connection connection = factory(null, protocol).newConnection()) {
                Channel channel = connection.createChannel();
                String queue = channel.queueDeclare().getQueue();
                byte[] body = new byte[1_000_000];
                channel.basicPublish("", queue, null, body);
                assertThat(channel.basicGet(queue, true).getBody()).isEqualTo(body);
            }
        }
    }

    @Test
    void olderProtocolsAreRefused() throws Exception {
        try (SSLSocket socket = (SSLSocket)
                authority.client(null, "TLS").getSocketFactory().createSocket("127.0.0.1", server.amqpTlsPort())) {
            socket.setEnabledProtocols(new String[] {"TLSv1.1"});
            assertThatThrownBy(socket::startHandshake).isInstanceOf(IOException.class);
        }
    }

    /** Which TLS 1.2 lets a client ask for, again and again, and which costs the server more than the client. */
    @Test
    void whoWantsToAgreeOnTlsAnewIsSentAway() throws Exception {
        try (SSLSocket socket = (SSLSocket)
                authority.client(null, "TLSv1.2").getSocketFactory().createSocket("127.0.0.1", server.amqpTlsPort())) {
            socket.setSoTimeout((int) TimeUnit.SECONDS.toMillis(AmqpAtServer.SECONDS_MAX));
            socket.startHandshake();
            assertThat(socket.getSession().getProtocol()).isEqualTo("TLSv1.2");
            socket.getOutputStream().write(RawAmqp.HEADER);
            assertThat(socket.getInputStream().read()).isEqualTo(1); // connection.start, a method frame
            socket.startHandshake(); // Which goes along with what is read next.
            assertThatThrownBy(() -> socket.getInputStream().readAllBytes())
                    .isInstanceOf(SSLException.class)
                    .hasMessageContaining("handshake_failure");
        }
    }

    @Test
    void certificateSaysWhoIsThere() throws Exception {
        ConnectionFactory factory = factory(authority.issue("CN=guest,O=Weir"), "TLSv1.3");
        factory.setSaslConfig(DefaultSaslConfig.EXTERNAL);
        factory.setPassword("unused");
        try (Connection connection = factory.newConnection()) {
            connection.createChannel().queueDeclare();
        }
    }

    @Test
    void operatorsSeeWhatWasAgreedOnAndWhatEndsSoon() throws Exception {
        ManagementClient api = ManagementClient.guest(server);
        ConnectionFactory factory = factory(authority.issue("CN=guest,O=Weir"), "TLSv1.2");
        factory.setSaslConfig(DefaultSaslConfig.EXTERNAL);
        factory.setPassword("unused");
        try (Connection connection = factory.newConnection("seen")) {
            JsonNode seen = StreamSupport.stream(api.get("/connections").spliterator(), false)
                    .filter(each -> each.path("user_provided_name").asString().equals("seen"))
                    .findFirst()
                    .orElseThrow();
            assertThat(connection.isOpen()).isTrue();
            assertThat(seen.path("auth_mechanism").asString()).isEqualTo("EXTERNAL");
            assertThat(seen.path("ssl").asBoolean()).isTrue();
            assertThat(seen.path("ssl_protocol").asString()).isEqualTo("tlsv1.2");
            assertThat(seen.path("ssl_cipher").asString()).isEqualTo("aes_256_gcm");
            assertThat(seen.path("ssl_hash").asString()).isEqualTo("aead");
            assertThat(seen.path("ssl_key_exchange").asString()).isEqualTo("ecdhe_ecdsa");
            assertThat(seen.path("peer_cert_subject").asString()).isEqualTo("CN=guest,O=Weir");
            assertThat(seen.path("peer_cert_issuer").asString()).isEqualTo("CN=authority");
            assertThat(seen.path("peer_cert_validity").asString()).contains(" - ");
        }
        String check = "/health/checks/certificate-expiration/"; // Its certificates are good for 90 days.
        assertThat(api.send("GET", check + "2/months", "").status()).isEqualTo(200);
        ManagementClient.Answer ending = api.send("GET", check + "1/years", "");
        assertThat(ending.status()).isEqualTo(503);
        assertThat(ending.body().path("expired").get(0).path("protocol").asString())
                .isEqualTo("amqp/ssl");
        assertThat(api.send("GET", "/health/checks/protocol-listener/amqps", "").status())
                .isEqualTo(200);
    }

    @Test
    void certificateOfNobodyLetsNobodyIn() throws Exception {
        ConnectionFactory factory = factory(authority.issue("CN=stranger"), "TLSv1.3");
        factory.setSaslConfig(DefaultSaslConfig.EXTERNAL);
        assertThatThrownBy(factory::newConnection)
                .isInstanceOf(AuthenticationFailureException.class)
                .hasMessageContaining("Login was refused using authentication mechanism EXTERNAL");
    }

    @Test
    void whoShowsNoCertificateIsNotOfferedToLogInByIt() throws Exception {
        ConnectionFactory factory = factory(null, "TLSv1.3");
        factory.setSaslConfig(DefaultSaslConfig.EXTERNAL);
        assertThatThrownBy(factory::newConnection)
                .isInstanceOf(IOException.class)
                .isNotInstanceOf(PossibleAuthenticationFailureException.class)
                .hasMessageContaining("No compatible authentication mechanism found");
    }

    @Test
    void certificateOfAnotherAuthorityIsRefused() throws Exception {
        TestAuthority other = new TestAuthority(directory.resolve("other"), "authority");
        ConnectionFactory factory = factory(other.issue("CN=guest"), "TLSv1.2");
        assertThatThrownBy(factory::newConnection).isInstanceOf(IOException.class);
    }

    @Test
    void whoSpeaksNoTlsIsSentAway() throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.amqpTlsPort())) {
            socket.getOutputStream().write(new byte[] {'A', 'M', 'Q', 'P', 0, 0, 9, 1});
            socket.setSoTimeout((int) TimeUnit.SECONDS.toMillis(AmqpAtServer.SECONDS_MAX));
            assertThat(socket.getInputStream().readAllBytes().length).isLessThan(8); // An alert, if anything.
        }
    }

    @Test
    void certificateIsReplacedWhileTheServerRuns() throws Exception {
        X509Certificate before = shownByServer();
        TestAuthority.Issued next = authority.issue("CN=next");
        replace(next.key(), own.key());
        replace(next.certificate(), own.certificate());
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(AmqpAtServer.SECONDS_MAX);
        while (shownByServer().equals(before)) { // Files are looked at twice a second.
            assertThat(System.nanoTime()).as("the new certificate").isLessThan(end);
        }
        assertThat(shownByServer().getSubjectX500Principal().getName()).isEqualTo("CN=next");
    }

    private static void ctl(String command) {
        Ran ran = Ran.at(server, "rabbitmqctl", command);
        assertThat(ran.exitCode()).as(ran.err()).isZero();
    }

    @Test
    void portIsClosedAndOpenedAgain() throws Exception {
        Connection connection = factory(null, "TLSv1.3").newConnection();
        CompletableFuture<Object> reason = new CompletableFuture<>();
        connection.addShutdownListener(signal -> reason.complete(signal.getReason()));
        ctl("stop_app");
        assertThat(reason.get(AmqpAtServer.SECONDS_MAX, TimeUnit.SECONDS))
                .isInstanceOfSatisfying(AMQP.Connection.Close.class, close -> assertThat(close.getReplyCode())
                        .isEqualTo(320));
        assertThatThrownBy(() -> factory(null, "TLSv1.3").newConnection()).isInstanceOf(IOException.class);
        ctl("start_app");
        factory(null, "TLSv1.3").newConnection().close();
    }

    private static void replace(Path by, Path file) throws IOException {
        Path beside = file.resolveSibling("next");
        Files.copy(by, beside, StandardCopyOption.REPLACE_EXISTING);
        Files.setLastModifiedTime(beside, FileTime.from(Instant.EPOCH)); // Another time for sure.
        Files.move(beside, file, StandardCopyOption.REPLACE_EXISTING);
    }

    private static X509Certificate shownByServer() throws Exception {
        try (SSLSocket socket = (SSLSocket)
                authority.client(null, "TLS").getSocketFactory().createSocket("127.0.0.1", server.amqpTlsPort())) {
            socket.startHandshake();
            return (X509Certificate) socket.getSession().getPeerCertificates()[0];
        }
    }
}
