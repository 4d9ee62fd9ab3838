package weir.amqp.session;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.cert.X509Certificate;
import java.util.Optional;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSocket;
import weir.net.tls.ServerTls;

/**
 * The way to one client, with TLS or without.
 *
 * @param accepted what was accepted
 * @param spoken what is read and written: that, or TLS over it
 */
record Transport(Socket accepted, Socket spoken) {
    static Transport plain(Socket accepted) {
        return new Transport(accepted, accepted);
    }

    /** Nothing is exchanged yet. */
    static Transport over(ServerTls tls, Socket accepted) throws IOException {
        return new Transport(accepted, tls.over(accepted));
    }

    /** Does what has to be done before anything is read or written. */
    void begin() throws IOException {
        if (spoken instanceof SSLSocket tls) {
            ServerTls.shakeHands(tls);
        }
    }

    /** Empty without TLS. Once something was read: before that it would have to be waited for. */
    Optional<TlsInfo> tls() {
        return spoken instanceof SSLSocket tls
                ? Optional.of(new TlsInfo(
                        tls.getSession().getProtocol(), tls.getSession().getCipherSuite(), certificate()))
                : Optional.empty();
    }

    InputStream in() throws IOException {
        return spoken.getInputStream();
    }

    OutputStream out() throws IOException {
        return spoken.getOutputStream();
    }

    InetAddress client() {
        return accepted.getInetAddress();
    }

    /** What the client has shown; empty if that is nothing. */
    Optional<X509Certificate> certificate() {
        if (!(spoken instanceof SSLSocket tls)) {
            return Optional.empty();
        }
        try {
            return tls.getSession().getPeerCertificates()[0] instanceof X509Certificate shown
                    ? Optional.of(shown)
                    : Optional.empty();
        } catch (SSLPeerUnverifiedException _) {
            return Optional.empty(); // It had none, and was not asked to have one.
        }
    }

    /** Nothing more will be written. */
    void endOutput() throws IOException {
        spoken.shutdownOutput();
    }

    /** Ends it at once. Any thread: TLS would wait for a write that is under way, and that for a client that never reads. */
    void cut() throws IOException {
        accepted.close();
    }

    /** As RabbitMQ names connections; empty if it has ended already. */
    String name() {
        return accepted.getRemoteSocketAddress() instanceof InetSocketAddress remote
                        && accepted.getLocalSocketAddress() instanceof InetSocketAddress local
                ? ConnectionInfo.name(remote, local)
                : "";
    }
}
