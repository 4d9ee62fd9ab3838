package weir.chaos.workload;

import java.time.Duration;

/** Every bound of the workload. */
public final class WorkloadLimits {
    private WorkloadLimits() {}

    /** A client's patience. Shorter than most clients have, so that it is the server's recovery that is measured. */
    public static final Duration ANSWER_MAX = Duration.ofSeconds(4);

    static final Duration CONNECT_MAX = Duration.ofSeconds(1);

    /** After a failure, before the next node is asked: long enough not to spin, short beside any pause of interest. */
    static final Duration BETWEEN_TRIES = Duration.ofMillis(100);

    /** An ordered send without an answer is repeated so long, well within the five minutes of deduplication. */
    static final Duration REPEAT_MAX = Duration.ofMinutes(3);

    /** Short, so that what a consumer forgets comes back while the run lasts. */
    static final Duration VISIBILITY = Duration.ofSeconds(6);

    static final int ATTEMPTS_MAX = 4;

    /** Of one queue; a queue of several partitions has more than one, by different nodes. */
    static final int CONSUMERS_MAX = 2;

    static final int RECEIVE_MAX = 10;
    static final Duration LONG_POLL = Duration.ofSeconds(1);
    static final Duration DELAY_MAX = Duration.ofSeconds(4);
    static final int BODY_BYTES_MAX = 3_000;

    /** Messages that a consumer has set aside to come back to; beyond, it settles at once. */
    static final int HELD_MAX = 100;

    /** All that a run sends. What the checker knows of each fits in the heap that the command gives itself. */
    public static final long MESSAGES_MAX = 1_000_000;

    /**
     * Nothing is left if nothing came for so long: longer than a lease, extended or not, and any delay; and than the 15 s after
     * which a lost node's deliveries over AMQP are ready again.
     */
    static final Duration QUIET = VISIBILITY.multipliedBy(3);

    /** To take out what is left: backlog, leases that have to run out, dead letters on their way. */
    public static final Duration DRAIN_MAX = Duration.ofMinutes(3);

    static final Duration BETWEEN_COUNTS = Duration.ofMillis(500);
}
