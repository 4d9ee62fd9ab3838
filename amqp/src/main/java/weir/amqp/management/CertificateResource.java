package weir.amqp.management;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import weir.amqp.AmqpTls;

/** Whether a certificate of AMQP's port for TLS ends soon: those of the files that are there now, whoever they belong to. */
final class CertificateResource implements ApiResource {
    private final Management management;

    CertificateResource(Management management) {
        this.management = management;
    }

    @Override
    public void register(Routes routes) {
        routes.get("/health/checks/certificate-expiration/{within}/{unit}", Access.ANYBODY, this::check);
    }

    private Answer check(Call call) throws Failure {
        Instant soon = soon(call.path("within"), call.path("unit"));
        Optional<AmqpTls> tls = management.front().settings().tls();
        if (tls.isEmpty()) {
            return ok();
        }
        List<X509Certificate> ending = new ArrayList<>();
        List<Path> files = new ArrayList<>(List.of(tls.get().files().certificate()));
        tls.get().files().authorities().ifPresent(files::add);
        for (Path file : files) {
            for (X509Certificate each : certificates(file)) {
                if (each.getNotAfter().toInstant().isBefore(soon)) {
                    ending.add(each);
                }
            }
        }
        return ending.isEmpty() ? ok() : failed(ending);
    }

    private static Answer ok() {
        return Answer.of(new Facts().with("status", "ok"));
    }

    private Answer failed(List<X509Certificate> ending) {
        List<Facts> expired = new ArrayList<>();
        for (Listeners.Listener listener : management.listeners().all()) {
            if (listener.isTls()) {
                expired.add(new Facts()
                        .with("node", management.settings().nodeName())
                        .with("protocol", listener.protocol())
                        .with("interface", listener.host())
                        .with("port", listener.port())
                        .with(
                                "certfile_expires_on",
                                ending.stream()
                                        .map(each ->
                                                each.getNotAfter().toInstant().toString())
                                        .toList()));
            }
        }
        return new Answer(
                503,
                new Facts()
                        .with("status", "failed")
                        .with("reason", "Certificates expiring")
                        .with("expired", expired));
    }

    private static Instant soon(String within, String unit) throws Failure {
        if (!within.matches("\\d{1,4}")) {
            throw Failure.badRequest("Invalid expiration value.");
        }
        int count = Integer.parseInt(within);
        ZonedDateTime now = ZonedDateTime.now(ZoneOffset.UTC); // Certificates end by the world's clock.
        return switch (unit) {
            case "days" -> now.plusDays(count).toInstant();
            case "weeks" -> now.plusWeeks(count).toInstant();
            case "months" -> now.plusMonths(count).toInstant();
            case "years" -> now.plusYears(count).toInstant();
            default -> throw Failure.badRequest("Time unit not recognised. Use: days, weeks, months, years.");
        };
    }

    private static List<X509Certificate> certificates(Path file) throws Failure {
        List<X509Certificate> all = new ArrayList<>();
        try (InputStream in = Files.newInputStream(file)) {
            for (Certificate each : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                if (each instanceof X509Certificate certificate) {
                    all.add(certificate);
                }
            }
        } catch (IOException | CertificateException e) {
            throw Failure.unavailable("the certificates of TLS cannot be read: " + e.getMessage());
        }
        return all;
    }
}
