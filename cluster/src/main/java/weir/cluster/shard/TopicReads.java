package weir.cluster.shard;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import weir.cluster.ClusterLimits;
import weir.core.broker.Fetch;
import weir.core.broker.FetchOutcome;
import weir.core.broker.FetchedBatch;
import weir.core.shard.Refusal;
import weir.core.shard.ShardMachine;
import weir.core.shard.StoredBatch;
import weir.core.shard.TopicView;
import weir.storage.Payload;
import weir.storage.ShardStore;

/**
 * One look at a topic's partition: what is there is found with the replica's lock held, and read without it.
 *
 * @param found what it comes to if there is nothing to read
 */
record TopicReads(FetchOutcome found, List<StoredBatch> batches, List<Payload> contents) {
    /** With the lock held. */
    static TopicReads find(ShardMachine machine, ShardStore store, Fetch fetch, long bytesMax) {
        TopicView topic = machine.topic(fetch.partition()).orElse(null);
        if (topic == null) {
            boolean leased = machine.has(fetch.partition());
            return nothing(new FetchOutcome.Refused(leased ? Refusal.READ_OTHERWISE : Refusal.NO_SUCH_QUEUE));
        }
        long start = topic.start();
        long end = topic.end();
        if (fetch.from() < start || fetch.from() > end) {
            return nothing(new FetchOutcome.OutOfRange(start, end));
        }
        FetchOutcome nothing = new FetchOutcome.Fetched(start, end, List.of());
        if (bytesMax <= 0 || topic.isPaused()) {
            return nothing(nothing);
        }
        long bytes = Math.min(Math.min(fetch.bytesMax(), bytesMax), ClusterLimits.FETCHED_AT_ONCE);
        List<StoredBatch> batches = topic.read(fetch.from(), bytes, ClusterLimits.BATCHES_FETCHED_AT_ONCE);
        TopicReads reads = new TopicReads(nothing, batches, new ArrayList<>(batches.size()));
        try {
            for (StoredBatch batch : batches) {
                reads.contents.add(store.locate(topic.logId(), batch.baseOffset()));
            }
            return reads;
        } catch (RuntimeException e) {
            reads.close(); // Or the segments of those that were found would stay for ever.
            throw e;
        }
    }

    private static TopicReads nothing(FetchOutcome outcome) {
        return new TopicReads(outcome, List.of(), List.of());
    }

    long bytes() {
        long bytes = 0;
        for (StoredBatch batch : batches) {
            bytes += batch.payloadBytes();
        }
        return bytes;
    }

    /** On the caller's thread. */
    FetchOutcome read() throws IOException {
        if (!(found instanceof FetchOutcome.Fetched(long start, long end, List<FetchedBatch> _)) || batches.isEmpty()) {
            return found;
        }
        List<FetchedBatch> read = new ArrayList<>(batches.size());
        for (int i = 0; i < batches.size(); i++) {
            StoredBatch batch = batches.get(i);
            Payload content = contents.get(i);
            read.add(new FetchedBatch(
                    batch.baseOffset(), batch.appendedAtMillis(), content.format(), content.read(), batch.messages()));
        }
        return new FetchOutcome.Fetched(start, end, read);
    }

    /** Gives up what was not read. */
    void close() {
        contents.forEach(Payload::close);
    }
}
