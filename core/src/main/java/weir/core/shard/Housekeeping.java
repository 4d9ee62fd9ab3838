package weir.core.shard;

import weir.core.LogId;

/** A partition's own timer: when its oldest ready message may expire, or ids leave the deduplication window. */
final class Housekeeping extends Timer {
    final Partition partition;
    private final LogId log;

    Housekeeping(Partition partition) {
        this.partition = partition;
        this.log = new LogId(partition.id, 0);
    }

    @Override
    LogId log() {
        return log;
    }

    @Override
    long offset() {
        return -1; // Before every message of the partition.
    }
}
