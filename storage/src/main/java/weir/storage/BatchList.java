package weir.storage;

import java.util.ArrayList;
import java.util.List;
import weir.core.Check;
import weir.core.shard.StoredBatch;

/** Collects batches up to a number of messages; the first may exceed it alone. */
final class BatchList {
    private final List<StoredBatch> batches = new ArrayList<>();
    private int room;

    BatchList(int maxMessages) {
        Check.atLeast("maxMessages", maxMessages, 1);
        room = maxMessages;
    }

    boolean hasRoom() {
        return room > 0;
    }

    void offer(StoredBatch batch) {
        int count = batch.messages().size();
        if (count <= room || batches.isEmpty()) {
            batches.add(batch);
            room -= count;
        } else {
            room = 0; // What follows may be smaller, but would come out of order.
        }
    }

    List<StoredBatch> batches() {
        return batches;
    }
}
