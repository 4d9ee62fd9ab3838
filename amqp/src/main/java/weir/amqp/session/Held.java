package weir.amqp.session;

import org.jspecify.annotations.Nullable;
import weir.amqp.queue.AmqpQueue;
import weir.core.LeaseId;
import weir.core.PartitionId;

/**
 * A delivery that its client has not settled.
 *
 * @param tag 0 if it need not be settled by the client
 * @param consumer null if it was asked for by basic.get
 * @param sinceNanos when it was sent, by the monotonic clock
 */
record Held(
        long tag,
        AmqpQueue queue,
        PartitionId partition,
        LeaseId lease,
        @Nullable Consumer consumer,
        long sinceNanos) {}
