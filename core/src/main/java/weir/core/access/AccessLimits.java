package weir.core.access;

import java.time.Duration;

/** The bounds of users and keys. */
public final class AccessLimits {
    /** AWS has 2 that last; with keys that end by themselves, more are in use at a time. Bounds the loop over them. */
    public static final int KEYS_OF_USER_MAX = 50;

    /** AWS's figure for a session. */
    public static final Duration LIFETIME_MAX = Duration.ofHours(36);

    private AccessLimits() {}
}
