package weir.core.shard;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import org.jspecify.annotations.Nullable;
import weir.core.Batch;
import weir.core.Limits;
import weir.core.Numbering;
import weir.core.PartitionId;
import weir.core.Position;
import weir.core.codec.CorruptDataException;
import weir.core.codec.Reader;
import weir.core.codec.Writer;

/**
 * The producers that number what they publish, of all partitions of a shard. One is remembered until it was not heard of for
 * {@link Limits#PRODUCER_REMEMBERED}, or there are too many: then the one that was heard of least lately goes, of its
 * partition or of the shard. What the log lets go of changes nothing here.
 */
final class Producers {
    private final Bounds bounds;
    /** Heard of least lately first, as are those of each partition. */
    private final LinkedHashSet<Producer> byAge = new LinkedHashSet<>();

    Producers(Bounds bounds) {
        this.bounds = bounds;
    }

    /** What the first publishing of a numbered batch was answered, if this is a repeat. */
    Reply.@Nullable Appended firstPublishing(Partition partition, Batch batch) {
        Numbering numbering = batch.numbering();
        Producer producer = numbering == null ? null : partition.producers.get(numbering.producerId());
        return producer == null || numbering == null ? null : producer.firstPublishing(numbering, batch.count());
    }

    /** The batch, which is no repeat, was published. */
    void note(
            Partition partition, Numbering numbering, int count, Position position, long publishedAtMillis, long now) {
        long id = numbering.producerId();
        Producer producer = partition.producers.get(id);
        if (producer == null) {
            producer = new Producer(partition, id);
        }
        producer.note(numbering, count, position, publishedAtMillis, now);
        partition.producers.putLast(id, producer);
        byAge.addLast(producer);
    }

    /** Forgets whom there is no room for. Not before a command is done: what was decided at its beginning must hold. */
    void makeRoom(Partition partition) {
        while (partition.producers.size() > bounds.producers()) {
            forget(partition.producers.firstEntry().getValue());
        }
        while (byAge.size() > bounds.producersOfShard()) {
            forget(byAge.getFirst());
        }
    }

    /** Forgets a partition's producers that were last heard of at or before that instant. */
    void forgetUntil(Partition partition, long millis) {
        LinkedHashMap<Long, Producer> of = partition.producers;
        while (!of.isEmpty() && of.firstEntry().getValue().heardAtMillis() <= millis) {
            forget(of.firstEntry().getValue());
        }
    }

    void forget(Partition partition) {
        partition.producers.values().forEach(byAge::remove);
        partition.producers.clear();
    }

    private void forget(Producer producer) {
        byAge.remove(producer);
        producer.partition.producers.remove(producer.id);
    }

    void write(Writer out) {
        out.varint(byAge.size());
        for (Producer producer : byAge) {
            PartitionId id = producer.partition.id;
            producer.write(out.varint(id.queue()).varint(id.partition()));
        }
    }

    void read(Reader in, ShardMachine machine) {
        int count = in.count(in.remaining());
        for (int i = 0; i < count; i++) {
            PartitionId id = new PartitionId(in.varint(), in.count(Integer.MAX_VALUE));
            Partition partition = machine.partitions.get(id);
            if (partition == null) {
                throw new CorruptDataException("the shard's snapshot has a producer of " + id + ", which is not there");
            }
            Producer producer = Producer.read(in, partition);
            partition.producers.put(producer.id, producer);
            byAge.add(producer);
        }
    }
}
