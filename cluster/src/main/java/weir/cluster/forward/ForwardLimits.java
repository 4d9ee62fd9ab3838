package weir.cluster.forward;

import java.time.Duration;

/** The bounds of what goes from node to node on behalf of clients, each with its reason. */
public final class ForwardLimits {
    /** Commands of one request: enough to fill entries, few enough that one slow answer holds up little. */
    static final int BATCH_COMMANDS = 1_024;

    /** Bytes of commands of one request; a larger command goes alone. Eight usual entries of the log. */
    static final int BATCH_BYTES = 1024 * 1024;

    /** Ways for publishes of one shard, one request in flight on each. A partition keeps to one, for its order. */
    static final int PUBLISH_LANES = 4;

    /** The same for all other commands, which never queue behind a publish that waits for room. */
    static final int OTHER_LANES = 2;

    /** Bytes of contents in one answer, well below what a call may carry. What is beyond goes back, or is asked for next. */
    static final int ANSWER_BYTES = 24 * 1024 * 1024;

    /** The first wait after a leader was asked in vain; each next one is twice as long. */
    static final Duration PAUSE_MIN = Duration.ofMillis(5);

    /** A wait grows no longer than this: an election is not over sooner, and a second is noticed by clients. */
    static final Duration PAUSE_MAX = Duration.ofMillis(200);

    /** How often a node looks who leads while somebody waits to know. */
    static final Duration LOOK_WHEN_WAITING = Duration.ofMillis(10);

    /** The same while nothing but calls are under way. */
    static final Duration LOOK_WHEN_CALLING = Duration.ofMillis(100);

    /** A node with no replica has to ask who leads; so often while calls are under way. */
    static final Duration PROBE = Duration.ofSeconds(1);

    /** When another node has led for this long, the one asked before is not going to answer any more. */
    static final Duration LATE_ANSWER = Duration.ofMillis(500);

    /** A call's answer may be on its way when its patience is over. */
    static final Duration ON_THE_WAY = Duration.ofSeconds(1);

    /** Each unknown outcome of a receive may leave messages leased to nobody; a client sees it after so many. */
    static final int UNKNOWN_RECEIVES = 3;

    /**
     * Receives that wait here for callers of other nodes, which is one for each of their consumers; and as many fetches. Some
     * 10 KiB each. Beyond it the consumers ask again, which costs more than to wait.
     */
    static final int WAITING = 65_536;

    private ForwardLimits() {}
}
