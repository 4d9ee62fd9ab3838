package weir.net.http;

import java.time.Duration;

/** The bounds that are the same for every room, each with its reason. */
public final class HttpLimits {
    /**
     * An idle connection whose last request waited is closed after this time. Before Helidon's own idle timeout, which would
     * not answer a request that comes in the moment of its closing; so a room's is to be longer.
     */
    public static final Duration IDLE_TIME_AFTER_WAIT = Duration.ofMinutes(2);

    /** How often overdue connections are looked for. */
    static final Duration DEADLINE_PERIOD = Duration.ofSeconds(1);

    private HttpLimits() {}
}
