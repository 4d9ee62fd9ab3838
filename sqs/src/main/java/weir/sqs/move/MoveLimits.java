package weir.sqs.move;

import java.time.Duration;

/** The bounds of move tasks, each with its reason. */
final class MoveLimits {
    /** Active tasks of all queues together; AWS's figure. */
    static final int TASKS_MAX = 100;

    /** Tasks kept of one queue, the active one among them; as many as AWS lists. */
    static final int KEPT_OF_A_QUEUE = 10;

    /** Messages moved by one command: few enough to leave room for others' between two of them. */
    static final int MESSAGES_AT_A_TIME = 100;

    /** Messages that are still on their way before more are sent after them. */
    static final int DEPARTING_MAX = 1_000;

    /** Between looks at whether fewer are on their way. */
    static final Duration DEPARTING_WAIT = Duration.ofMillis(10);

    /** How long a mover holds messages, which it moves at once; one that died holds them no longer than this. */
    static final Duration LEASE = Duration.ofSeconds(20);

    /** Counts are written down no more often than this, as each time is a change of the catalog. */
    static final Duration SAVE_PERIOD = Duration.ofSeconds(1);

    /** Between tries of what had no answer. */
    static final Duration RETRY = Duration.ofSeconds(1);

    /** Between looks for tasks that were started elsewhere. Those started here are told of at once. */
    static final Duration LOOK_PERIOD = Duration.ofSeconds(5);

    /** Definitions looked at in one listing. */
    static final int PAGE = 1_000;

    /** How often a change of a book is tried anew when others change it meanwhile. */
    static final int CHANGE_TRIES = 20;

    /**
     * Runs of one task whose counts are kept apart. A task has one at a time on each node, and a new one after each restart;
     * only one that is older than so many others would be counted twice if it wrote again.
     */
    static final int RUNS_TOLD_APART = 16;

    private MoveLimits() {}
}
