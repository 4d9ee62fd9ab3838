package weir.net.tls;

import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.time.Duration;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;

/** TLS as a server speaks it: 1.3 and 1.2, what is older is refused. Safe for any thread. */
public final class ServerTls {
    private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};

    /** A client that comes back need not show its certificate again for so long, whatever became of the authorities. */
    private static final Duration RESUMED = Duration.ofMinutes(1);

    /** What clients have to show. */
    public enum ClientCertificate {
        /** Nothing, and nothing is asked for. */
        NONE,
        /** Their certificate if they have one; it must be signed by one of the authorities then. */
        ASKED,
        /** Their certificate. */
        REQUIRED
    }

    private final SSLContext context;
    private final ClientCertificate client;

    /** @throws IOException if the files cannot be read, or do not fit together */
    public ServerTls(TlsFiles files, ClientCertificate client) throws IOException {
        if (client != ClientCertificate.NONE && files.authorities().isEmpty()) {
            throw new IllegalArgumentException("clients' certificates are asked for, but none could be trusted");
        }
        Certificates certificates = new Certificates(files);
        try {
            this.context = SSLContext.getInstance("TLS");
            context.init(new KeyManager[] {certificates.keys()}, new TrustManager[] {certificates.trust()}, null);
        } catch (GeneralSecurityException e) {
            throw new IOException("TLS cannot be used here: " + e.getMessage(), e);
        }
        context.getServerSessionContext().setSessionTimeout((int) RESUMED.toSeconds());
        this.client = client;
    }

    /**
     * The server's side of TLS over a connection that was accepted. Nothing is exchanged until somebody reads or writes. Closing
     * it may have to wait for a write that is under way; who cannot wait closes the connection under it.
     */
    public SSLSocket over(Socket accepted) throws IOException {
        SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(accepted, null, true);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setProtocols(PROTOCOLS);
        parameters.setUseCipherSuitesOrder(true);
        switch (client) {
            case NONE -> {}
            case ASKED -> parameters.setWantClientAuth(true);
            case REQUIRED -> parameters.setNeedClientAuth(true);
        }
        socket.setSSLParameters(parameters);
        return socket;
    }

    /**
     * Agrees with the client on how to speak, for once and all: one that wants to do so again, as TLS 1.2 lets it, is sent away. Each
     * time costs this side far more than the client, and a client has no reason to.
     */
    public static void shakeHands(SSLSocket socket) throws IOException {
        socket.startHandshake();
        socket.setEnabledCipherSuites(
                new String[0]); // What is under way goes on; there is nothing to agree on any more.
    }
}
