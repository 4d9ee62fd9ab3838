/**
 * TLS by the JDK, with certificates from PEM files that may be replaced while they are in use.
 *
 * <p>{@link weir.net.tls.Certificates} hands them to whoever speaks TLS: the nodes of a cluster among each other, both ways, and
 * the fronts of the binary protocols through {@link weir.net.tls.ServerTls}.
 *
 * <p>Not here: what a certificate allows, and how long a handshake may take.
 */
@NullMarked
package weir.net.tls;

import org.jspecify.annotations.NullMarked;
