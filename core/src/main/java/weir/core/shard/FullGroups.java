package weir.core.shard;

import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import weir.core.Ordering;
import weir.core.PartitionId;

/**
 * The groups of which one fan-out had to leave a message out, as the queue was full. A later and smaller one of the same group
 * may have room, but must not come before it.
 */
final class FullGroups {
    private @Nullable TreeMap<PartitionId, TreeSet<String>> full;

    boolean has(Partition partition, @Nullable String group) {
        TreeSet<String> groups = full == null ? null : full.get(partition.id);
        return groups != null && group != null && groups.contains(group);
    }

    void add(Partition partition, @Nullable String group) {
        if (partition.settings.ordering() == Ordering.GROUP && group != null) {
            full = Objects.requireNonNullElseGet(full, TreeMap::new);
            full.computeIfAbsent(partition.id, _ -> new TreeSet<>()).add(group);
        }
    }
}
