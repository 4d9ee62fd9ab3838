package weir.amqp.session;

import org.jspecify.annotations.Nullable;
import weir.amqp.queue.AmqpQueue;
import weir.core.LeaseId;
import weir.core.PartitionId;

/**
 * A delivery that its client has not settled.
 *
 * @param tag 0 if it need not be settled by the client
 * @param lease of a stream its place, which nobody holds
 * @param consumer null if it was asked for by basic.get
 * @param sinceNanos when it was sent, by the monotonic clock
 */
record Held(
        long tag,
        AmqpQueue queue,
        PartitionId partition,
        LeaseId lease,
        @Nullable Holder consumer,
        long sinceNanos) {
    /** Whether settling it is nothing but credit: reading has taken nothing out of a stream. */
    boolean isOfStream() {
        return queue.isStream();
    }
}
