package weir.sqs.auth;

import org.jspecify.annotations.Nullable;

/**
 * Who makes a request, and what else of it a policy may ask for.
 *
 * @param trusted whether no policy is to be asked: authentication is off, or the request is the server's own
 * @param sourceIp the address that the connection came from; null if unknown
 * @param secure whether it came over TLS
 * @param userAgent as the client calls itself
 */
public record Requester(
        Principal principal,
        boolean trusted,
        @Nullable String sourceIp,
        boolean secure,
        @Nullable String userAgent) {
    /** Whoever calls while authentication is off. */
    public static Requester owner(String account) {
        return new Requester(new Principal.Root(account), true, null, false, null);
    }
}
