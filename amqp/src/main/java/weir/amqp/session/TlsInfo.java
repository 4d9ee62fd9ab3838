package weir.amqp.session;

import java.security.cert.X509Certificate;
import java.util.Optional;

/**
 * What a connection with TLS has agreed on.
 *
 * @param protocol {@code TLSv1.3}, say
 * @param suite by the name that it has in the standard
 * @param certificate what the client has shown
 */
public record TlsInfo(String protocol, String suite, Optional<X509Certificate> certificate) {}
