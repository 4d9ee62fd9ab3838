package weir.cluster;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import weir.cluster.catalog.CatalogClient;
import weir.cluster.catalog.CatalogService;
import weir.cluster.checkpoint.CheckpointFetch;
import weir.cluster.checkpoint.Throttle;
import weir.cluster.damage.Scrub;
import weir.cluster.damage.SetAside;
import weir.cluster.forming.FormingException;
import weir.cluster.forming.Identity;
import weir.cluster.forward.ShardService;
import weir.cluster.placement.Definitions;
import weir.cluster.placement.PlacementRules;
import weir.cluster.placement.PlacementService;
import weir.cluster.ratis.RatisEngine;
import weir.cluster.replication.FailureListener;
import weir.cluster.replication.GroupId;
import weir.cluster.replication.ReplicatedLog;
import weir.cluster.shard.Directory;
import weir.cluster.shard.Shard;
import weir.core.Batch;
import weir.core.PartitionId;
import weir.core.PartitionStatus;
import weir.core.Position;
import weir.core.broker.Broker;
import weir.core.broker.CatalogWatch;
import weir.core.broker.Fetch;
import weir.core.broker.FetchOutcome;
import weir.core.broker.Neighbours;
import weir.core.broker.Outcome;
import weir.core.broker.OutcomeUnknownException;
import weir.core.broker.PartitionPlace;
import weir.core.broker.Peeked;
import weir.core.broker.PublishOutcome;
import weir.core.broker.Receipt;
import weir.core.broker.Receive;
import weir.core.broker.TopicOffsets;
import weir.core.catalog.CatalogCommand;
import weir.core.catalog.CatalogReply;
import weir.core.catalog.Definition;
import weir.core.catalog.Queue;
import weir.core.cluster.ClusterControl;
import weir.core.cluster.FreeDisk;
import weir.core.shard.Command;
import weir.core.shard.Refusal;
import weir.core.shard.Reply;

/**
 * A node: its replicas over one replication engine, and the way to the replicas of other nodes, as a {@link Broker}. A page of
 * wiring, and each call to who answers it; a node that is alone is a cluster of one, by the same code.
 */
public final class ClusterNode implements Broker, Directory, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterNode.class);

    private final NodeSettings settings;
    private final Identity identity;
    private final RatisEngine engine;
    private final Replicas replicas;
    private final Ways ways;
    private final PartitionCalls partitionCalls;
    private final TopicCalls topicCalls;
    private final QueueCalls queueCalls;
    private final Definitions definitions = Definitions.of(this);
    private final Neighbourhood neighbours;
    private final CatalogClient catalog;
    private final Carrying carrying;
    private final PlacementService placement;
    private final Conducting conducting;
    private final Scrub scrub;
    private final Raising raising;
    private final Keeper keeper;
    private final ForTests forTests;
    /** All that was opened, the last first: whoever asks for something ends before what it asks. */
    private final Closing closing = new Closing();

    private volatile boolean constructed;

    /**
     * Opens the node's data, finds its cluster, replays its logs, and returns when it can serve. Waits for the other nodes as
     * long as that takes.
     *
     * @param clock what leases, delays and every other deadline go by; it may jump ahead, see {@link #clockMoved}
     * @param failures told when a replica had to stop; the process should end then
     * @throws FormingException if the node cannot be in the cluster that it was told of
     * @throws IOException if the data cannot be read, or is damaged
     */
    public static ClusterNode open(NodeSettings settings, InstantSource clock, FailureListener failures)
            throws FormingException, IOException, InterruptedException {
        Formed formed = Formed.await(settings, failures);
        boolean opened = false;
        try {
            ClusterNode node = new ClusterNode(settings, formed, clock);
            opened = true;
            try {
                node.start(formed);
                return node;
            } catch (FormingException | IOException | InterruptedException | RuntimeException | Error e) {
                node.closeAfter(e);
                throw e;
            }
        } finally {
            if (!opened) {
                formed.engine().close();
            }
        }
    }

    /** A node that is alone, by the system's clock. */
    public static ClusterNode open(Path data, int shards, FailureListener failures)
            throws IOException, InterruptedException {
        return alone(NodeSettings.alone(data, shards), InstantSource.system(), failures);
    }

    /** A node that is alone: it has nobody to disagree with. */
    public static ClusterNode alone(NodeSettings settings, InstantSource clock, FailureListener failures)
            throws IOException, InterruptedException {
        try {
            return open(settings, clock, failures);
        } catch (FormingException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private ClusterNode(NodeSettings settings, Formed formed, InstantSource clock)
            throws IOException, InterruptedException {
        identity = formed.identity();
        // A cluster that is joined has its own number of shards, which share the memory.
        this.settings = settings.cluster().isEmpty() ? settings : settings.sharedBy(identity.shards());
        engine = formed.engine();
        SetAside aside = SetAside.open(settings.data());
        replicas = new Replicas(
                this.settings,
                identity.shards(),
                engine,
                clock,
                formed.failures(),
                aside,
                new CheckpointFetch(engine.peers()),
                this,
                this::leadershipMoved);
        closing.add("the replicas' files", replicas::close);
        closing.add("the replication engine", engine::close);
        closing.add("the leaders' sides", replicas::stop);
        try {
            formed.failures().mend(aside, replicas);
            OwnView view = new OwnView(settings.number(), identity, replicas);
            ways = new Ways(replicas, identity.shards(), view, engine.peers(), closing);
            partitionCalls = new PartitionCalls(ways);
            topicCalls = new TopicCalls(ways);
            queueCalls = new QueueCalls(ways);
            neighbours = new Neighbourhood(view, definitions, engine.peers());
            forTests = new ForTests(replicas, ways, clock);
            placement = new PlacementService(
                    replicas,
                    engine.peers(),
                    definitions,
                    () -> replicas.log(GroupId.CATALOG)
                            .map(ReplicatedLog::leader)
                            .orElse(OptionalInt.empty()),
                    settings.cluster()
                            .map(cluster -> new PlacementRules(cluster.replicas(), cluster.replaceAfter()))
                            .orElse(PlacementRules.DEFAULT));
            closing.add("placement", placement::close);
            conducting = new Conducting(replicas, placement);
            new Opening(this.settings, identity, replicas, aside, formed.failures()).openAll(formed.desk(), placement);
            catalog = new CatalogClient(
                    settings.number(), replicas.catalog(), replicas.catalogLog(), view::member, engine.peers());
            closing.add("the way to the catalog", catalog::close);
            carrying = new Carrying(catalog, replicas, queueCalls::submitAll);
            scrub = new Scrub(
                    () -> replicas.all().stream()
                            .map(Replicas.Open::checkpointer)
                            .toList(),
                    new Throttle(
                            replicas::appliedBytes,
                            ClusterLimits.SCRUB_BYTES_PER_SECOND_MIN,
                            ClusterLimits.SCRUB_BYTES_PER_SECOND_MAX),
                    settings.cluster().map(NodeSettings.Cluster::scrubEvery).orElse(ClusterLimits.SCRUB_INTERVAL));
            closing.add("the search for damage", scrub::close);
            raising = new Raising(
                    settings.edition(), formed.file(), replicas, definitions::nodes, carrying::change, ways::submit);
            keeper = new Keeper(replicas, carrying, raising, settings.cluster().isEmpty(), this::lookAfterGroups);
            closing.add("the keeper", keeper::close);
            replicas.keepCatalog();
            constructed = true;
            formed.desk()
                    .open(new PeerDesk.Services(
                            new ShardService(view),
                            new CatalogService(
                                    replicas.catalog(),
                                    () -> replicas.catalogLog().leader().orElse(0)),
                            replicas.source(),
                            neighbours));
            formed.desk().open(placement);
        } catch (IOException | InterruptedException | RuntimeException | Error e) {
            closeAfter(e);
            throw e;
        }
    }

    /** What was opened before something failed; that is what is told, not what else may go wrong now. */
    private void closeAfter(Throwable failure) {
        try {
            closing.close();
        } catch (RuntimeException e) {
            failure.addSuppressed(e);
        }
    }

    private void start(Formed formed) throws FormingException, IOException, InterruptedException {
        Starting starting = new Starting(formed, replicas);
        try {
            if (settings.cluster().isEmpty()) {
                starting.alone();
                carrying.reconcileAll();
                raising.round(); // Before anybody asks for what only the newest edition has.
            } else {
                starting.inCluster(this);
                new Registration(
                                settings.cluster().get(),
                                settings.edition(),
                                identity,
                                definitions,
                                () -> replicas.catalog().machine().edition().next())
                        .write();
            }
        } catch (OutcomeUnknownException e) {
            throw new IOException("the definitions cannot be carried out: " + e.getMessage(), e);
        }
        keeper.start();
        watch(keeper);
        if (settings.cluster().isPresent()) {
            scrub.start(); // Who is alone could not be mended, and would end for a message that nobody may ask for.
        }
    }

    /** Addresses in the groups' configurations are the conductor's to change; here they are only gone by. */
    private void lookAfterGroups() {
        if (settings.cluster().isEmpty()) {
            return;
        }
        conducting.ifLeading();
        try {
            replicas.markOpened();
        } catch (IOException e) {
            LOG.warn("It cannot be noted that all groups are open, and is tried again: {}", e.toString());
        }
        definitions.nodes().forEach(node -> engine.know(node.member()));
    }

    /** On a thread of the engine, so what may wait goes elsewhere. */
    private void leadershipMoved(GroupId group) {
        if (!constructed) {
            return; // The keeper's first round sees to it.
        }
        Thread.ofVirtual().start(() -> {
            if (!group.equals(GroupId.CATALOG)) {
                ways.leadershipMoved(group.number() - 1);
                keeper.wake();
                return;
            }
            catalog.leadershipMoved();
            keeper.wake();
            if (settings.cluster().isPresent()) {
                conducting.ifLeading();
            }
        });
    }

    // ---- Definitions

    @Override
    public Optional<Queue> find(String name) {
        return replicas.catalog().machine().find(name);
    }

    @Override
    public Optional<Queue> find(long queueId) {
        return replicas.catalog().machine().find(queueId);
    }

    @Override
    public List<Queue> list(String prefix, String after, int max) {
        return replicas.catalog().machine().list(prefix, after, max);
    }

    @Override
    public Optional<Definition> definition(String kind, String name) {
        return replicas.catalog().machine().definition(kind, name);
    }

    @Override
    public List<Definition> definitions(String kind, String prefix, String after, int max) {
        return replicas.catalog().machine().definitions(kind, prefix, after, max);
    }

    @Override
    public void catchUp() throws OutcomeUnknownException, InterruptedException {
        catalog.catchUp();
    }

    @Override
    public void watch(CatalogWatch watch) {
        replicas.catalog().watch(watch);
    }

    @Override
    public CatalogReply change(CatalogCommand command) throws OutcomeUnknownException, InterruptedException {
        return carrying.change(command);
    }

    // ---- Messages

    @Override
    public Shard shard(int shard) {
        return ways.to(shard);
    }

    @Override
    public int shardOf(PartitionId partition) {
        return ways.shardOf(partition);
    }

    @Override
    public Reply submit(Command.OfPartition command) throws OutcomeUnknownException, InterruptedException {
        return partitionCalls.submit(command);
    }

    @Override
    public List<Outcome> submitAll(List<? extends Command.OfPartition> commands) throws InterruptedException {
        return queueCalls.submitAll(commands, ways::knownShardOf);
    }

    @Override
    public List<PublishOutcome> publish(Queue queue, List<Batch> batches) throws InterruptedException {
        return queueCalls.publish(queue, batches);
    }

    @Override
    public List<List<PublishOutcome>> fanOut(List<Command.Copies> messages) throws InterruptedException {
        return partitionCalls.fanOut(messages);
    }

    @Override
    public Receipt receive(Receive receive, Duration patience) throws OutcomeUnknownException, InterruptedException {
        Optional<Queue> queue = find(receive.queue());
        return queue.isEmpty()
                ? new Receipt.Refused(Refusal.NO_SUCH_QUEUE)
                : queueCalls.receive(queue.get(), receive, patience);
    }

    @Override
    public Receipt receive(Command.Acquire acquire, Duration patience)
            throws OutcomeUnknownException, InterruptedException {
        return partitionCalls.receive(acquire, patience);
    }

    @Override
    public List<FetchOutcome> fetch(List<Fetch> fetches, int bytesMax, Duration patience) throws InterruptedException {
        return topicCalls.fetch(fetches, bytesMax, patience);
    }

    @Override
    public Optional<TopicOffsets> offsets(PartitionId partition, long atMillis)
            throws OutcomeUnknownException, InterruptedException {
        return topicCalls.offsets(partition, atMillis);
    }

    @Override
    public boolean leads(PartitionId partition) {
        return ways.leadsHere(ways.shardOf(partition));
    }

    @Override
    public PartitionPlace place(PartitionId partition) {
        return ways.place(ways.shardOf(partition));
    }

    @Override
    public List<Peeked> peek(PartitionId partition, Position from, int max)
            throws OutcomeUnknownException, InterruptedException {
        return partitionCalls.peek(partition, from, max);
    }

    @Override
    public Optional<PartitionStatus> status(PartitionId partition)
            throws OutcomeUnknownException, InterruptedException {
        return partitionCalls.status(partition);
    }

    /** The same fronts at other nodes. */
    public Neighbours neighbours() {
        return neighbours;
    }

    // ---- The operator

    /** Names the cluster for ever. */
    public Identity identity() {
        return identity;
    }

    /** What is left of this node's disk. */
    public FreeDisk disk() {
        return replicas.disk();
    }

    /** How the cluster is, and what the operator wants of it; none on a node that is alone. */
    public Optional<ClusterControl> control() {
        return settings.cluster().isPresent() ? Optional.of(placement) : Optional.empty();
    }

    // ---- For tests

    /** The time of the last entry of all: a clock that was ahead in an earlier run must not be behind it in this one. */
    public long nowMillis() {
        return forTests.nowMillis();
    }

    /** To be called after the clock was moved on by hand. What is due by that has happened when this returns. */
    public void clockMoved() throws OutcomeUnknownException, InterruptedException {
        forTests.clockMoved();
    }

    /** Deletes every queue and every definition that is there when it is called, one after the other. */
    public void clear() throws OutcomeUnknownException, InterruptedException {
        forTests.clear(this);
    }

    /**
     * Stops taking commands, makes last checkpoints, and lets go of the files.
     *
     * @throws IllegalStateException if a part could not be closed; the others are all the same
     */
    @Override
    public void close() {
        closing.close();
    }
}
