package weir.amqp.session;

import org.jspecify.annotations.Nullable;
import weir.core.LeaseId;
import weir.core.PartitionId;

/**
 * A delivery that its client has not settled.
 *
 * @param consumer null if it was asked for by basic.get
 * @param sinceNanos when it was sent, by the monotonic clock
 */
record Held(long tag, PartitionId partition, LeaseId lease, @Nullable Consumer consumer, long sinceNanos) {}
