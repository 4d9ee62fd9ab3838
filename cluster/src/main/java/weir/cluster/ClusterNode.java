package weir.cluster;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import weir.cluster.catalog.CatalogReplica;
import weir.cluster.damage.DiskRoom;
import weir.cluster.ratis.RatisEngine;
import weir.cluster.replication.FailureListener;
import weir.cluster.replication.GroupId;
import weir.cluster.replication.Member;
import weir.cluster.replication.ReplicationEngine;
import weir.cluster.shard.Directory;
import weir.cluster.shard.NotLeadingException;
import weir.cluster.shard.Shard;
import weir.cluster.shard.ShardLeader;
import weir.cluster.shard.ShardReplica;
import weir.core.PartitionId;
import weir.core.PartitionStatus;
import weir.core.Position;
import weir.core.broker.Broker;
import weir.core.broker.OutcomeUnknownException;
import weir.core.broker.Peeked;
import weir.core.broker.Receipt;
import weir.core.catalog.CatalogCommand;
import weir.core.catalog.CatalogReply;
import weir.core.catalog.Definition;
import weir.core.catalog.Queue;
import weir.core.shard.Command;
import weir.core.shard.Refusal;
import weir.core.shard.Reply;
import weir.storage.DiskFileSystem;
import weir.storage.FileSystem;
import weir.storage.ShardStore;

/**
 * A node: its replicas of the catalog and of the shards, over one replication engine, as a {@link Broker}. A page of
 * wiring; what it adds is that a definition is carried out in the shards before its change is answered.
 */
public final class ClusterNode implements Broker, Directory, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterNode.class);
    /** Changes of one queue are carried out one after the other; more locks than clients that define queues at a time. */
    private static final int CHANGE_LOCKS = 64;

    private static final List<Member> SELF = List.of(new Member(1, "", 0));

    private final InstantSource clock;
    private final CatalogReplica catalog;
    private final List<ShardReplica> shards = new ArrayList<>();
    private final List<ShardLeader> leaders = new ArrayList<>();
    private final ReplicationEngine engine;
    private final ReentrantLock[] changes = new ReentrantLock[CHANGE_LOCKS];
    private final Thread keeper;
    /** Completed, exceptionally, when a replica had to stop. */
    private final CompletableFuture<Void> failed = new CompletableFuture<>();

    private volatile boolean closed;
    /** A definition could not be carried out when it was changed; the keeper will. */
    private volatile boolean unreconciled;

    /**
     * Opens the node's data, replays its logs, and returns when it can serve.
     *
     * @param data the node's directory; made if absent. The caller holds it for itself
     * @param shardCount fixed when the directory was first used
     * @param clock what leases, delays and every other deadline go by; it may jump ahead, see {@link #clockMoved}
     * @param failures told when a replica had to stop; the process should end then
     * @throws IOException if the data cannot be read, or is damaged
     */
    public static ClusterNode open(Path data, int shardCount, InstantSource clock, FailureListener failures)
            throws IOException, InterruptedException {
        long heapBytes = Runtime.getRuntime().maxMemory();
        return open(data, shardCount, ClusterLimits.checkpointBytes(shardCount, heapBytes), clock, failures);
    }

    /** The same, by the system's clock. */
    public static ClusterNode open(Path data, int shardCount, FailureListener failures)
            throws IOException, InterruptedException {
        return open(data, shardCount, InstantSource.system(), failures);
    }

    /** @param checkpointBytes entries of a shard that cause its next checkpoint; tests have many of them with little data */
    static ClusterNode open(
            Path data, int shardCount, long checkpointBytes, InstantSource clock, FailureListener failures)
            throws IOException, InterruptedException {
        ClusterNode node = new ClusterNode(data, shardCount, checkpointBytes, clock, failures);
        try {
            node.start();
            return node;
        } catch (IOException | InterruptedException | RuntimeException e) {
            node.close();
            throw e;
        }
    }

    private ClusterNode(Path data, int shardCount, long checkpointBytes, InstantSource clock, FailureListener told)
            throws IOException {
        this.clock = clock;
        FailureListener failures = (group, cause) -> {
            failed.completeExceptionally(cause);
            told.failed(group, cause);
        };
        FileSystem files = new DiskFileSystem();
        for (int i = 0; i < CHANGE_LOCKS; i++) {
            changes[i] = new ReentrantLock();
        }
        engine = new RatisEngine(data.resolve("raft"), "node-1", Optional.empty(), failures);
        catalog = new CatalogReplica(ShardStore.open(files, data.resolve("catalog")), shardCount, clock, failures);
        catalog.attach(engine.open(GroupId.CATALOG, catalog, SELF));
        DiskRoom room = DiskRoom.of(data, shardCount, checkpointBytes);
        for (int shard = 0; shard < shardCount; shard++) {
            ShardStore store = ShardStore.open(files, data.resolve("shard-" + shard));
            ShardReplica replica = new ShardReplica(shard, store, checkpointBytes, clock, failures);
            replica.refusePublishesWhile(room::isLow);
            shards.add(replica);
            leaders.add(replica.attach(engine.open(GroupId.shard(shard), replica, SELF), this));
        }
        keeper = Thread.ofPlatform().daemon().name("weir-keeper").unstarted(this::keep);
    }

    private void start() throws IOException, InterruptedException {
        engine.start();
        awaitLeading("the catalog", catalog.whenLeading());
        for (ShardReplica shard : shards) {
            awaitLeading("shard " + shard.shard(), shard.whenLeading());
        }
        try {
            reconcile();
        } catch (OutcomeUnknownException e) {
            throw new IOException("the definitions cannot be carried out: " + e.getMessage(), e);
        }
        keeper.start();
    }

    private void awaitLeading(String name, CompletableFuture<Void> leading) throws IOException, InterruptedException {
        try {
            CompletableFuture.anyOf(leading, failed).get(ClusterLimits.OPEN.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException _) {
            throw new IOException(name + " has no leader after " + ClusterLimits.OPEN);
        } catch (ExecutionException e) {
            throw new IOException("a replica had to stop: " + e.getCause(), e.getCause());
        }
    }

    // ---- Definitions

    @Override
    public Optional<Queue> find(String name) {
        return catalog.machine().find(name);
    }

    @Override
    public Optional<Queue> find(long queueId) {
        return catalog.machine().find(queueId);
    }

    @Override
    public List<Queue> list(String prefix, String after, int max) {
        return catalog.machine().list(prefix, after, max);
    }

    @Override
    public Optional<Definition> definition(String kind, String name) {
        return catalog.machine().definition(kind, name);
    }

    @Override
    public List<Definition> definitions(String kind, String prefix, String after, int max) {
        return catalog.machine().definitions(kind, prefix, after, max);
    }

    @Override
    public CatalogReply change(CatalogCommand command) throws OutcomeUnknownException, InterruptedException {
        ReentrantLock lock = changes[Math.floorMod(command.name().hashCode(), CHANGE_LOCKS)];
        lock.lockInterruptibly();
        try {
            CatalogReply reply = catalog.submit(command);
            switch (reply) {
                case CatalogReply.Created created when !created.existed() -> carryOut(configure(created.queue()));
                case CatalogReply.Created _ -> {}
                case CatalogReply.Updated updated -> carryOut(configure(updated.queue()));
                case CatalogReply.Deleted deleted ->
                    carryOut(new Command.Drop(deleted.queue().partitionOf(null)));
                case CatalogReply.Defined _, CatalogReply.Undefined _, CatalogReply.Refused _ -> {}
            }
            return reply;
        } finally {
            lock.unlock();
        }
    }

    private void carryOut(Command.OfPartition command) throws OutcomeUnknownException, InterruptedException {
        boolean done = false;
        try {
            submit(catalog.machine().shardOf(command.partition().queue()), command);
            done = true;
        } finally {
            if (!done) {
                unreconciled = true;
                LockSupport.unpark(keeper);
            }
        }
    }

    private static Command.Configure configure(Queue queue) {
        return new Command.Configure(queue.partitionOf(null), queue.revision(), queue.settings());
    }

    /** Brings the shards to what the catalog says. Needed after a stop between a change and its carrying out. */
    private void reconcile() throws OutcomeUnknownException, InterruptedException {
        for (ReentrantLock lock : changes) {
            lock.lockInterruptibly();
        }
        try {
            unreconciled = false;
            for (ShardReplica shard : shards) {
                SortedMap<PartitionId, Long> there = shard.revisions();
                for (Map.Entry<PartitionId, Long> partition : there.entrySet()) {
                    Optional<Queue> queue = find(partition.getKey().queue());
                    if (queue.isEmpty()) {
                        carryOut(new Command.Drop(partition.getKey()));
                    } else if (queue.get().revision() > partition.getValue()) {
                        carryOut(configure(queue.get()));
                    }
                }
                for (Queue queue : catalog.machine().all()) {
                    if (queue.shard() == shard.shard() && !there.containsKey(queue.partitionOf(null))) {
                        carryOut(configure(queue));
                    }
                }
            }
        } finally {
            for (ReentrantLock lock : changes) {
                lock.unlock();
            }
        }
    }

    // ---- Messages

    @Override
    public Shard shard(int shard) {
        return leaders.get(shard);
    }

    /** With one node there is nobody else to ask: it leads again soon, or it is stopping. */
    private static OutcomeUnknownException unknown(NotLeadingException e) {
        return new OutcomeUnknownException("nothing was done: " + e.getMessage(), e);
    }

    private Reply submit(int shard, Command command) throws OutcomeUnknownException, InterruptedException {
        try {
            return leaders.get(shard).submit(command);
        } catch (NotLeadingException e) {
            throw unknown(e);
        }
    }

    @Override
    public Reply submit(Command.OfPartition command) throws OutcomeUnknownException, InterruptedException {
        Optional<Queue> queue = find(command.partition().queue());
        return queue.isEmpty()
                ? new Reply.Refused(Refusal.NO_SUCH_QUEUE)
                : submit(queue.get().shard(), command);
    }

    @Override
    public List<List<Reply>> fanOut(List<Command.Copies> messages)
            throws OutcomeUnknownException, InterruptedException {
        FanoutPlan plan = new FanoutPlan(messages, this::shardOf);
        List<CompletableFuture<Reply>> replies = new ArrayList<>(plan.parts().size());
        for (FanoutPlan.Part part : plan.parts()) {
            replies.add(shard(part.shard).begin(part.command()));
        }
        for (int i = 0; i < replies.size(); i++) {
            Reply reply = await(replies.get(i));
            if (!(reply instanceof Reply.FannedOut fannedOut)) {
                throw new IllegalStateException("a fan-out was answered by " + reply);
            }
            plan.answered(plan.parts().get(i), fannedOut);
        }
        return plan.outcomes();
    }

    private static Reply await(CompletableFuture<Reply> reply) throws OutcomeUnknownException, InterruptedException {
        try {
            return ShardLeader.await(reply);
        } catch (NotLeadingException e) {
            throw unknown(e);
        }
    }

    private OptionalInt shardOf(PartitionId partition) {
        Optional<Queue> queue = find(partition.queue());
        return queue.isEmpty()
                ? OptionalInt.empty()
                : OptionalInt.of(queue.get().shard());
    }

    @Override
    public Receipt receive(Command.Acquire acquire, Duration patience)
            throws OutcomeUnknownException, InterruptedException {
        Optional<Queue> queue = find(acquire.partition().queue());
        if (queue.isEmpty()) {
            return new Receipt.Refused(Refusal.NO_SUCH_QUEUE);
        }
        try {
            return shard(queue.get().shard()).receive(acquire, patience);
        } catch (NotLeadingException e) {
            throw unknown(e);
        }
    }

    @Override
    public List<Peeked> peek(PartitionId partition, Position from, int max) throws OutcomeUnknownException {
        Optional<Queue> queue = find(partition.queue());
        return queue.isEmpty() ? List.of() : shards.get(queue.get().shard()).peek(partition, from, max);
    }

    @Override
    public Optional<PartitionStatus> status(PartitionId partition) {
        return find(partition.queue())
                .flatMap(queue -> shards.get(queue.shard()).status(partition));
    }

    // ---- For tests

    /** The time of the last entry of all: a clock that was ahead in an earlier run must not be behind it in this one. */
    public long nowMillis() {
        return shards.stream().mapToLong(ShardReplica::nowMillis).max().orElse(0);
    }

    /** To be called after the clock was moved on by hand. What is due by that has happened when this returns. */
    public void clockMoved() throws OutcomeUnknownException, InterruptedException {
        long now = clock.millis();
        for (ShardReplica shard : shards) {
            int ticks = 0;
            do { // An entry does a bounded part of what is due; what would take more of them goes on by itself.
                submit(shard.shard(), new Command.Tick());
                ticks++;
            } while (shard.isDueBy(now) && ticks < ClusterLimits.TICKS_AWAITED);
        }
    }

    /** Deletes every queue and every definition that is there when it is called, one after the other. */
    public void clear() throws OutcomeUnknownException, InterruptedException {
        for (Queue queue : List.copyOf(catalog.machine().all())) {
            change(new CatalogCommand.DeleteQueue(queue.name()));
        }
        for (Definition definition : List.copyOf(catalog.machine().allDefinitions())) {
            change(new CatalogCommand.Undefine(definition.kind(), definition.name()));
        }
    }

    // ---- Keeping

    /** Checkpoints by time, and definitions that are still to be carried out. */
    private void keep() {
        long lastCheckpoint = System.nanoTime();
        while (!closed) {
            LockSupport.parkNanos((unreconciled ? ClusterLimits.RETRY : ClusterLimits.CHECKPOINT_INTERVAL).toNanos());
            if (!closed && System.nanoTime() - lastCheckpoint >= ClusterLimits.CHECKPOINT_INTERVAL.toNanos()) {
                lastCheckpoint = System.nanoTime();
                shards.forEach(shard -> shard.checkpointer().ifWritten());
                catalog.checkpointer().ifWritten();
            }
            if (!closed && unreconciled) {
                try {
                    reconcile();
                } catch (OutcomeUnknownException e) {
                    LOG.warn("Definitions cannot be carried out, and will be tried again: {}", e.getMessage());
                } catch (InterruptedException _) {
                    return; // The node is stopping.
                }
            }
        }
    }

    /** Stops taking commands, makes last checkpoints, and lets go of the files. */
    @Override
    public void close() {
        closed = true;
        keeper.interrupt();
        shards.forEach(ShardReplica::stop);
        engine.close();
        for (ShardReplica shard : shards) {
            shard.close();
        }
        catalog.close();
    }
}
