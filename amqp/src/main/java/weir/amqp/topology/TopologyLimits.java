package weir.amqp.topology;

import java.time.Duration;

/** The bounds of what can be defined. */
public final class TopologyLimits {
    /** A short string's bytes. What a name is longer than that, no client can say. */
    public static final int NAME_BYTES_MAX = 255;

    /** Arguments of one exchange or binding, as they are kept; they lie in every node's memory. RabbitMQ's frame has as much. */
    public static final int ARGUMENTS_CHARS_MAX = 128 * 1024;

    /** Tables within tables; the reader of what is kept is recursive. */
    public static final int ARGUMENTS_DEPTH_MAX = 32;

    /** Definitions read from the catalog at a time. */
    static final int PAGE = 1_000;

    /** Attempts to change what others change at the same time. */
    static final int CHANGE_TRIES = 20;

    /**
     * Characters that one match of a regular expression may look at. A name has 255, so an honest expression needs some
     * thousands; one that tries every way through would need more than all the time there is.
     */
    static final int PATTERN_STEPS_MAX = 200_000;

    /** An expression's own length. */
    static final int PATTERN_CHARS_MAX = 4_096;

    /** Removals that one removal may lead to, one after the other: exchanges bound to exchanges that delete themselves. */
    static final int SWEEP_ROUNDS_MAX = 1_000;

    /** How long a sweep waits for that of another, which mostly leaves it nothing to do. */
    static final Duration SWEEP_TURN = Duration.ofSeconds(1);

    private TopologyLimits() {}
}
