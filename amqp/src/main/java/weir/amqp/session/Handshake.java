package weir.amqp.session;

import java.io.IOException;
import java.net.InetAddress;
import java.security.cert.X509Certificate;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import weir.amqp.AmqpSettings;
import weir.amqp.AmqpSettings.Mechanism;
import weir.amqp.queue.Owner;
import weir.amqp.session.Traffic.Churn;
import weir.amqp.topology.Authentication;
import weir.amqp.topology.Login;
import weir.amqp.topology.Users;
import weir.amqp.topology.VirtualHost;
import weir.amqp.wire.AmqpException;
import weir.amqp.wire.Assembler;
import weir.amqp.wire.ErrorCode;
import weir.amqp.wire.FieldTable;
import weir.amqp.wire.Frame;
import weir.amqp.wire.FrameReader;
import weir.amqp.wire.Method;
import weir.amqp.wire.ProtocolHeader;
import weir.amqp.wire.Received;
import weir.core.broker.OutcomeUnknownException;

/**
 * The way from the first byte to an open connection, step by step. How long it may take is the connection's to watch.
 *
 * <p>Runs on the thread that reads.
 */
final class Handshake {
    private static final Logger LOG = LoggerFactory.getLogger(Handshake.class);
    private static final String LOCALE = "en_US";

    private final Front front;
    private final FrameReader in;
    private final Outbox out;
    private final Assembler assembler;
    private final Transport transport;
    private final long connection;
    /** Empty capabilities until the client has said what it understands. */
    private ClientCapabilities capabilities = new ClientCapabilities(false, false, false, FieldTable.EMPTY);

    Handshake(Front front, FrameReader in, Outbox out, Assembler assembler, Transport transport, long connection) {
        this.front = front;
        this.in = in;
        this.out = out;
        this.assembler = assembler;
        this.transport = transport;
        this.connection = connection;
    }

    /**
     * @return who is there; null if the connection is over, and whatever could be said was said
     * @throws AmqpException what is to be said in connection.close
     */
    @Nullable
    Peer shake() throws IOException, AmqpException, OutcomeUnknownException, InterruptedException {
        ProtocolHeader header = in.readProtocolHeader();
        if (header == null) {
            return null;
        }
        if (!header.isSpoken()) {
            out.write(frames -> frames.protocolHeader());
            return null;
        }
        AmqpSettings settings = front.settings();
        Optional<X509Certificate> certificate = transport.certificate();
        Set<Mechanism> offered = offered(settings, certificate);
        send(new Method.ConnectionStart(0, 9, ServerProperties.of(settings), names(offered), LOCALE));
        if (!(next("connection.start_ok") instanceof Method.ConnectionStartOk startOk)) {
            return null;
        }
        capabilities = ClientCapabilities.of(startOk.clientProperties());
        Credentials shown = credentials(startOk, offered, certificate);
        Login login;
        switch (authenticate(shown)) {
            case Authentication.Accepted(Login accepted) -> login = accepted;
            case Authentication.Refused(String reason) -> {
                return refused(startOk.mechanism(), shown.user(), reason);
            }
        }
        int channelsMax = front.tunables().channelsMax();
        send(Tuning.offered(settings, channelsMax));
        if (!(next("connection.tune_ok") instanceof Method.ConnectionTuneOk tuneOk)) {
            return null;
        }
        Tuning tuning = Tuning.agreed(settings, channelsMax, tuneOk);
        in.frameMax(tuning.frameMax());
        out.frameMax(tuning.frameMax());
        if (!(next("connection.open") instanceof Method.ConnectionOpen open)) {
            return null;
        }
        VirtualHost host = front.topology().permissions().enter(login, open.virtualHost());
        front.census().entered(host, login); // Left with the connection, from here on.
        front.traffic().happened(Churn.CONNECTION_CREATED, 1);
        send(new Method.ConnectionOpenOk());
        Owner owner = new Owner(front.run(), Connection.nameOf(connection));
        return new Peer(shown.user(), login, host, owner, startOk.mechanism(), transport.name(), capabilities, tuning);
    }

    /** @param expected in RabbitMQ's words; the only one that may come now, but for a close */
    private @Nullable Method next(String expected) throws IOException, AmqpException, InterruptedException {
        while (true) {
            Frame frame = in.read();
            if (frame == null) {
                return null;
            }
            if (frame.type() == Frame.HEARTBEAT && frame.channel() == 0) {
                continue;
            }
            if (frame.channel() != 0) {
                throw new AmqpException(
                        ErrorCode.CHANNEL_ERROR, "frame on channel " + frame.channel() + " before open");
            }
            Received received = assembler.process(frame);
            if (received == null) {
                throw frame.unexpected(); // Content, of which channel 0 has none.
            }
            Method method = received.method();
            if (method instanceof Method.ConnectionClose) {
                send(new Method.ConnectionCloseOk());
                return null;
            }
            if (!fits(method, expected)) {
                throw new AmqpException(ErrorCode.COMMAND_INVALID, "expected '" + expected + "'");
            }
            return method;
        }
    }

    private static boolean fits(Method method, String expected) {
        return switch (expected) {
            case "connection.start_ok" -> method instanceof Method.ConnectionStartOk;
            case "connection.tune_ok" -> method instanceof Method.ConnectionTuneOk;
            default -> method instanceof Method.ConnectionOpen;
        };
    }

    /** Where nobody has to prove anything, whoever comes may do what guest may. */
    private Authentication authenticate(Credentials shown) throws OutcomeUnknownException, InterruptedException {
        Users users = front.topology().users();
        InetAddress from = transport.client();
        if (!front.settings().auth()) {
            return users.vouched(Credentials.GUEST, from);
        }
        return shown.isVouched()
                ? users.vouched(shown.user(), from)
                : users.authenticate(shown.user(), shown.password(), from);
    }

    private Credentials credentials(
            Method.ConnectionStartOk startOk, Set<Mechanism> offered, Optional<X509Certificate> certificate)
            throws AmqpException {
        for (Mechanism mechanism : offered) {
            if (mechanism.name().equals(startOk.mechanism())) {
                return Credentials.of(mechanism, startOk.response(), userOf(certificate));
            }
        }
        throw new AmqpException(
                ErrorCode.COMMAND_INVALID, "unknown authentication mechanism '" + startOk.mechanism() + "'");
    }

    /** Guessing takes time; and who would not understand why is told nothing. */
    private @Nullable Peer refused(String mechanism, String user, String reason)
            throws AmqpException, InterruptedException {
        LOG.info("Connection {} is refused as {}: {}", connection, user, reason);
        Thread.sleep(SessionLimits.REFUSED_LOGIN_PAUSE);
        if (capabilities.authenticationFailureClose()) {
            throw new AmqpException(
                    ErrorCode.ACCESS_REFUSED,
                    "Login was refused using authentication mechanism " + mechanism
                            + ". For details see the broker logfile.");
        }
        return null;
    }

    /** Whoever has shown a certificate need not show anything else. */
    private static Set<Mechanism> offered(AmqpSettings settings, Optional<X509Certificate> certificate) {
        Set<Mechanism> offered = new TreeSet<>(settings.mechanisms());
        if (certificate.isPresent()) {
            offered.add(Mechanism.EXTERNAL);
        }
        return offered;
    }

    private static String names(Set<Mechanism> offered) {
        return offered.stream().map(Mechanism::name).collect(Collectors.joining(" "));
    }

    /** Nobody if no certificate was shown. */
    private String userOf(Optional<X509Certificate> certificate) {
        return certificate
                .flatMap(shown -> front.settings()
                        .tls()
                        .map(tls -> CertificateUser.of(shown.getSubjectX500Principal(), tls.user())))
                .orElse("");
    }

    private void send(Method method) {
        out.write(frames -> frames.method(0, method));
    }
}
