package weir.net.tls;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The PEM files of one side of TLS. They may be replaced while they are in use: new connections go by the new ones.
 *
 * @param authorities who signed the certificates of those that are let in; empty if no certificate lets anybody in
 * @param certificate the own one, followed by those between it and an authority if there are any
 * @param key of the certificate: PKCS #8, not encrypted
 */
public record TlsFiles(Optional<Path> authorities, Path certificate, Path key) {
    List<Path> all() {
        return Stream.concat(authorities.stream(), Stream.of(certificate, key)).toList();
    }
}
