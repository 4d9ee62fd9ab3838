package weir.amqp.queue;

import weir.core.Limits;

/**
 * AMQP's priorities, of which the highest number goes first, as the core's levels, of which 0 does. A quorum queue has 32 without
 * being asked. A classic one has what {@code x-max-priority} says and 0; beyond 32 several share a level.
 */
final class Priorities {
    /** That of a message which says nothing. */
    static final int NONE = -1;

    private Priorities() {}

    static int levels(QueueArguments arguments) {
        return switch (arguments.type()) {
            case QUORUM -> QueueLimits.QUORUM_PRIORITIES;
            case CLASSIC -> Math.min(highest(arguments) + 1, Limits.PRIORITY_LEVELS_MAX);
            case STREAM -> 1;
        };
    }

    private static int highest(QueueArguments arguments) {
        return (int) arguments.number(QueueArguments.MAX_PRIORITY).orElse(0);
    }

    /** @param priority as in the message's properties, or {@link #NONE} */
    static int level(QueueArguments arguments, int levels, int priority) {
        if (levels == 1) {
            return 0;
        }
        boolean quorum = arguments.type() == QueueType.QUORUM;
        int most = quorum ? QueueLimits.QUORUM_PRIORITIES - 1 : Math.max(highest(arguments), levels - 1);
        int asked = priority == NONE ? (quorum ? QueueLimits.QUORUM_PRIORITY : 0) : priority;
        int held = Math.clamp(asked, 0, most);
        return levels - 1 - held * levels / (most + 1);
    }
}
