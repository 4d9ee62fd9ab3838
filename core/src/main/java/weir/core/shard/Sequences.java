package weir.core.shard;

import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import weir.core.Batch;
import weir.core.Numbering;
import weir.core.Position;

/**
 * Decides about the numbered batches of one command, one after the other, each as if those before it were appended. Changes
 * nothing that is there.
 */
final class Sequences {
    private static final Position SOMEWHERE = new Position(0, 0);

    private final Partition partition;
    /** As they would be by now. */
    private final TreeMap<Long, Producer> meanwhile = new TreeMap<>();

    Sequences(Partition partition) {
        this.partition = partition;
    }

    /** Whether the next batch repeats one that is there, or one of the same command. */
    boolean isRepeat(Batch batch) {
        Numbering numbering = batch.numbering();
        Producer producer = numbering == null ? null : find(numbering);
        return numbering != null && producer != null && producer.firstPublishing(numbering, batch.count()) != null;
    }

    /**
     * Why the next batch, which is no repeat, cannot be appended; null if it can. A producer that is not known may begin
     * anywhere: what it published before was forgotten, or never came here.
     */
    @Nullable
    Refusal refusalOf(Batch batch) {
        Numbering numbering = batch.numbering();
        Producer producer = numbering == null ? null : find(numbering);
        return numbering == null || producer == null ? null : producer.refusalOf(numbering);
    }

    /** The batch is going to be appended; others follow it. */
    void passed(Batch batch) {
        Numbering numbering = batch.numbering();
        if (numbering != null) {
            Producer known = find(numbering);
            Producer producer = known == null ? new Producer(partition, numbering.producerId()) : known.copy();
            producer.note(numbering, batch.count(), SOMEWHERE, 0, 0);
            meanwhile.put(numbering.producerId(), producer);
        }
    }

    private @Nullable Producer find(Numbering numbering) {
        Producer changed = meanwhile.get(numbering.producerId());
        return changed == null ? partition.producers.get(numbering.producerId()) : changed;
    }
}
