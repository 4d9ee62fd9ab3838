package weir.amqp;

import weir.core.Check;
import weir.net.tls.ServerTls.ClientCertificate;
import weir.net.tls.TlsFiles;

/**
 * AMQP over TLS, on a port of its own.
 *
 * @param port the port to listen on; 0 for any free one
 * @param client what clients have to show
 * @param user which name in a client's certificate is its user's
 */
public record AmqpTls(int port, TlsFiles files, ClientCertificate client, UserName user) {
    /** Which name in a certificate is a user's, as RabbitMQ's {@code ssl_cert_login_from} says it. */
    public enum UserName {
        /** All of the subject, as RFC 2253 writes it: {@code CN=orders,O=shop}. */
        DISTINGUISHED_NAME,
        COMMON_NAME
    }

    public AmqpTls {
        Check.inRange("port", port, 0, 65_535);
    }
}
