package weir.core.catalog;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import weir.core.PartitionId;
import weir.core.QueueSettings;

/**
 * The definition of one queue.
 *
 * @param id given at creation, rising, never reused
 * @param shard the shard that owns its partition
 * @param labels what only one front knows of it, and tags; the prefix up to the first {@code :} names the owner
 * @param revision rises with each change
 */
public record Queue(
        long id,
        String name,
        int shard,
        QueueSettings settings,
        SortedMap<String, String> labels,
        long createdAtMillis,
        long modifiedAtMillis,
        long revision) {
    public Queue {
        labels = Collections.unmodifiableSortedMap(new TreeMap<>(labels));
    }

    /** Where a message of {@code group} goes. Queues have one partition for now. */
    public PartitionId partitionOf(@Nullable String group) {
        return new PartitionId(id, 0);
    }
}
