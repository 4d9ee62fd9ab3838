package weir.core.broker;

import java.util.List;
import weir.core.shard.Refusal;

/** What reading a topic's partition came to. */
public sealed interface FetchOutcome {
    /**
     * @param start the first offset that is kept
     * @param end the next offset to be appended; all before it is committed
     * @param batches in order, without gaps; the first may begin before what was asked for. Empty if there is nothing yet, or if
     *     others of the same call were as much as it may bring
     */
    record Fetched(long start, long end, List<FetchedBatch> batches) implements FetchOutcome {
        public Fetched {
            batches = List.copyOf(batches);
        }
    }

    /** What was asked for is not kept any more, or lies beyond the end. */
    record OutOfRange(long start, long end) implements FetchOutcome {}

    record Refused(Refusal reason) implements FetchOutcome {}

    /** No answer came in time. Nothing is lost by that: whoever asks again is told. */
    record Unknown(OutcomeUnknownException cause) implements FetchOutcome {}

    /** Whether it is worth waiting for more. */
    default boolean isNothing() {
        return this instanceof Fetched fetched && fetched.batches().isEmpty();
    }
}
