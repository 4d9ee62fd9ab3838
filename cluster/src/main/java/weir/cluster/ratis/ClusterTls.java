package weir.cluster.ratis;

import java.nio.file.Path;
import java.util.Optional;
import weir.net.tls.TlsFiles;

/**
 * The PEM files of mutual TLS. They may be replaced while the node runs: new connections go by the new ones.
 *
 * @param authorities whoever shows a certificate that one of these signed is a node of this cluster, so they sign nothing else
 * @param certificate this node's, followed by those between it and an authority if there are any. Names, as subject
 *     alternative names, the host or address by which the others call this node
 * @param key of the certificate: PKCS #8, not encrypted
 */
public record ClusterTls(Path authorities, Path certificate, Path key) {
    TlsFiles files() {
        return new TlsFiles(Optional.of(authorities), certificate, key);
    }
}
