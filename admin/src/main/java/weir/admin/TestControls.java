package weir.admin;

import java.time.Duration;
import java.time.Instant;
import weir.core.broker.OutcomeUnknownException;

/** What only a test may do to a server: it moves the time of all queues on, and throws everything away. */
public interface TestControls {
    /** The server's time. */
    Instant now();

    /**
     * Moves the server's time on. What becomes due by that has happened when this returns.
     *
     * @param by more than nothing; the clock never goes back
     */
    void advance(Duration by) throws OutcomeUnknownException, InterruptedException;

    /** Deletes every queue and every other definition; their names can be used again at once. */
    void reset() throws OutcomeUnknownException, InterruptedException;
}
