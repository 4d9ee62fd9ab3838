package weir.sqs.auth;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import weir.sqs.wire.SqsError;
import weir.sqs.wire.SqsException;

/** Reads what a request says of its signature, and says in AWS's words what is missing. */
final class Claims {
    static final String ALGORITHM = "AWS4-HMAC-SHA256";
    static final String TERMINATOR = "aws4_request";

    private static final String DATE_HEADER = "x-amz-date";
    private static final int SCOPE_PARTS = 5;

    private Claims() {}

    /**
     * The claim of a request; null if it makes none.
     *
     * @throws SqsException if it makes one that is no complete signature
     */
    static @Nullable Claim of(SignedRequest request) {
        List<String> authorization = request.headers().all("authorization");
        if (SignedQuery.mayBeSigned(request.query())) {
            if (!authorization.isEmpty()) {
                throw incomplete("Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter,"
                        + " Signature query string parameter or the Authorization header should be specified.");
            }
            return ofQuery(SignedQuery.of(request.query()));
        }
        if (authorization.size() > 1) {
            throw incomplete("The Authorization header must be given once.");
        }
        if (authorization.isEmpty() || !authorization.getFirst().startsWith("AWS4-")) {
            return null; // Another scheme, such as Basic, is none of AWS's.
        }
        return ofHeader(authorization.getFirst(), request.headers());
    }

    private static Claim ofHeader(String authorization, SignedRequest.Headers headers) {
        int space = authorization.indexOf(' ');
        String algorithm = space < 0 ? authorization : authorization.substring(0, space);
        if (!algorithm.equals(ALGORITHM)) {
            throw incomplete("Unsupported AWS 'algorithm': '" + quoted(algorithm) + "'.");
        }
        Map<String, String> parts = parts(authorization, space < 0 ? authorization.length() : space + 1);
        String credential = parts.get("Credential");
        String signature = parts.get("Signature");
        String signedHeaders = parts.get("SignedHeaders");
        String amzDate = only(headers, DATE_HEADER);
        String date = amzDate == null ? only(headers, "date") : amzDate;
        if (credential == null || signature == null || signedHeaders == null || date == null) {
            throw incomplete((credential == null ? "Authorization header requires 'Credential' parameter. " : "")
                    + (signature == null ? "Authorization header requires 'Signature' parameter. " : "")
                    + (signedHeaders == null ? "Authorization header requires 'SignedHeaders' parameter. " : "")
                    + (date == null
                            ? "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. "
                            : "")
                    + "Authorization=" + quoted(authorization));
        }
        String timestamp = amzDate != null
                ? amzDate.strip()
                : Timestamps.parseHttpDate(date)
                        .map(Timestamps::format)
                        .or(() -> Timestamps.parse(date.strip()).map(Timestamps::format))
                        .orElseThrow(() -> badDate(date));
        return claim(credential, timestamp, -1, signedHeaders, signature, only(headers, "x-amz-security-token"), false);
    }

    /** Takes {@code name=value} apart, whether commas, spaces or both stand between. */
    private static Map<String, String> parts(String authorization, int from) {
        Map<String, String> parts = new LinkedHashMap<>();
        int at = from;
        while (at < authorization.length()) {
            int end = at;
            while (end < authorization.length()
                    && authorization.charAt(end) != ','
                    && authorization.charAt(end) != ' ') {
                end++;
            }
            if (end > at) {
                int equals = authorization.indexOf('=', at);
                if (equals < 0 || equals >= end) {
                    throw incomplete("'" + quoted(authorization.substring(at, end))
                            + "' not a valid key=value pair (missing equal-sign) in Authorization header: '"
                            + quoted(authorization) + "'.");
                }
                if (parts.put(authorization.substring(at, equals), authorization.substring(equals + 1, end)) != null) {
                    throw incomplete("Authorization header has '" + quoted(authorization.substring(at, equals))
                            + "' parameter more than once. Authorization=" + quoted(authorization));
                }
            }
            at = end + 1;
        }
        return parts;
    }

    private static Claim ofQuery(SignedQuery query) {
        String algorithm = query.value("X-Amz-Algorithm");
        if (!ALGORITHM.equals(algorithm)) {
            throw incomplete(
                    algorithm == null
                            ? "AWS query-string parameters must include 'X-Amz-Algorithm'."
                                    + " Re-examine the query-string parameters."
                            : "Unsupported AWS 'algorithm': '" + quoted(algorithm) + "'.");
        }
        String timestamp = required(query, "X-Amz-Date");
        String expires = query.value("X-Amz-Expires");
        long seconds = expires == null ? 0 : expires.matches("[0-9]{1,7}") ? Long.parseLong(expires) : -1;
        if (seconds < 0 || seconds > AuthLimits.EXPIRES_SECONDS_MAX) {
            throw incomplete("X-Amz-Expires must be a number of seconds from 0 to " + AuthLimits.EXPIRES_SECONDS_MAX
                    + ", not '" + quoted(String.valueOf(expires)) + "'.");
        }
        return claim(
                required(query, "X-Amz-Credential"),
                timestamp,
                seconds,
                required(query, "X-Amz-SignedHeaders"),
                required(query, SignedQuery.SIGNATURE),
                query.value("X-Amz-Security-Token"),
                true);
    }

    private static String required(SignedQuery query, String name) {
        String value = query.value(name);
        if (value == null || value.isEmpty()) {
            throw incomplete(
                    "AWS query-string parameters must include '" + name + "'. Re-examine the query-string parameters.");
        }
        return value;
    }

    private static Claim claim(
            String credential,
            String timestamp,
            long expiresSeconds,
            String signedHeaders,
            String signature,
            @Nullable String sessionToken,
            boolean inQuery) {
        String[] scope = credential.split("/", -1);
        if (scope.length != SCOPE_PARTS) {
            throw incomplete("Credential must have exactly 5 slash-delimited elements, e.g."
                    + " keyid/date/region/service/term, got '" + quoted(credential) + "'");
        }
        return new Claim(
                scope[0],
                credential.substring(scope[0].length() + 1),
                scope[1],
                scope[2],
                scope[3],
                scope[4],
                timestamp,
                Timestamps.parse(timestamp).orElseThrow(() -> badDate(timestamp)),
                expiresSeconds,
                names(signedHeaders),
                signature,
                sessionToken,
                inQuery);
    }

    private static List<String> names(String signedHeaders) {
        List<String> names = new ArrayList<>();
        for (int at = 0; at <= signedHeaders.length(); ) {
            int semicolon = signedHeaders.indexOf(';', at);
            int end = semicolon < 0 ? signedHeaders.length() : semicolon;
            names.add(signedHeaders.substring(at, end).toLowerCase(Locale.ROOT));
            if (names.size() > AuthLimits.SIGNED_HEADERS_MAX) {
                throw incomplete("More than " + AuthLimits.SIGNED_HEADERS_MAX + " headers are signed.");
            }
            at = end + 1;
        }
        return names;
    }

    /** The value of a header that may stand once; null if it is missing. */
    private static @Nullable String only(SignedRequest.Headers headers, String name) {
        List<String> values = headers.all(name);
        if (values.size() > 1) {
            throw incomplete("The header '" + name + "' must be given once.");
        }
        return values.isEmpty() ? null : values.getFirst();
    }

    private static SqsException badDate(String date) {
        return incomplete("Date must be in ISO-8601 'basic format'. Got '" + quoted(date)
                + "'. See http://en.wikipedia.org/wiki/ISO_8601");
    }

    private static String quoted(String text) {
        return text.length() <= AuthLimits.QUOTED_CHARS_MAX ? text : text.substring(0, AuthLimits.QUOTED_CHARS_MAX);
    }

    private static SqsException incomplete(String message) {
        return SqsError.INCOMPLETE_SIGNATURE.because(message);
    }
}
