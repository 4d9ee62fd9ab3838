package weir.storage;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import weir.core.Bytes;
import weir.core.shard.StoredBatch;

/** What was appended to one log since a checkpoint, by rising offset. */
final class TailLog {
    private @Nullable StoredBatch[] batches = new @Nullable StoredBatch[2];
    private @Nullable Bytes[] payloads = new @Nullable Bytes[2];
    private int size;

    void add(StoredBatch batch, Bytes payload) {
        if (size == batches.length) {
            batches = Arrays.copyOf(batches, size * 2);
            payloads = Arrays.copyOf(payloads, size * 2);
        }
        batches[size] = batch;
        payloads[size] = payload;
        size++;
    }

    int size() {
        return size;
    }

    StoredBatch batch(int i) {
        return Objects.requireNonNull(batches[i]);
    }

    Bytes payload(int i) {
        return Objects.requireNonNull(payloads[i]);
    }

    long endOffset() {
        return batch(size - 1).endOffset();
    }

    /** The place of the batch that holds {@code offset}, or of the next one; {@link #size} if there is none. */
    int indexOf(long offset) {
        int low = 0;
        int high = size;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (batch(middle).endOffset() > offset) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }
}
