package weir.cluster.shard;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import weir.cluster.checkpoint.CheckpointFetch;
import weir.cluster.checkpoint.Checkpointed;
import weir.cluster.checkpoint.Checkpointer;
import weir.cluster.replication.FailureListener;
import weir.cluster.replication.GroupId;
import weir.cluster.replication.LogPosition;
import weir.cluster.replication.Member;
import weir.cluster.replication.Replica;
import weir.cluster.replication.ReplicatedLog;
import weir.core.Bytes;
import weir.core.Edition;
import weir.core.LogId;
import weir.core.PartitionId;
import weir.core.PartitionStatus;
import weir.core.Position;
import weir.core.broker.Fetch;
import weir.core.broker.FetchOutcome;
import weir.core.broker.OutcomeUnknownException;
import weir.core.broker.Peeked;
import weir.core.broker.TopicOffsets;
import weir.core.codec.CorruptDataException;
import weir.core.codec.EntryCodec;
import weir.core.shard.Command;
import weir.core.shard.Entry;
import weir.core.shard.MessageLog;
import weir.core.shard.Readiness;
import weir.core.shard.Reply;
import weir.core.shard.Seen;
import weir.core.shard.ShardMachine;
import weir.storage.CorruptStoreException;
import weir.storage.Payload;
import weir.storage.ShardStore;

/**
 * One node's replica of a shard: applies the log to machine and store, and turns the tail into checkpoints.
 *
 * <p>{@code lock} guards machine and store. The engine's thread holds it for an entry at a time; a status, a peek, the
 * courier and the end of a checkpoint take it in between.
 */
public final class ShardReplica implements Replica, AutoCloseable {
    private final int shard;
    private final InstantSource clock;
    private final FailureListener failures;
    private final ShardStore store;
    private ShardMachine machine;
    private final Checkpointer checkpointer;
    private final Optional<LogPosition> recovered;
    private final ReentrantLock lock = new ReentrantLock();
    private final TailRoom room;
    private final CompletableFuture<Void> led = new CompletableFuture<>();

    private @Nullable ShardLeader leader;
    private @Nullable CheckpointFetch fetch;
    private BooleanSupplier diskLow = () -> false;
    /** Guarded by the lock. */
    private long appliedCommands;
    /** The newest edition that this node reads. */
    private int known = Edition.NEWEST;

    private IntSupplier agreed = () -> Edition.FIRST;

    /** That the log has come to. Written with the lock held. */
    private volatile int edition;

    private volatile boolean closed;

    /**
     * @param checkpointBytes entries applied since the last checkpoint that cause the next
     * @param clock what its leader stamps on entries
     */
    public ShardReplica(
            int shard, ShardStore store, long checkpointBytes, InstantSource clock, FailureListener failures) {
        this.shard = shard;
        this.clock = clock;
        this.failures = failures;
        this.store = store;
        this.room = new TailRoom(lock, store::tailBytes, checkpointBytes);
        this.recovered = store.checkpoint().map(found -> new LogPosition(found.term(), found.index()));
        this.machine = store.checkpoint()
                .map(found -> ShardMachine.restore(found.state(), store))
                .orElseGet(() -> new ShardMachine(store));
        this.edition = machine.edition();
        store.attach(machine);
        this.checkpointer = new Checkpointer(
                "shard-" + shard,
                store,
                lock,
                new Machine(),
                recovered.orElse(new LogPosition(0, 0)),
                checkpointBytes,
                room::note,
                this::failed);
    }

    /** Connects it with its log, before the engine starts. */
    public ShardLeader attach(ReplicatedLog ownLog, Directory directory) {
        checkpointer.attach(ownLog);
        ShardLeader side = new ShardLeader(ownLog, this, directory, clock);
        leader = side;
        return side;
    }

    public int shard() {
        return shard;
    }

    /** It cannot go on: what is on disk cannot be trusted, or there is a bug. */
    void failed(Throwable cause) {
        if (!closed) {
            failures.failed(GroupId.shard(shard), cause);
        }
    }

    /** A message cannot be read from disk. If it is damaged, the replica must stop; the reader learns nothing. */
    OutcomeUnknownException unreadable(Exception cause) {
        if (cause instanceof CorruptStoreException) {
            failed(cause);
        }
        return new OutcomeUnknownException("a message cannot be read from disk: " + cause.getMessage(), cause);
    }

    @Override
    public Optional<LogPosition> lastCheckpoint() {
        return recovered;
    }

    @Override
    public void apply(LogPosition position, Bytes bytes, @Nullable Object context) {
        @Nullable ProposedEntry proposed = (ProposedEntry) context;
        Entry entry = EntryCodec.decode(position.index(), bytes);
        requireKnown(entry);
        List<Reply> replies;
        List<List<Payload>> contents = new ArrayList<>();
        List<Readiness> readiness;
        List<PartitionId> news;
        long dueMillis;
        boolean departing;
        ShardLeader side = Objects.requireNonNull(leader);
        lock.lock();
        try {
            room.keepPace(side);
            replies = machine.apply(entry);
            edition = machine.edition();
            readiness = machine.takeTouched(); // On a follower too, else they would add up; nobody needs them there.
            news = machine.takeNews();
            dueMillis = machine.nextDueMillis().orElse(Long.MAX_VALUE);
            departing = machine.departuresSettledBelow() <= machine.lastDeparture();
            if (proposed != null) {
                for (int i = 0; i < replies.size(); i++) {
                    contents.add(contents(proposed.commands().get(i), replies.get(i)));
                }
            }
            checkpointer.applied(position, bytes.length());
            appliedCommands += entry.commands().size();
            room.note();
        } finally {
            lock.unlock();
        }
        Leadership leading = side.leadership();
        if (leading != null) {
            leading.applied(entry.commands(), readiness, news, dueMillis, departing);
        }
        if (proposed != null) {
            proposed.answer(replies, contents);
        }
    }

    private List<Payload> contents(Pending pending, Reply reply) {
        if (!(reply instanceof Reply.Acquired acquired) || acquired.leased().isEmpty()) {
            return List.of();
        }
        PartitionId partition = ((weir.core.shard.Command.Acquire) pending.command()).partition();
        List<Payload> contents = new ArrayList<>(acquired.leased().size());
        for (Reply.Leased leased : acquired.leased()) {
            int level = leased.lease().position().level();
            contents.add(store.locate(new LogId(partition, level), leased.baseOffset()));
        }
        return contents;
    }

    @Override
    public LogPosition catchUp(Member from, long firstKept) throws IOException, InterruptedException {
        CheckpointFetch by = fetch;
        if (by == null) {
            throw new IOException("there is nobody to catch up from");
        }
        return checkpointer.catchUp(by, GroupId.shard(shard), from, firstKept);
    }

    /** What {@link #catchUp} copies by; before the engine starts. */
    public void catchUpBy(CheckpointFetch copies) {
        fetch = copies;
    }

    /** Publishes are refused while that says so, see {@link weir.cluster.damage.DiskRoom}; before the engine starts. */
    public void refusePublishesWhile(BooleanSupplier diskIsLow) {
        diskLow = diskIsLow;
    }

    /**
     * Up to which edition this node reads; before the engine starts.
     *
     * @param clustersEdition to which the cluster has come, and a log may be brought
     * @throws CorruptDataException if the log has come further
     */
    public void knows(int newest, IntSupplier clustersEdition) {
        known = newest;
        agreed = clustersEdition;
        Edition.refusal("the log of shard " + shard, edition, Edition.OLDEST, known)
                .ifPresent(refusal -> {
                    throw new CorruptDataException(refusal);
                });
    }

    /** Stops here rather than to take for something else what it does not know. */
    private void requireKnown(Entry entry) {
        for (Command command : entry.commands()) {
            Edition.refusal("the log of shard " + shard, EntryCodec.editionOf(command), Edition.OLDEST, known)
                    .ifPresent(refusal -> {
                        throw new CorruptDataException(refusal);
                    });
        }
    }

    /** The edition that the log has come to. */
    public int edition() {
        return edition;
    }

    /** The edition that it may be brought to. */
    int agreedEdition() {
        return agreed.getAsInt();
    }

    boolean isDiskLow() {
        return diskLow.getAsBoolean();
    }

    /** For checkpoints: the machine, which is another one after a {@link #catchUp}. */
    private final class Machine implements Checkpointed {
        @Override
        public Bytes snapshot() {
            return machine.snapshot();
        }

        @Override
        public MessageLog.Liveness liveness() {
            return machine;
        }

        @Override
        public Runnable restore(Bytes state) {
            ShardMachine restored = ShardMachine.restore(state, store);
            return () -> {
                machine = restored;
                edition = restored.edition();
            };
        }
    }

    @Override
    public void leading() {
        long dueMillis;
        long machineMillis;
        lock.lock();
        try {
            dueMillis = machine.nextDueMillis().orElse(Long.MAX_VALUE);
            machineMillis = machine.nowMillis();
        } finally {
            lock.unlock();
        }
        Objects.requireNonNull(leader).lead(machineMillis, dueMillis);
        led.complete(null);
    }

    /** Completed when this node leads the shard for the first time. */
    public CompletableFuture<Void> whenLeading() {
        return led;
    }

    @Override
    public void notLeading() {
        Objects.requireNonNull(leader).cease();
    }

    // ---- Looked at from outside

    /**
     * Looks at the machine between two entries. What has not been read for long is read from disk for that, and may be damaged
     * as any content may.
     */
    private <T> T between(Supplier<T> look) throws OutcomeUnknownException {
        try {
            lock.lock();
            try {
                return look.get();
            } finally {
                lock.unlock();
            }
        } catch (CorruptStoreException | UncheckedIOException e) {
            throw unreadable(e);
        }
    }

    public Optional<PartitionStatus> status(PartitionId partition) throws OutcomeUnknownException {
        return between(() -> machine.status(partition));
    }

    /** The time of the last entry. */
    public long nowMillis() {
        lock.lock();
        try {
            return machine.nowMillis();
        } finally {
            lock.unlock();
        }
    }

    /** As {@link ShardMachine#remembers}. */
    boolean remembers(PartitionId partition, String attempt) {
        lock.lock();
        try {
            return machine.remembers(partition, attempt);
        } finally {
            lock.unlock();
        }
    }

    /** Whether something is to be done at that time or before it. */
    public boolean isDueBy(long millis) {
        lock.lock();
        try {
            return machine.nextDueMillis().orElse(Long.MAX_VALUE) <= millis;
        } finally {
            lock.unlock();
        }
    }

    /** The revision of each partition's settings. */
    public java.util.SortedMap<PartitionId, Long> revisions() {
        lock.lock();
        try {
            return machine.revisions();
        } finally {
            lock.unlock();
        }
    }

    /** As {@link weir.core.broker.Broker#peek(PartitionId, Position, int)}. */
    public List<Peeked> peek(PartitionId partition, Position from, int max) throws OutcomeUnknownException {
        List<Payload> contents = new ArrayList<>();
        try {
            List<Seen> seen = between(() -> {
                List<Seen> found = machine.peek(partition, from, max);
                for (Seen message : found) {
                    contents.add(
                            store.locate(new LogId(partition, message.position().level()), message.baseOffset()));
                }
                return found;
            });
            List<Peeked> peeked = new ArrayList<>(seen.size());
            for (int i = 0; i < seen.size(); i++) {
                Seen message = seen.get(i);
                peeked.add(new Peeked(
                        message.position(),
                        message.state(),
                        message.envelope(),
                        message.attempts(),
                        message.publishedAtMillis(),
                        message.format(),
                        contents.get(i).read(),
                        (int) (message.position().offset() - message.baseOffset())));
            }
            return peeked;
        } catch (IOException | RuntimeException e) {
            throw unreadable(e);
        } finally {
            contents.forEach(Payload::close);
        }
    }

    /** As {@link weir.core.broker.Broker#fetch(List, int, java.time.Duration)}, without waiting. What is here is committed. */
    List<FetchOutcome> fetch(List<Fetch> fetches, long bytesMax) throws OutcomeUnknownException {
        List<FetchOutcome> outcomes = new ArrayList<>(fetches.size());
        long room = bytesMax;
        for (Fetch fetch : fetches) {
            long left = room; // Looked for one at a time, so that entries are applied in between.
            TopicReads reads = between(() -> TopicReads.find(machine, store, fetch, left));
            try {
                outcomes.add(reads.read());
                room -= reads.bytes();
            } catch (IOException | RuntimeException e) {
                throw unreadable(e);
            } finally {
                reads.close();
            }
        }
        return outcomes;
    }

    /** As {@link weir.core.broker.Broker#offsets}. */
    Optional<TopicOffsets> offsets(PartitionId partition, long atMillis) throws OutcomeUnknownException {
        return between(() -> machine.topic(partition)
                .map(topic -> new TopicOffsets(topic.start(), topic.end(), topic.offsetAt(atMillis))));
    }

    /** A message on its way to another shard, with its place in the store. */
    record Leaving(Reply.Departure departure, Payload content) {}

    /** Departures numbered above {@code after}, with their contents, to be read or closed. */
    List<Leaving> departures(long after, int max) {
        lock.lock();
        try {
            List<Leaving> leaving = new ArrayList<>();
            for (Reply.Departure departure : machine.departures(after, max)) {
                LogId from = new LogId(departure.from(), departure.position().level());
                leaving.add(new Leaving(departure, store.locate(from, departure.baseOffset())));
            }
            return leaving;
        } finally {
            lock.unlock();
        }
    }

    /** Commands of all entries applied since the start. */
    public long appliedCommands() {
        lock.lock();
        try {
            return appliedCommands;
        } finally {
            lock.unlock();
        }
    }

    long departuresSettledBelow() {
        lock.lock();
        try {
            return machine.departuresSettledBelow();
        } finally {
            lock.unlock();
        }
    }

    // ---- Its parts, and its end

    /** Where publishers wait for the disk. */
    TailRoom room() {
        return room;
    }

    public Checkpointer checkpointer() {
        return checkpointer;
    }

    /** Stops the leader's side; called before the engine is closed. */
    public void stop() {
        room.stop();
        if (leader != null) {
            leader.close();
        }
    }

    /** After the engine was closed: nothing is applied any more. */
    @Override
    public void close() {
        closed = true;
        room.close();
        checkpointer.close();
    }
}
