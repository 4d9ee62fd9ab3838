package weir.sqs.auth;

import java.time.Duration;

/** The bounds of authentication. A header's length is bounded by the server that reads it. */
final class AuthLimits {
    /** AWS's figure: how far a request's clock may be off, either way. */
    static final Duration CLOCK_SKEW = Duration.ofMinutes(15);

    /** AWS's figure for the life of a query that was signed beforehand. */
    static final long EXPIRES_SECONDS_MAX = 604_800;

    /** SDKs sign 4 to 12 headers. Bounds the work for a request that nobody has signed. */
    static final int SIGNED_HEADERS_MAX = 64;

    /**
     * Derived signing keys that are kept: one for each access key, day, region and service in use. A key costs some 500 bytes;
     * beyond this, all are dropped and derived again.
     */
    static final int SIGNING_KEYS_MAX = 4_096;

    /** What an error repeats of what the client sent. */
    static final int QUOTED_CHARS_MAX = 512;

    private AuthLimits() {}
}
