package weir.core.catalog;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import weir.core.Check;
import weir.core.DeduplicationScope;
import weir.core.Envelope;
import weir.core.KeyHash;
import weir.core.Limits;
import weir.core.Ordering;
import weir.core.PartitionId;
import weir.core.QueueSettings;

/**
 * The definition of one queue.
 *
 * @param id given at creation, rising, never reused
 * @param shard the shard that owns its first partition; {@link CatalogMachine#shardOf} has those of the others
 * @param partitions how many it has, 1 to {@link Limits#PARTITIONS_MAX}; fixed at its creation
 * @param labels what only one front knows of it, and tags; the prefix up to the first {@code :} names the owner
 * @param revision rises with each change
 */
public record Queue(
        long id,
        String name,
        int shard,
        int partitions,
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
        Check.inRange("partitions", partitions, 1, Limits.PARTITIONS_MAX);
        Check.atLeast("revision", revision, FIRST_REVISION);
        if (partitions > 1 && !mayBePartitioned(settings)) {
            throw new IllegalArgumentException("an ordered queue of " + partitions
                    + " partitions deduplicates within a group, not within the queue");
        }
        labels = sorted(labels);
    }

    /** One of a single partition. */
    public Queue(
            long id,
            String name,
            int shard,
            QueueSettings settings,
            SortedMap<String, String> labels,
            long createdAtMillis,
            long modifiedAtMillis,
            long revision) {
        this(id, name, shard, 1, settings, labels, createdAtMillis, modifiedAtMillis, revision);
    }

    /**
     * Whether a queue of these settings may have several partitions. An ordered one puts a message where its group is, so a
     * deduplication id that is unique in all of the queue would come to one partition with this group, and to another with
     * that; the ids must be the groups' own.
     */
    public static boolean mayBePartitioned(QueueSettings settings) {
        return settings.ordering() != Ordering.GROUP || settings.deduplicationScope() == DeduplicationScope.GROUP;
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

    /** @param number from 0 to the count less one */
    public PartitionId partition(int number) {
        Check.inRange("partition", number, 0, partitions - 1);
        return new PartitionId(id, number);
    }

    /** All of them, in the order of their numbers. */
    public List<PartitionId> partitionIds() {
        return IntStream.range(0, partitions).mapToObj(this::partition).toList();
    }

    /** Whether that is one of this queue's. */
    public boolean has(PartitionId partition) {
        return partition.queue() == id && partition.partition() < partitions;
    }

    /**
     * Where a message goes. What has to meet others does: the messages of a group, for their order, and those with the same
     * deduplication id, so that the second is noticed. It depends on nothing that changes, so a repeat goes where the first
     * went.
     *
     * @param turn chooses the partition of a message that nothing binds; to be another number for each batch of them
     */
    public PartitionId partitionFor(Envelope envelope, long turn) {
        if (partitions == 1) {
            return new PartitionId(id, 0);
        }
        String key = key(envelope);
        return new PartitionId(
                id, key == null ? (int) Math.floorMod(turn, (long) partitions) : KeyHash.bucket(key, partitions));
    }

    private @Nullable String key(Envelope envelope) {
        boolean byId = envelope.deduplicationId() != null
                && (envelope.group() == null || settings.deduplicationScope() == DeduplicationScope.QUEUE);
        return byId ? envelope.deduplicationId() : envelope.group();
    }
}
