package weir.cluster.shard;

import java.util.Optional;
import weir.core.catalog.Queue;

/** Where queues are, and the way to them: what a shard needs to know of the others. */
public interface Directory {
    Optional<Queue> find(String name);

    /** The way to a shard, wherever it is led. */
    Shard shard(int shard);
}
