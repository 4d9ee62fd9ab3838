package weir.cluster.shard;

import java.util.Optional;
import weir.core.PartitionId;
import weir.core.broker.OutcomeUnknownException;
import weir.core.catalog.Queue;

/** Where queues are, and the way to them: what a shard needs to know of the others. */
public interface Directory {
    Optional<Queue> find(String name);

    /** As {@link weir.core.broker.Broker#catchUp}: what {@link #find} does not know after it is not there. */
    void catchUp() throws OutcomeUnknownException, InterruptedException;

    /** The shard that owns a partition. */
    int shardOf(PartitionId partition);

    /** The way to a shard, wherever it is led. */
    Shard shard(int shard);
}
