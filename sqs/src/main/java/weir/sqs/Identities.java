package weir.sqs;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.ServerRequestHeaders;
import io.helidon.webserver.http.ServerRequest;
import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;
import weir.core.Bytes;
import weir.core.broker.OutcomeUnknownException;
import weir.sqs.auth.AuthMode;
import weir.sqs.auth.Authenticator;
import weir.sqs.auth.Requester;
import weir.sqs.auth.SignedRequest;

/** Finds out who makes an HTTP request. */
final class Identities {
    private final Authenticator authenticator;
    private final Requester owner;

    /** @param account whose everything is while authentication is off */
    Identities(Authenticator authenticator, String account) {
        this.authenticator = authenticator;
        this.owner = Requester.owner(account);
    }

    /** @throws weir.sqs.wire.SqsException if it is not who it says */
    Requester of(ServerRequest http, Bytes body) throws OutcomeUnknownException, InterruptedException {
        if (authenticator.mode() == AuthMode.OFF) {
            return owner;
        }
        ServerRequestHeaders headers = http.headers();
        var request = new SignedRequest(
                http.prologue().method().text(),
                http.prologue().uriPath().rawPath(),
                http.prologue().query().rawValue(),
                name -> all(headers, name),
                body);
        return new Requester(
                authenticator.authenticate(request),
                false,
                sourceIp(http),
                http.isSecure(),
                headers.first(HeaderNames.USER_AGENT).orElse(null));
    }

    private static List<String> all(ServerRequestHeaders headers, String name) {
        HeaderName header = HeaderNames.create(name);
        return headers.contains(header) ? headers.get(header).allValues() : List.of();
    }

    private static @Nullable String sourceIp(ServerRequest http) {
        return http.remotePeer().address() instanceof InetSocketAddress peer && peer.getAddress() != null
                ? peer.getAddress().getHostAddress()
                : null;
    }
}
