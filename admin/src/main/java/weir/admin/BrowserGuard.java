package weir.admin;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Keeps web pages from using the API through the browser of somebody who has it on loopback, where there is no password:
 * neither a page of another site (its Origin is not ours), nor one whose name was made to resolve to this machine (its
 * Host is not ours).
 */
final class BrowserGuard {
    private static final Pattern OURS =
            Pattern.compile("(localhost|.*\\.localhost|127(\\.\\d{1,3}){3}|\\[::1])(:\\d{1,5})?");

    private final String host;

    /** @param host where the server listens, which may have another name than those of loopback */
    BrowserGuard(String host) {
        this.host = host.toLowerCase(Locale.ROOT);
    }

    /** Why the request is refused; empty if it is not. */
    Optional<Failure> refusal(ServerRequest request) {
        String authority = request.headers().first(HeaderNames.HOST).orElse("").toLowerCase(Locale.ROOT);
        if (!OURS.matcher(authority).matches()
                && !authority.replaceAll(":\\d+$", "").equals(host)) {
            return Optional.of(new Failure(
                    403,
                    "FORBIDDEN",
                    "Host is \"" + authority + "\", allowed is a loopback name, as the server listens on loopback"));
        }
        Optional<String> origin = request.headers().first(HeaderNames.ORIGIN);
        if (origin.isPresent() && !origin.get().toLowerCase(Locale.ROOT).equals("http://" + authority)) {
            return Optional.of(
                    new Failure(403, "FORBIDDEN", "Origin is \"" + origin.get() + "\", a page of another site"));
        }
        return Optional.empty();
    }
}
