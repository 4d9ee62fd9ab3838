package weir.cluster;

import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import weir.cluster.catalog.CatalogReplica;
import weir.cluster.checkpoint.CheckpointFetch;
import weir.cluster.checkpoint.CheckpointSource;
import weir.cluster.checkpoint.Checkpointer;
import weir.cluster.checkpoint.Throttle;
import weir.cluster.damage.DiskRoom;
import weir.cluster.damage.Holdings;
import weir.cluster.damage.SetAside;
import weir.cluster.damage.Verdict;
import weir.cluster.placement.LoadMeter;
import weir.cluster.placement.ReplicaHost;
import weir.cluster.placement.ReplicaState;
import weir.cluster.placement.ShardLoad;
import weir.cluster.replication.DamagedLogException;
import weir.cluster.replication.FailureListener;
import weir.cluster.replication.GroupId;
import weir.cluster.replication.LogPosition;
import weir.cluster.replication.Member;
import weir.cluster.replication.ReplicatedLog;
import weir.cluster.replication.ReplicationEngine;
import weir.cluster.shard.Directory;
import weir.cluster.shard.ShardLeader;
import weir.cluster.shard.ShardReplica;
import weir.core.Edition;
import weir.core.cluster.FreeDisk;
import weir.storage.DiskFileSystem;
import weir.storage.ShardStore;

/** The replicas of this node, opened and dropped at run time. Safe for use by many threads. */
final class Replicas implements ReplicaHost, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Replicas.class);

    /** One that is open. {@code leader} is the shard's leader's side; null for the catalog. */
    record Open(
            GroupId group,
            ReplicatedLog log,
            Checkpointer checkpointer,
            @Nullable ShardReplica shard,
            @Nullable ShardLeader leader,
            @Nullable CatalogReplica catalog,
            LoadMeter meter) {}

    private final NodeSettings settings;
    private final ReplicationEngine engine;
    private final InstantSource clock;
    private final FailureListener failures;
    private final SetAside aside;
    private final CheckpointSource source;
    private final CheckpointFetch fetch;
    private final Directory directory;
    private final int shardCount;
    private final DiskRoom room;
    private final Consumer<GroupId> leadershipMoved;
    private final Holdings holdings;
    private final GroupFiles files;
    private final Map<GroupId, Open> open = new ConcurrentHashMap<>();
    private final Unopened unopened;
    private volatile boolean catalogKept;

    /** @param leadershipMoved told that this node has come to lead a group, or has ceased to; must not wait */
    Replicas(
            NodeSettings settings,
            int shardCount,
            ReplicationEngine engine,
            InstantSource clock,
            FailureListener failures,
            SetAside aside,
            CheckpointFetch fetch,
            Directory directory,
            Consumer<GroupId> leadershipMoved)
            throws IOException {
        this.settings = settings;
        this.shardCount = shardCount;
        this.engine = engine;
        this.clock = clock;
        this.failures = failures;
        this.aside = aside;
        this.source = new CheckpointSource(new Throttle(
                this::appliedBytes, ClusterLimits.COPY_BYTES_PER_SECOND_MIN, ClusterLimits.COPY_BYTES_PER_SECOND_MAX));
        this.fetch = fetch;
        this.directory = directory;
        this.leadershipMoved = leadershipMoved;
        this.room = DiskRoom.of(settings.data(), shardCount, settings.checkpointBytes());
        this.holdings = Holdings.open(settings.data());
        this.files = new GroupFiles(settings.data(), holdings);
        this.unopened = new Unopened(aside);
    }

    /** As {@link GroupFiles#held}. */
    SortedSet<GroupId> held() throws IOException {
        return files.held();
    }

    /** As {@link GroupFiles#markOpened}, once every group that is open has a leader. */
    void markOpened() throws IOException {
        if (open.values().stream().allMatch(each -> each.log().leader().isPresent())) {
            files.markOpened();
        }
    }

    /** As {@link Unopened#announce}. */
    void announce(Set<GroupId> groups) {
        unopened.announce(groups);
    }

    /**
     * Opens a group, unless it is set aside as damaged, or is found to be. The node goes on without it in either case, unless it
     * is alone, or the group is the catalog and cannot be made anew from others.
     *
     * @param founders as {@link ReplicationEngine#open} has them
     */
    void open(GroupId group, List<Member> founders) throws IOException {
        if (aside.reason(group).isPresent() || open.containsKey(group)) {
            return;
        }
        ShardStore store = null;
        try {
            requireLog(group);
            store = ShardStore.open(new DiskFileSystem(), files.storeOf(group));
            if (group.equals(GroupId.CATALOG)) {
                openCatalog(store, founders);
            } else {
                openShard(group, store, founders);
            }
            if (settings.cluster().isPresent()) {
                holdings.add(group);
            }
            unopened.opened(group);
        } catch (IOException | RuntimeException e) {
            boolean spared = canSpare(group);
            endHalfOpen(group, store, e);
            if (Verdict.of(e, spared) == Verdict.SET_ASIDE) {
                aside.mark(group, e);
                aside.move(group, List.of(files.storeOf(group), engine.leave(group)));
            } else if (Verdict.isDamage(e) && settings.cluster().isPresent() && !group.equals(GroupId.CATALOG)) {
                refuse(group, e);
            } else {
                throw e;
            }
        } finally {
            unopened.tried(group);
        }
    }

    /** Whoever is alone founds its groups anew if it has an empty directory, and nobody relies on a vote of it. */
    private void requireLog(GroupId group) throws DamagedLogException {
        if (settings.cluster().isPresent() && holdings.has(group) && !engine.hasLog(group)) {
            throw new DamagedLogException("this node has a replica of the " + group
                    + ", but the whole directory of its log is missing in "
                    + settings.data().resolve("raft"));
        }
    }

    /** Its files stay where they are: they may be the only ones, or one half of a majority. The other groups go on. */
    private void refuse(GroupId group, Exception why) {
        String reason = why.getMessage() == null ? why.toString() : why.getMessage();
        String refusal =
                reason + "; it cannot be made anew from the other members, as there is no majority of the group without"
                        + " this node. Restore its files from a backup, and start this node again";
        unopened.refuse(group, refusal);
        LOG.error("The {} is not opened on this node, others are: {}", group, refusal);
    }

    /** It may have been told of its log, and so be listed, before that turned out to be damaged. */
    private void endHalfOpen(GroupId group, @Nullable ShardStore store, Exception why) {
        try {
            Open half = open.remove(group);
            source.remove(group);
            if (half == null) {
                if (store != null) {
                    store.close();
                }
                return;
            }
            if (half.shard() != null) {
                half.shard().stop();
            }
            if (settings.cluster().isPresent()) {
                engine.leave(group);
            }
            closeStore(half);
        } catch (IOException | RuntimeException e) {
            why.addSuppressed(e);
        }
    }

    /**
     * Whether a group can have this node's replica made anew from its other members, by the newest configuration that is
     * known here: the log's, else the one on its disk. Only if neither can be read the seeds say how many nodes there are.
     */
    boolean canSpare(GroupId group) {
        List<Integer> members = log(group)
                .map(log -> log.members().stream().map(Member::node).toList())
                .orElse(List.of());
        if (members.isEmpty()) {
            members = engine.membersOnDisk(group);
        }
        return members.isEmpty()
                ? settings.cluster()
                        .map(cluster -> cluster.seeds().stream().distinct().count() > Verdict.OTHERS_MIN)
                        .orElse(false)
                : Verdict.canSpare(members, node());
    }

    private void openCatalog(ShardStore store, List<Member> founders) throws IOException {
        CatalogReplica replica = new CatalogReplica(store, shardCount, clock, failures);
        replica.catchUpBy(fetch);
        replica.knows(settings.edition());
        engine.open(
                GroupId.CATALOG,
                new Group(
                        replica,
                        log -> {
                            replica.attach(log);
                            add(new Open(
                                    GroupId.CATALOG,
                                    log,
                                    replica.checkpointer(),
                                    null,
                                    null,
                                    replica,
                                    new LoadMeter(GroupId.CATALOG)));
                        },
                        _ -> leadershipMoved.accept(GroupId.CATALOG)),
                founders);
    }

    private void openShard(GroupId group, ShardStore store, List<Member> founders) throws IOException {
        ShardReplica replica = new ShardReplica(group.number() - 1, store, settings.checkpointBytes(), clock, failures);
        replica.catchUpBy(fetch);
        replica.refusePublishesWhile(room::isLow);
        replica.knows(settings.edition(), this::clustersEdition);
        engine.open(
                group,
                new Group(
                        replica,
                        log -> add(new Open(
                                group,
                                log,
                                replica.checkpointer(),
                                replica,
                                replica.attach(log, directory),
                                null,
                                new LoadMeter(group))),
                        _ -> leadershipMoved.accept(group)),
                founders);
    }

    private void add(Open opened) {
        open.put(opened.group(), opened);
        source.add(opened.group(), opened.checkpointer());
    }

    /** What other nodes copy from. */
    CheckpointSource source() {
        return source;
    }

    /** Bytes of all entries applied since the start. */
    long appliedBytes() {
        return open.values().stream()
                .mapToLong(each -> each.checkpointer().appliedBytes())
                .sum();
    }

    /** To which the cluster has come, as far as this node knows. */
    private int clustersEdition() {
        Open there = open.get(GroupId.CATALOG);
        CatalogReplica replica = there == null ? null : there.catalog();
        return replica == null ? Edition.FIRST : replica.machine().edition().edition();
    }

    /** The catalog's replica; there on every node that has started. */
    CatalogReplica catalog() {
        Open there = open.get(GroupId.CATALOG);
        CatalogReplica replica = there == null ? null : there.catalog();
        if (replica == null) {
            throw new IllegalStateException("the catalog's replica is damaged, and waits to be made anew");
        }
        return replica;
    }

    /** The catalog's log, as {@link #catalog} has its replica. */
    ReplicatedLog catalogLog() {
        return log(GroupId.CATALOG)
                .orElseThrow(() -> new IllegalStateException("no replica of the " + GroupId.CATALOG));
    }

    Optional<ReplicatedLog> log(GroupId group) {
        return Optional.ofNullable(open.get(group)).map(Open::log);
    }

    Optional<Open> find(GroupId group) {
        return Optional.ofNullable(open.get(group));
    }

    /** Sorted by number, the catalog first. */
    List<Open> all() {
        List<Open> all = new ArrayList<>(open.values());
        all.sort(Comparator.comparingInt(each -> each.group().number()));
        return all;
    }

    /** The shards, sorted. */
    List<ShardReplica> shards() {
        List<ShardReplica> shards = new ArrayList<>();
        for (Open each : all()) {
            if (each.shard() != null) {
                shards.add(each.shard());
            }
        }
        return shards;
    }

    // ---- Orders

    @Override
    public int node() {
        return settings.number();
    }

    /** As {@link DiskRoom#free}. */
    FreeDisk disk() {
        return room.free();
    }

    @Override
    public boolean isShortOfRoom() {
        return room.isShort();
    }

    @Override
    public List<ReplicaState> replicas() {
        List<ReplicaState> states = new ArrayList<>();
        for (Open each : all()) {
            states.add(stateOf(each));
        }
        states.addAll(unopened.states(open::containsKey));
        return states;
    }

    private static ReplicaState stateOf(Open replica) {
        ReplicatedLog log = replica.log();
        LogPosition applied = replica.checkpointer().applied();
        return new ReplicaState(
                replica.group(),
                log.isLeader(),
                log.leader(),
                log.term(),
                applied.index(),
                applied.index(),
                replica.checkpointer().checkpointed().index(),
                replica.checkpointer().segmentBytes(),
                log.members(),
                log.progress(),
                null);
    }

    @Override
    public List<ShardLoad> loads() {
        long now = System.nanoTime();
        List<ShardLoad> loads = new ArrayList<>();
        for (Open each : all()) {
            if (each.shard() != null) {
                loads.add(each.meter()
                        .load(each.checkpointer().appliedBytes(), each.shard().appliedCommands(), now));
            }
        }
        return loads;
    }

    @Override
    public void open(GroupId group) throws IOException {
        if (unopened.isAnnounced(group)) {
            throw new IOException(
                    "the " + group + " is opened when the catalog's replica is there, which all others ask");
        }
        Open there = open.get(group);
        if ((there != null && there.log().hasLeft()) || unopened.isLeftOver(group)) {
            drop(group); // The engine has closed it, or half of it is gone; nothing would ever come of it.
        }
        open(group, List.of());
    }

    /**
     * From now on this node holds on to the catalog's replica that it has: if that is dropped, because the others have taken this
     * node out of the members, the process ends, and has another one when it starts again.
     */
    void keepCatalog() {
        catalogKept = true;
    }

    @Override
    public void drop(GroupId group) throws IOException {
        try {
            dropAll(group);
            unopened.gone(group);
        } catch (IOException | RuntimeException e) {
            unopened.leave(group, "it could not be deleted: " + e.getMessage());
            throw e;
        }
    }

    private void dropAll(GroupId group) throws IOException {
        Open there = open.get(group);
        boolean endsProcess = there != null && there.catalog() != null && catalogKept;
        if (there != null) {
            close(there);
            open.remove(group); // Not before: what fails is found again, and repeated.
            LOG.info("The replica of the {} is dropped", group);
        }
        String why = unopened.refusal(group);
        if (why != null) {
            aside.mark(group, new DamagedLogException(why));
        }
        if (aside.reason(group).isPresent()) { // The node may have ended after it was marked, before it was moved.
            aside.move(group, List.of(files.storeOf(group), engine.leave(group)));
        }
        engine.drop(group);
        SetAside.delete(files.storeOf(group));
        unopened.dropped(group);
        holdings.remove(group);
        aside.readmit(group);
        if (endsProcess) {
            IOException left =
                    new IOException("the others have taken this node's replica of the catalog out of the members."
                            + " It begins another one when the node starts again");
            failures.failed(group, left);
            throw left;
        }
    }

    /** Ends a replica that is damaged, for {@link weir.cluster.damage.FailedReplicas}. Returns what is left of it. */
    List<Path> end(GroupId group) throws IOException {
        Open there = open.remove(group);
        if (there != null) {
            source.remove(group);
            if (there.shard() != null) {
                there.shard().stop();
            }
        }
        Path log = engine.leave(group);
        if (there != null) {
            closeStore(there);
        }
        return List.of(files.storeOf(group), log);
    }

    private void close(Open there) throws IOException {
        source.remove(there.group());
        if (there.shard() != null) {
            there.shard().stop();
        }
        engine.leave(there.group());
        closeStore(there);
    }

    private static void closeStore(Open there) {
        if (there.shard() != null) {
            there.shard().close();
        }
        if (there.catalog() != null) {
            there.catalog().close();
        }
    }

    @Override
    public CompletableFuture<Void> changeMembers(GroupId group, List<Member> members, int preferred) {
        return log(group)
                .map(log -> log.changeMembers(members, preferred))
                .orElseGet(() -> CompletableFuture.failedFuture(none(group)));
    }

    @Override
    public CompletableFuture<Void> transferLeadership(GroupId group, int node) {
        return log(group)
                .map(log -> log.transferLeadership(node))
                .orElseGet(() -> CompletableFuture.failedFuture(none(group)));
    }

    private IOException none(GroupId group) {
        return new IOException("node " + node() + " has no replica of the " + group);
    }

    // ---- The end

    /** Ends the leader's sides; before the engine is closed. */
    void stop() {
        try (Closing all = new Closing()) {
            for (ShardReplica shard : shards().reversed()) {
                all.add("the leader's side of shard " + shard.shard(), shard::stop);
            }
        }
    }

    /** After the engine was closed: nothing is applied any more. */
    @Override
    public void close() {
        try (Closing all = new Closing()) {
            for (Open each : all()) {
                all.add("the " + each.group(), () -> closeStore(each));
            }
            all.add("what others copy from", source::close);
        }
    }
}
