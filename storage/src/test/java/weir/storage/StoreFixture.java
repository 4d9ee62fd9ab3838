package weir.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import weir.core.Bytes;
import weir.core.DeadLetterReason;
import weir.core.Envelope;
import weir.core.LogId;
import weir.core.Origin;
import weir.core.PartitionId;
import weir.core.Position;
import weir.core.shard.StoredBatch;

/** A store beside a plain account of what was put into it, against which it is checked. */
final class StoreFixture {
    static final Path DIRECTORY = Path.of("shard-1");
    static final LogId A = new LogId(new PartitionId(1, 0), 0);
    static final LogId B = new LogId(new PartitionId(1, 0), 3);
    static final LogId C = new LogId(new PartitionId(7, 2), 0);
    static final Bytes STATE = Bytes.utf8("the machine's state");

    record Put(StoredBatch batch, Bytes payload) {}

    final FileSystem files;
    final Path directory;
    private final SplittableRandom random;
    final SimpleLiveness live;
    private final Map<LogId, NavigableMap<Long, Put>> account;
    ShardStore store;
    long index;

    StoreFixture(FileSystem files, Path directory, long seed) throws IOException {
        this(files, directory, new SplittableRandom(seed), new SimpleLiveness(), new TreeMap<>(), 0);
    }

    /** The same store, which stands where another's memory does: it has taken over that one's checkpoint. */
    StoreFixture become(Memory other) {
        Memory copy = other.copy();
        StoreFixture now = new StoreFixture(store, files, directory, random, copy.live(), copy.account(), copy.index());
        store.attach(now.live);
        return now;
    }

    private StoreFixture(
            ShardStore store,
            FileSystem files,
            Path directory,
            SplittableRandom random,
            SimpleLiveness live,
            Map<LogId, NavigableMap<Long, Put>> account,
            long index) {
        this.files = files;
        this.directory = directory;
        this.random = random;
        this.live = live;
        this.account = account;
        this.index = index;
        this.store = store;
    }

    private StoreFixture(
            FileSystem files,
            Path directory,
            SplittableRandom random,
            SimpleLiveness live,
            Map<LogId, NavigableMap<Long, Put>> account,
            long index)
            throws IOException {
        this.files = files;
        this.directory = directory;
        this.random = random;
        this.live = live;
        this.account = account;
        this.index = index;
        store = ShardStore.open(files, directory);
        store.attach(live);
    }

    /** What was known at a checkpoint: a restart comes back to it. */
    record Memory(SimpleLiveness live, Map<LogId, NavigableMap<Long, Put>> account, long index) {
        static final Memory EMPTY = new Memory(new SimpleLiveness(), Map.of(), 0);

        Memory copy() {
            Map<LogId, NavigableMap<Long, Put>> copy = new TreeMap<>();
            account.forEach((log, puts) -> copy.put(log, new TreeMap<>(puts)));
            return new Memory(live.copy(), copy, index);
        }
    }

    Memory remember() {
        return new Memory(live, account, index).copy();
    }

    static StoreFixture reopen(FileSystem files, Path directory, Memory memory, long seed) throws IOException {
        Memory copy = memory.copy();
        return new StoreFixture(
                files, directory, new SplittableRandom(seed), copy.live(), copy.account(), copy.index());
    }

    SplittableRandom random() {
        return random;
    }

    long next(LogId log) {
        NavigableMap<Long, Put> puts = account.get(log);
        return puts == null || puts.isEmpty()
                ? 0
                : puts.lastEntry().getValue().batch().endOffset();
    }

    /** Appends a batch of so many messages, all of them live. */
    StoredBatch append(LogId log, int messages, int payloadBytes) {
        byte[] bytes = new byte[payloadBytes];
        random.nextBytes(bytes);
        return append(log, messages, Bytes.of(bytes));
    }

    StoredBatch append(LogId log, int messages, Bytes payload) {
        List<Envelope> envelopes = new ArrayList<>();
        for (int i = 0; i < messages; i++) {
            envelopes.add(envelope());
        }
        index++;
        StoredBatch batch = new StoredBatch(next(log), 1_000_000 + index, 1, payload.length(), envelopes);
        store.append(log, batch, payload);
        live.add(log, batch.baseOffset(), batch.endOffset());
        account.computeIfAbsent(log, _ -> new TreeMap<>()).put(batch.baseOffset(), new Put(batch, payload));
        return batch;
    }

    private Envelope envelope() {
        return switch (random.nextInt(5)) {
            case 0 -> new Envelope("group-" + random.nextInt(10), null, 0, Envelope.NEVER, null);
            case 1 -> new Envelope(null, "dedup-" + random.nextLong(), random.nextLong(1L << 42), 1L << 43, null);
            case 2 ->
                new Envelope(
                        "g",
                        null,
                        0,
                        Envelope.NEVER,
                        new Origin(
                                new PartitionId(9, 1),
                                new Position(2, 77),
                                A.partition(),
                                DeadLetterReason.EXPIRED,
                                3,
                                5));
            default -> Envelope.PLAIN;
        };
    }

    void settle(LogId log, long from, long to) {
        for (long offset = from; offset < to; offset++) {
            live.settle(log, offset);
        }
        index++;
    }

    CheckpointJob freeze() {
        return store.freeze(3, index, STATE, live);
    }

    void checkpoint() throws IOException {
        CheckpointJob job = freeze();
        job.write();
        store.install(job);
    }

    void restart() throws IOException {
        store.close();
        store = ShardStore.open(files, directory);
        store.attach(live);
    }

    /** Every live message is there, is what was put, and comes in order; and nothing is there that was never put. */
    void verify() throws IOException {
        for (Map.Entry<LogId, NavigableMap<Long, Put>> log : account.entrySet()) {
            long seen = 0;
            long from = 0;
            int pageSize = 1 + random.nextInt(200);
            for (List<StoredBatch> page = store.read(log.getKey(), 0, pageSize);
                    !page.isEmpty();
                    page = store.read(log.getKey(), from, pageSize)) {
                for (StoredBatch batch : page) {
                    Put put = log.getValue().get(batch.baseOffset());
                    if (batch.endOffset() <= from || put == null || !put.batch().equals(batch)) {
                        throw new AssertionError("after " + from + " of " + log.getKey() + " comes " + batch);
                    }
                    from = batch.endOffset();
                    seen += live.countLive(log.getKey(), batch.baseOffset(), batch.endOffset());
                }
            }
            assertThat(seen)
                    .as("live messages of " + log.getKey())
                    .isEqualTo(live.of(log.getKey()).size());
            for (Put put : log.getValue().values()) {
                StoredBatch batch = put.batch();
                if (live.anyLive(log.getKey(), batch.baseOffset(), batch.endOffset())) {
                    try (Payload payload = store.locate(log.getKey(), batch.baseOffset())) {
                        if (!payload.read().equals(put.payload())) {
                            throw new AssertionError("another payload for " + batch + " of " + log.getKey());
                        }
                    }
                }
            }
        }
    }

    Bytes payload(LogId log, long offset) {
        Map.Entry<Long, Put> put = account.getOrDefault(log, new TreeMap<>()).floorEntry(offset);
        return put == null ? Bytes.EMPTY : put.getValue().payload();
    }
}
