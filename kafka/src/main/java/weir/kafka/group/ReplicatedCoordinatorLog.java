package weir.kafka.group;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.IntConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.NotLeaderOrFollowerException;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.coordinator.common.runtime.CoordinatorLoader;
import org.apache.kafka.coordinator.common.runtime.CoordinatorPlayback;
import org.apache.kafka.coordinator.common.runtime.CoordinatorRecord;
import org.apache.kafka.coordinator.common.runtime.Deserializer.UnknownRecordTypeException;
import org.apache.kafka.coordinator.common.runtime.PartitionWriter;
import org.apache.kafka.coordinator.group.GroupCoordinatorRecordSerde;
import org.apache.kafka.storage.internals.log.LogConfig;
import org.apache.kafka.storage.internals.log.VerificationGuard;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import weir.core.broker.Broker;
import weir.core.catalog.Queue;

/**
 * The log of Kafka's coordinator, in the offsets topic: what it writes, and what it is loaded from.
 *
 * <p>To load is to claim: from its claim on, this node's coordinator is the only one whose entries count, and everything that was answered by
 * an earlier one lies before it.
 */
final class ReplicatedCoordinatorLog implements PartitionWriter, CoordinatorLoader<CoordinatorRecord> {
    private static final Logger LOG = LoggerFactory.getLogger(ReplicatedCoordinatorLog.class);

    private static final LogConfig CONFIG =
            new LogConfig(Map.of(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, GroupLimits.APPEND_BYTES_MAX));

    private final GroupCoordinatorRecordSerde serde = new GroupCoordinatorRecordSerde();
    private final Map<Integer, OffsetsWriter> writers = new ConcurrentHashMap<>();
    private final Map<TopicPartition, List<Listener>> listeners = new ConcurrentHashMap<>();
    private final Map<Integer, Thread> rewriting = new ConcurrentHashMap<>();

    private final int node;
    private final Broker broker;
    private final IntConsumer lost;
    private volatile boolean closed;

    /** @param lost told the number of a partition whose coordinator has to be loaded anew, if it still is this node's */
    ReplicatedCoordinatorLog(int node, Broker broker, IntConsumer lost) {
        this.node = node;
        this.broker = broker;
        this.lost = lost;
    }

    // ---- Loading

    @Override
    public CompletableFuture<LoadSummary> load(TopicPartition tp, CoordinatorPlayback<CoordinatorRecord> coordinator) {
        CompletableFuture<LoadSummary> loaded = new CompletableFuture<>();
        Thread.ofVirtual().name("weir-kafka-load-" + tp.partition()).start(() -> {
            try {
                loaded.complete(loadNow(tp, coordinator));
            } catch (RuntimeException | Error e) {
                loaded.completeExceptionally(e);
                lost.accept(tp.partition());
            }
        });
        return loaded;
    }

    private LoadSummary loadNow(TopicPartition tp, CoordinatorPlayback<CoordinatorRecord> coordinator) {
        long start = System.currentTimeMillis();
        OffsetsLog log = logOf(tp);
        if (!log.isLedHere()) { // Or it would be taken from who does.
            throw new NotLeaderOrFollowerException("this node does not lead " + tp);
        }
        long claim = log.append(new OffsetsEntry.Claim(node));
        LatestRecords latest = log.read(claim + 1);
        List<KeptRecord> survivors = latest.survivors();
        long kept = 0;
        for (KeptRecord record : survivors) {
            replay(record, coordinator);
            kept += record.bytes();
        }
        if (latest.endOffset() > 0) { // Where the coordinator begins by itself; it refuses to be told.
            coordinator.updateLastWrittenOffset(latest.endOffset());
            coordinator.updateLastCommittedOffset(latest.endOffset());
        }
        OffsetsWriter writer = new OffsetsWriter(log, claim + 1, latest, kept, () -> lost.accept(tp.partition()));
        writers.merge(
                tp.partition(), writer, (one, other) -> one.next() > other.next() ? one : other); // Which came later.
        rewriteIfLong(tp.partition(), log, writer);
        return new LoadSummary(start, System.currentTimeMillis(), 0, survivors.size(), latest.bytesRead());
    }

    private void replay(KeptRecord record, CoordinatorPlayback<CoordinatorRecord> coordinator) {
        try {
            coordinator.replay(
                    record.offset(),
                    record.producerId(),
                    record.producerEpoch(),
                    serde.deserialize(
                            record.key().buffer(),
                            record.value() == null ? null : record.value().buffer()));
        } catch (UnknownRecordTypeException e) {
            LOG.warn("A record of type {} in the offsets topic is of a later release, and left out", e.unknownType());
        }
    }

    private OffsetsLog logOf(TopicPartition tp) {
        Queue topic = OffsetsTopic.find(broker)
                .orElseThrow(() -> new NotLeaderOrFollowerException("there is no offsets topic"));
        return new OffsetsLog(broker, topic.partition(tp.partition()));
    }

    // ---- Writing

    @Override
    public long append(TopicPartition tp, VerificationGuard guard, MemoryRecords records, short transactionVersion) {
        OffsetsWriter writer = writers.get(tp.partition());
        if (writer == null) {
            throw new NotLeaderOrFollowerException("this node does not coordinate " + tp);
        }
        long end = writer.append(records);
        listeners.getOrDefault(tp, List.of()).forEach(listener -> listener.onHighWatermarkUpdated(tp, end));
        if (writer.isToBeRewritten()) {
            rewriteIfLong(tp.partition(), logOf(tp), writer);
        }
        return end;
    }

    private void rewriteIfLong(int partition, OffsetsLog log, OffsetsWriter writer) {
        if (closed || !writer.isToBeRewritten()) {
            return;
        }
        rewriting.computeIfAbsent(partition, _ -> {
            Runnable run = () -> {
                try {
                    new Rewriting(log, writer).run();
                } finally {
                    rewriting.remove(partition);
                }
            };
            return Thread.ofVirtual().name("weir-kafka-rewrite-" + partition).start(run);
        });
    }

    /** The partition's coordinator is not this node's any more. */
    void forget(int partition) {
        writers.remove(partition);
    }

    @Override
    public void registerListener(TopicPartition tp, Listener listener) {
        listeners.computeIfAbsent(tp, _ -> new CopyOnWriteArrayList<>()).add(listener);
    }

    @Override
    public void deregisterListener(TopicPartition tp, Listener listener) {
        listeners.getOrDefault(tp, new ArrayList<>()).remove(listener);
    }

    @Override
    public LogConfig config(TopicPartition tp) {
        return CONFIG;
    }

    /** The front asks the transaction's coordinator before it hands on what belongs to a transaction. */
    @Override
    public CompletableFuture<VerificationGuard> maybeStartTransactionVerification(
            TopicPartition tp, String transactionalId, long producerId, short producerEpoch, int apiVersion) {
        return CompletableFuture.completedFuture(VerificationGuard.SENTINEL);
    }

    /** For share groups' state, which is not kept here: this log is cut off by who rewrites it. */
    @Override
    public CompletableFuture<Void> deleteRecords(TopicPartition tp, long deleteBeforeOffset) {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public void close() {
        closed = true;
        rewriting.values().forEach(Thread::interrupt);
    }
}
