package weir.amqp.management;

import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Locale;
import weir.amqp.session.TlsInfo;

/** What TLS has agreed on, by RabbitMQ's names, which take the standard's names of suites apart as Erlang does. */
final class TlsFacts {
    private static final String WITH = "_WITH_";

    /** Suites that need no hash of their own to tell whether something was changed. */
    private static final List<String> AUTHENTICATED = List.of("_gcm", "_ccm", "_ccm_8", "_poly1305");

    private TlsFacts() {}

    static Facts of(TlsInfo tls) {
        String suite = tls.suite();
        String name = suite.startsWith("TLS_") ? suite.substring("TLS_".length()) : suite;
        int with = name.indexOf(WITH);
        String exchange = with < 0 ? "any" : name.substring(0, with); // Of TLS 1.3 it is none of the suite's.
        String rest = (with < 0 ? name : name.substring(with + WITH.length())).toLowerCase(Locale.ROOT);
        int last = rest.lastIndexOf('_');
        String cipher = last < 0 ? rest : rest.substring(0, last);
        Facts facts = new Facts()
                .with("ssl_protocol", tls.protocol().toLowerCase(Locale.ROOT))
                .with("ssl_key_exchange", exchange.toLowerCase(Locale.ROOT))
                .with("ssl_cipher", cipher)
                .with(
                        "ssl_hash",
                        AUTHENTICATED.stream().anyMatch(cipher::endsWith) ? "aead" : rest.substring(last + 1));
        tls.certificate().ifPresent(certificate -> addPeer(facts, certificate));
        return facts;
    }

    private static void addPeer(Facts facts, X509Certificate certificate) {
        facts.with("peer_cert_subject", certificate.getSubjectX500Principal().getName())
                .with("peer_cert_issuer", certificate.getIssuerX500Principal().getName())
                .with(
                        "peer_cert_validity",
                        certificate.getNotBefore().toInstant() + " - "
                                + certificate.getNotAfter().toInstant());
    }
}
