package weir.core.catalog;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import weir.core.Check;
import weir.core.Limits;
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
    public static final long FIRST_REVISION = 1;

    public Queue {
        Check.atLeast("id", id, 1);
        Check.inRange("name length", name.length(), 1, Limits.QUEUE_NAME_CHARS_MAX);
        Check.inRange("shard", shard, 0, Limits.SHARDS_MAX - 1);
        Check.atLeast("revision", revision, FIRST_REVISION);
        labels = sorted(labels);
    }

    /** A copy in the order of its names, whatever order the caller's map had: it becomes bytes in every replica's log. */
    static SortedMap<String, String> sorted(SortedMap<String, String> labels) {
        SortedMap<String, String> sorted = new TreeMap<>();
        sorted.putAll(labels);
        return Collections.unmodifiableSortedMap(sorted);
    }

    /** The same, of no more than may be kept. */
    static SortedMap<String, String> sorted(String what, SortedMap<String, String> labels, long charsMax) {
        Check.inRange(what, labels.size(), 0, Limits.LABELS_MAX);
        long chars = 0;
        for (var label : labels.entrySet()) {
            chars += label.getKey().length() + label.getValue().length();
        }
        Check.inRange("characters in all " + what, chars, 0, charsMax);
        return sorted(labels);
    }

    /** Where a message of {@code group} goes. Queues have one partition for now. */
    public PartitionId partitionOf(@Nullable String group) {
        return new PartitionId(id, 0);
    }
}
