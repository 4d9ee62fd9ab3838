package weir.core.broker;

import weir.core.Check;

/**
 * How far a topic's partition reaches.
 *
 * @param start the first offset that is kept
 * @param end the next one to be appended
 * @param at the first that was appended at the time asked for, or later; {@code end} if none was
 */
public record TopicOffsets(long start, long end, long at) {
    public TopicOffsets {
        Check.atLeast("start", start, 0);
        Check.inRange("at", at, start, end);
    }
}
