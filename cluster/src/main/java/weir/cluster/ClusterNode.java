package weir.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import weir.cluster.catalog.CatalogClient;
import weir.cluster.catalog.CatalogService;
import weir.cluster.checkpoint.CheckpointFetch;
import weir.cluster.checkpoint.Throttle;
import weir.cluster.damage.FailedReplicas;
import weir.cluster.damage.Scrub;
import weir.cluster.damage.SetAside;
import weir.cluster.forming.Forming;
import weir.cluster.forming.FormingException;
import weir.cluster.forming.Identity;
import weir.cluster.forming.IdentityFile;
import weir.cluster.forward.ClusterView;
import weir.cluster.forward.ShardRouter;
import weir.cluster.forward.ShardService;
import weir.cluster.placement.Definitions;
import weir.cluster.placement.Joining;
import weir.cluster.placement.Node;
import weir.cluster.placement.NodeState;
import weir.cluster.placement.PlacementRules;
import weir.cluster.placement.PlacementService;
import weir.cluster.placement.ShardPlacement;
import weir.cluster.ratis.ClusterTransport;
import weir.cluster.ratis.RatisEngine;
import weir.cluster.replication.FailureListener;
import weir.cluster.replication.GroupId;
import weir.cluster.replication.Member;
import weir.cluster.replication.ReplicatedLog;
import weir.cluster.shard.Directory;
import weir.cluster.shard.NotLeadingException;
import weir.cluster.shard.Patience;
import weir.cluster.shard.Shard;
import weir.cluster.shard.ShardReplica;
import weir.core.Batch;
import weir.core.Edition;
import weir.core.PartitionId;
import weir.core.PartitionStatus;
import weir.core.Position;
import weir.core.broker.Broker;
import weir.core.broker.CatalogWatch;
import weir.core.broker.Deadline;
import weir.core.broker.Outcome;
import weir.core.broker.OutcomeUnknownException;
import weir.core.broker.Peeked;
import weir.core.broker.PublishOutcome;
import weir.core.broker.Receipt;
import weir.core.broker.Receive;
import weir.core.catalog.CatalogCommand;
import weir.core.catalog.CatalogReply;
import weir.core.catalog.ClusterEdition;
import weir.core.catalog.Definition;
import weir.core.catalog.Queue;
import weir.core.cluster.ClusterControl;
import weir.core.shard.Command;
import weir.core.shard.Refusal;
import weir.core.shard.Reply;

/**
 * A node: its replicas over one replication engine, and the way to the replicas of other nodes, as a {@link Broker}. A page of
 * wiring; a node that is alone is a cluster of one, by the same code.
 */
public final class ClusterNode implements Broker, Directory, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterNode.class);

    private final NodeSettings settings;
    private final Identity identity;
    private final InstantSource clock;
    private final RatisEngine engine;
    private final Forming forming;
    private final Replicas replicas;
    private final CatalogClient catalog;
    private final List<ShardRouter> routers = new ArrayList<>();
    private final QueueCalls queueCalls = new QueueCalls(new Ways());
    private final Carrying carrying;
    private final PlacementService placement;
    private final Scrub scrub;
    private final Raising raising;
    private final Keeper keeper;
    /** All that was opened, the last first: whoever asks for something ends before what it asks. */
    private final Closing closing = new Closing();

    /** Guarded by this. */
    private boolean conducting;

    private volatile boolean constructed;
    /** Completed, exceptionally, when the process has to end. */
    private final CompletableFuture<Void> failed = new CompletableFuture<>();

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
        Files.createDirectories(settings.data());
        IdentityFile file = new IdentityFile(settings.data(), settings.edition());
        Optional<Identity> known = file.read();
        if (known.isPresent() && known.get().node() != settings.number()) {
            throw new FormingException("node.id is " + settings.number() + ", but the data directory " + settings.data()
                    + " is that of node " + known.get().node() + "; allowed is the number that it was created with"
                    + " (WEIR_NODE_ID)");
        }
        PeerDesk desk = new PeerDesk();
        LaterListener listener = new LaterListener(failures);
        RatisEngine engine = new RatisEngine(
                settings.data().resolve("raft"),
                settings.self(),
                settings.cluster().map(cluster -> new ClusterTransport(cluster.bind(), cluster.tls(), desk)),
                listener);
        boolean opened = false;
        try {
            Optional<NodeSettings.Cluster> cluster = settings.cluster();
            Forming forming = new Forming(
                    settings.self(),
                    cluster.map(NodeSettings.Cluster::seeds).orElse(List.of()),
                    settings.shards(),
                    cluster.map(NodeSettings.Cluster::rack).orElse(""),
                    cluster.map(NodeSettings.Cluster::fronts).orElse(new TreeMap<>()),
                    file,
                    known,
                    Replicas.wasOpen(settings.data(), known),
                    settings.edition());
            desk.open(forming);
            if (cluster.isPresent()) {
                engine.start();
            }
            Identity identity = forming.form(engine.peers());
            engine.belongsTo(identity.cluster());
            ClusterNode node = new ClusterNode(settings, identity, file, clock, engine, forming, desk, listener);
            opened = true;
            try {
                node.start();
                return node;
            } catch (FormingException | IOException | InterruptedException | RuntimeException | Error e) {
                node.closeAfter(e);
                throw e;
            }
        } finally {
            if (!opened) {
                engine.close();
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

    /** Of failures while the node is opened and after, when there is more to be done about them. */
    private static final class LaterListener implements FailureListener {
        private volatile FailureListener now;

        LaterListener(FailureListener first) {
            now = first;
        }

        @Override
        public void failed(GroupId group, Throwable cause) {
            now.failed(group, cause);
        }
    }

    private ClusterNode(
            NodeSettings settings,
            Identity identity,
            IdentityFile file,
            InstantSource clock,
            RatisEngine engine,
            Forming forming,
            PeerDesk desk,
            LaterListener listener)
            throws IOException, InterruptedException {
        // A cluster that is joined has its own number of shards, which share the memory.
        this.settings = settings.cluster().isEmpty() ? settings : settings.sharedBy(identity.shards());
        this.identity = identity;
        this.clock = clock;
        this.engine = engine;
        this.forming = forming;
        SetAside aside = SetAside.open(settings.data());
        FailureListener process = listener.now;
        replicas = new Replicas(
                this.settings,
                identity.shards(),
                engine,
                clock,
                listener,
                aside,
                new CheckpointFetch(engine.peers()),
                this,
                this::leadershipMoved);
        closing.add("the replicas' files", replicas::close);
        closing.add("the replication engine", engine::close);
        closing.add("the leaders' sides", replicas::stop);
        try {
            // Too much holds on to the catalog's replica for it to be made anew in a node that runs.
            listener.now = new FailedReplicas(
                    aside, replicas::canSpare, GroupId.CATALOG::equals, replicas::end, (group, cause) -> {
                        failed.completeExceptionally(cause);
                        process.failed(group, cause);
                    });
            ClusterView view = new View();
            for (int shard = 0; shard < identity.shards(); shard++) {
                ShardRouter router = new ShardRouter(shard, view, engine.peers());
                closing.add("the way to shard " + shard, router::close);
                routers.add(router);
            }
            placement = new PlacementService(
                    replicas,
                    engine.peers(),
                    Definitions.of(this),
                    () -> replicas.log(GroupId.CATALOG)
                            .map(ReplicatedLog::leader)
                            .orElse(OptionalInt.empty()),
                    settings.cluster()
                            .map(cluster -> new PlacementRules(cluster.replicas(), cluster.replaceAfter()))
                            .orElse(PlacementRules.DEFAULT));
            closing.add("placement", placement::close);
            openReplicas(aside, desk);
            catalog = new CatalogClient(
                    settings.number(), replicas.catalog(), log(GroupId.CATALOG), view::member, engine.peers());
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
                    settings.edition(), file, replicas, Definitions.of(this)::nodes, carrying::change, this::submit);
            keeper = new Keeper(replicas, carrying, raising, settings.cluster().isEmpty(), this::lookAfterGroups);
            closing.add("the keeper", keeper::close);
            replicas.keepCatalog();
            constructed = true;
            desk.open(new PeerDesk.Services(
                    new ShardService(view),
                    new CatalogService(
                            replicas.catalog(),
                            () -> log(GroupId.CATALOG).leader().orElse(0)),
                    replicas.source()));
            desk.open(placement);
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

    /** The first time what was agreed on at founding, later what has files here. The catalog first: the shards ask it. */
    private void openReplicas(SetAside aside, PeerDesk desk) throws IOException, InterruptedException {
        SortedSet<GroupId> held = replicas.held();
        // Who is alone is always the one founder; what a log says of its members goes before that.
        boolean first = settings.cluster().isEmpty() || !Replicas.wasOpen(settings.data(), Optional.of(identity));
        boolean listens = settings.cluster().isPresent() && identity.beginsWithoutVote();
        replicas.open(
                GroupId.CATALOG,
                listens ? List.of(settings.self().voting(false)) : first ? foundersOf(GroupId.CATALOG) : List.of());
        if (aside.reason(GroupId.CATALOG).isPresent()) {
            replicas.announce(held);
            desk.open(placement);
            awaitCatalogAnew(aside);
        }
        for (int shard = 0; shard < identity.shards(); shard++) {
            GroupId group = GroupId.shard(shard);
            List<Member> founders = first ? foundersOf(group) : List.of();
            if (held.contains(group) || founders.stream().anyMatch(each -> each.node() == settings.number())) {
                replicas.open(group, founders);
            }
        }
    }

    /**
     * Until whoever conducts has had this node's damaged replica of the catalog removed from the members, and an empty one
     * opened here: that needs a majority of the other members. Nothing else is opened before, since all of it asks the catalog.
     */
    private void awaitCatalogAnew(SetAside aside) throws IOException, InterruptedException {
        for (long looks = 0; replicas.find(GroupId.CATALOG).isEmpty(); looks++) {
            if (failed.isDone()) {
                throw new IOException("a replica had to stop: " + failed.exceptionNow(), failed.exceptionNow());
            }
            if (looks % ClusterLimits.LOOKS_BETWEEN_GREETINGS == 0) {
                LOG.warn(
                        "Waiting for the catalog's replica to be made anew from the other nodes'. It was damaged: {}",
                        aside.reason(GroupId.CATALOG).orElse("it is removed by now, and about to be opened"));
            }
            Thread.sleep(ClusterLimits.CATALOG_AWAITED);
        }
    }

    private List<Member> foundersOf(GroupId group) {
        return settings.cluster().isEmpty()
                ? List.of(settings.self())
                : identity.foundersOf(group).stream()
                        .map(founder -> founder.node() == settings.number() ? settings.self() : founder)
                        .toList();
    }

    private ReplicatedLog log(GroupId group) {
        return replicas.log(group).orElseThrow(() -> new IllegalStateException("no replica of the " + group));
    }

    private void start() throws FormingException, IOException, InterruptedException {
        try {
            if (settings.cluster().isEmpty()) {
                engine.start();
                for (Replicas.Open each : replicas.all()) {
                    awaitLeading(each);
                }
                carrying.reconcileAll();
                raising.round(); // Before anybody asks for what only the newest edition has.
            } else {
                forming.formed(new Entrance());
                awaitCatalog();
                register(settings.cluster().get());
            }
        } catch (OutcomeUnknownException e) {
            throw new IOException("the definitions cannot be carried out: " + e.getMessage(), e);
        }
        keeper.start();
        if (settings.cluster().isPresent()) {
            scrub.start(); // Who is alone could not be mended, and would end for a message that nobody may ask for.
        }
    }

    private void awaitLeading(Replicas.Open each) throws IOException, InterruptedException {
        CompletableFuture<Void> leading = each.shard() != null
                ? each.shard().whenLeading()
                : replicas.catalog().whenLeading();
        try {
            CompletableFuture.anyOf(leading, failed).get(ClusterLimits.OPEN.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException _) {
            throw new IOException("the " + each.group() + " has no leader after " + ClusterLimits.OPEN);
        } catch (ExecutionException e) {
            throw new IOException("a replica had to stop: " + e.getCause(), e.getCause());
        }
    }

    /** Until this node's catalog is a part of the cluster's, and knows what was answered before. */
    private void awaitCatalog() throws FormingException, IOException, InterruptedException {
        for (long looks = 1; ; looks++) {
            if (failed.isDone()) {
                throw new IOException("a replica had to stop: " + failed.exceptionNow(), failed.exceptionNow());
            }
            ReplicatedLog log = log(GroupId.CATALOG);
            if (!log.members().isEmpty() && log.leader().isPresent()) {
                try {
                    catalog.catchUp();
                    return;
                } catch (OutcomeUnknownException e) {
                    LOG.info("The catalog has no leader yet: {}", e.getMessage());
                }
            }
            if (looks % ClusterLimits.LOOKS_BETWEEN_GREETINGS == 0) {
                LOG.info("Waiting for the catalog: members {}, leader {}", log.members(), log.leader());
                forming.greet(engine.peers());
            }
            Thread.sleep(ClusterLimits.CATALOG_AWAITED);
        }
    }

    /** Says in the catalog where this node is; the founders also who holds what. */
    private void register(NodeSettings.Cluster own)
            throws OutcomeUnknownException, FormingException, InterruptedException {
        Definitions definitions = Definitions.of(this);
        List<Member> founders =
                identity.founders().isEmpty() && definitions.nodes().isEmpty()
                        ? List.of(own.self())
                        : identity.founders();
        for (Member founder : founders) { // Who is not there yet is to be known before anybody is judged by who is.
            if (founder.node() != settings.number()
                    && definition(Node.KIND, Integer.toString(founder.node())).isEmpty()) {
                change(Node.joining(founder, "", new TreeMap<>(), Edition.FIRST).define());
            }
        }
        boolean written = false;
        for (int tries = 0; tries < ClusterLimits.CHANGES_ANEW && !written; tries++) {
            Optional<Node> before = definitions.nodes().stream()
                    .filter(node -> node.number() == own.self().node())
                    .findFirst();
            Node now = before.map(there -> there.restarted(own.self(), own.rack(), own.fronts(), settings.edition()))
                    .orElseGet(() -> Node.joining(
                            own.self().voting(!identity.beginsWithoutVote()),
                            own.rack(),
                            own.fronts(),
                            settings.edition()));
            written = now.equals(before.orElse(null)) || change(now.define()) instanceof CatalogReply.Defined;
        }
        int agreed = replicas.catalog().machine().edition().next();
        Optional<String> outgrown = Edition.refusal("the cluster", agreed, Edition.OLDEST, settings.edition());
        if (outgrown
                .isPresent()) { // It was announced while this node came back with an older release than it ended with.
            throw new FormingException(outgrown.get());
        }
        Identity founded = new Identity(identity.cluster(), identity.shards(), settings.number(), founders);
        if (founders.stream().noneMatch(founder -> founder.node() == settings.number())) {
            return;
        }
        for (int shard = 0; shard < identity.shards(); shard++) {
            if (definition(ShardPlacement.KIND, Integer.toString(shard)).isEmpty()) {
                List<Integer> nodes = founded.foundersOf(GroupId.shard(shard)).stream()
                        .map(Member::node)
                        .toList();
                change(new ShardPlacement(
                                shard,
                                nodes,
                                founded.firstLeaderOf(GroupId.shard(shard)),
                                false,
                                "as the cluster was founded",
                                Definition.NEW)
                        .define());
            }
        }
    }

    /** Lets other nodes in. */
    private final class Entrance implements Forming.Admission {
        @Override
        public void heard(Member member) {
            engine.know(member);
        }

        @Override
        public int edition() {
            return replicas.catalog().machine().edition().next();
        }

        @Override
        public Optional<String> refusal(Member returning) {
            return Joining.refusal(Definitions.of(ClusterNode.this).nodes(), returning);
        }

        @Override
        public Optional<String> admit(Member joining, String rack, SortedMap<String, String> fronts, int newest)
                throws IOException, InterruptedException {
            try {
                catalog.catchUp();
                Optional<String> refusal = refusal(joining);
                if (refusal.isPresent()) {
                    return refusal;
                }
                boolean member =
                        log(GroupId.CATALOG).members().stream().anyMatch(there -> there.node() == joining.node());
                if (member) {
                    return Optional.of("node " + joining.node()
                            + " is a member, but the one that asks has an empty data directory; if what it had is lost: weir"
                            + " cluster remove " + joining.node()
                            + " --force, and start it with a number that was never used");
                }
                // One that is there already stays.
                change(Node.joining(joining.voting(!votersAreEnough()), rack, fronts, newest)
                        .define());
                if (edition() > newest) { // It was announced meanwhile, by who did not see this node yet.
                    change(new CatalogCommand.Undefine(Node.KIND, Integer.toString(joining.node())));
                    return Edition.refusal("the cluster", edition(), Edition.OLDEST, newest);
                }
                return Optional.empty();
            } catch (OutcomeUnknownException e) {
                throw new IOException("the catalog does not answer: " + e.getMessage(), e);
            }
        }

        /** Two nodes that join at once through different ones may both be given a vote; one voter more does no harm. */
        private boolean votersAreEnough() {
            Map<Integer, Member> members = new TreeMap<>();
            log(GroupId.CATALOG).members().forEach(member -> members.put(member.node(), member));
            long voters = Definitions.of(ClusterNode.this).nodes().stream()
                    .filter(node -> node.state() != NodeState.REMOVED)
                    .filter(node -> {
                        Member there = members.get(node.number());
                        return there == null ? node.votes() : there.votes();
                    })
                    .count();
            return voters >= ClusterLimits.CATALOG_VOTERS_MAX;
        }

        @Override
        public boolean listens(Member admitted) {
            return definition(Node.KIND, Integer.toString(admitted.node()))
                    .map(Node::of)
                    .filter(node -> !node.votes())
                    .isPresent();
        }
    }

    /** Addresses in the groups' configurations are the conductor's to change; here they are only gone by. */
    private void lookAfterGroups() {
        if (settings.cluster().isEmpty()) {
            return;
        }
        conductIfLeading();
        try {
            replicas.markOpened();
        } catch (IOException e) {
            LOG.warn("It cannot be noted that all groups are open, and is tried again: {}", e.toString());
        }
        Definitions.of(this).nodes().forEach(node -> engine.know(node.member()));
    }

    /** On a thread of the engine, so what may wait goes elsewhere. */
    private void leadershipMoved(GroupId group) {
        if (!constructed) {
            return; // The keeper's first round sees to it.
        }
        Thread.ofVirtual().start(() -> {
            if (group.equals(GroupId.CATALOG)) {
                catalog.leadershipMoved();
                conductIfLeading();
            } else {
                routers.get(group.number() - 1).leadershipMoved();
                keeper.wake();
            }
        });
    }

    /** Whoever leads the catalog conducts; asked anew each time, as the news of leading and of leading no more may cross. */
    private synchronized void conductIfLeading() {
        boolean leads = settings.cluster().isPresent() && log(GroupId.CATALOG).isLeader();
        if (leads && !conducting) {
            placement.leading();
        } else if (!leads && conducting) {
            placement.notLeading();
        }
        conducting = leads;
    }

    /** What the way to other nodes has to know. */
    private final class View implements ClusterView {
        @Override
        public int self() {
            return settings.number();
        }

        @Override
        public Optional<Shard> local(int shard) {
            return replicas.find(GroupId.shard(shard)).map(Replicas.Open::leader);
        }

        @Override
        public OptionalInt leader(int shard) {
            return replicas.log(GroupId.shard(shard)).map(ReplicatedLog::leader).orElse(OptionalInt.empty());
        }

        @Override
        public List<Integer> replicas(int shard) {
            return definition(ShardPlacement.KIND, Integer.toString(shard))
                    .map(ShardPlacement::of)
                    .map(ClusterNode::preferredFirst)
                    .orElseGet(() -> identity.foundersOf(GroupId.shard(shard)).stream()
                            .map(Member::node)
                            .toList());
        }

        @Override
        public Optional<Member> member(int node) {
            return definition(Node.KIND, Integer.toString(node))
                    .map(definition -> Node.of(definition).member())
                    .or(() -> log(GroupId.CATALOG).members().stream()
                            .filter(member -> member.node() == node)
                            .findFirst());
        }

        @Override
        public Optional<Queue> queue(long id) {
            return find(id);
        }
    }

    private static List<Integer> preferredFirst(ShardPlacement placement) {
        List<Integer> nodes = new ArrayList<>(placement.replicas());
        nodes.remove(Integer.valueOf(placement.leader()));
        nodes.addFirst(placement.leader());
        return nodes;
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
        return routers.get(shard);
    }

    /** A router goes on until it has found who leads, so this is said by a leader's side only. */
    static OutcomeUnknownException unknown(NotLeadingException e) {
        return new OutcomeUnknownException("nothing was done: " + e.getMessage(), e);
    }

    /** One patience for room, for a leader, and for the log. */
    private Reply submit(int shard, Command command) throws OutcomeUnknownException, InterruptedException {
        long end = Patience.endNanos(ClusterLimits.ANSWER);
        return await(Deadline.until(end, () -> shard(shard).begin(command)), end);
    }

    static Reply await(CompletableFuture<Reply> reply, long endNanos)
            throws OutcomeUnknownException, InterruptedException {
        try {
            return Patience.get(reply, endNanos - System.nanoTime());
        } catch (TimeoutException _) {
            throw new OutcomeUnknownException("no answer from the log in time");
        } catch (ExecutionException e) {
            throw switch (e.getCause()) {
                case OutcomeUnknownException known -> known;
                case NotLeadingException notLeading -> unknown(notLeading);
                case null, default -> new OutcomeUnknownException("the log failed: " + e.getCause(), e);
            };
        }
    }

    @Override
    public Reply submit(Command.OfPartition command) throws OutcomeUnknownException, InterruptedException {
        OptionalInt shard = knownShardOf(command.partition());
        return shard.isEmpty() ? new Reply.Refused(Refusal.NO_SUCH_QUEUE) : submit(shard.getAsInt(), command);
    }

    @Override
    public List<Outcome> submitAll(List<? extends Command.OfPartition> commands) throws InterruptedException {
        return queueCalls.submitAll(commands, this::knownShardOf);
    }

    @Override
    public List<PublishOutcome> publish(Queue queue, List<Batch> batches) throws InterruptedException {
        return queueCalls.publish(queue, batches);
    }

    @Override
    public List<List<PublishOutcome>> fanOut(List<Command.Copies> messages) throws InterruptedException {
        FanoutPlan plan = new FanoutPlan(messages, this::knownShardOf);
        List<CompletableFuture<Reply>> replies = new ArrayList<>(plan.parts().size());
        long end = Patience.endNanos(ClusterLimits.ANSWER); // One patience for all, they run side by side.
        for (FanoutPlan.Part part : plan.parts()) {
            replies.add(queueCalls.begin(part.shard, part.command(), end));
        }
        for (int i = 0; i < replies.size(); i++) {
            try {
                Reply reply = await(replies.get(i), end);
                if (!(reply instanceof Reply.FannedOut fannedOut)) {
                    throw new IllegalStateException("a fan-out was answered by " + reply);
                }
                plan.answered(plan.parts().get(i), fannedOut);
            } catch (OutcomeUnknownException e) {
                plan.unknown(plan.parts().get(i), e);
            }
        }
        return plan.outcomes();
    }

    /** Empty if there is no such partition, as far as this node knows. */
    private OptionalInt knownShardOf(PartitionId partition) {
        return find(partition.queue()).filter(queue -> queue.has(partition)).isPresent()
                ? OptionalInt.of(shardOf(partition))
                : OptionalInt.empty();
    }

    @Override
    public int shardOf(PartitionId partition) {
        return replicas.catalog().machine().shardOf(partition);
    }

    /** What calls to all of a queue's partitions need. */
    private final class Ways implements QueueCalls.Ways {
        @Override
        public Shard shard(int shard) {
            return routers.get(shard);
        }

        @Override
        public boolean knowsLeader(int shard) {
            return routers.get(shard).knowsLeader();
        }

        @Override
        public int shardOf(PartitionId partition) {
            return ClusterNode.this.shardOf(partition);
        }
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
        OptionalInt shard = knownShardOf(acquire.partition());
        if (shard.isEmpty()) {
            return new Receipt.Refused(Refusal.NO_SUCH_QUEUE);
        }
        try {
            return shard(shard.getAsInt()).receive(acquire, patience);
        } catch (NotLeadingException e) {
            throw unknown(e);
        }
    }

    @Override
    public List<Peeked> peek(PartitionId partition, Position from, int max)
            throws OutcomeUnknownException, InterruptedException {
        OptionalInt shard = knownShardOf(partition);
        try {
            return shard.isEmpty() ? List.of() : shard(shard.getAsInt()).peek(partition, from, max);
        } catch (NotLeadingException e) {
            throw unknown(e);
        }
    }

    @Override
    public Optional<PartitionStatus> status(PartitionId partition)
            throws OutcomeUnknownException, InterruptedException {
        OptionalInt shard = knownShardOf(partition);
        try {
            return shard.isEmpty() ? Optional.empty() : shard(shard.getAsInt()).status(partition);
        } catch (NotLeadingException e) {
            throw unknown(e);
        }
    }

    // ---- The operator

    /** Names the cluster for ever. */
    public Identity identity() {
        return identity;
    }

    /** How the cluster is, and what the operator wants of it; none on a node that is alone. */
    public Optional<ClusterControl> control() {
        return settings.cluster().isPresent() ? Optional.of(placement) : Optional.empty();
    }

    // ---- For tests

    /** The time of the last entry of all: a clock that was ahead in an earlier run must not be behind it in this one. */
    public long nowMillis() {
        return replicas.shards().stream()
                .mapToLong(ShardReplica::nowMillis)
                .max()
                .orElse(0);
    }

    /** To be called after the clock was moved on by hand. What is due by that has happened when this returns. */
    public void clockMoved() throws OutcomeUnknownException, InterruptedException {
        long now = clock.millis();
        for (ShardReplica shard : replicas.shards()) {
            int ticks = 0;
            do { // An entry does a bounded part of what is due; what would take more of them goes on by itself.
                submit(shard.shard(), new Command.Tick());
                ticks++;
            } while (shard.isDueBy(now) && ticks < ClusterLimits.TICKS_AWAITED);
        }
    }

    /** Deletes every queue and every definition that is there when it is called, one after the other. */
    public void clear() throws OutcomeUnknownException, InterruptedException {
        for (Queue queue : List.copyOf(replicas.catalog().machine().all())) {
            change(new CatalogCommand.DeleteQueue(queue.name()));
        }
        for (Definition definition : List.copyOf(replicas.catalog().machine().allDefinitions())) {
            boolean ofCluster = definition.kind().equals(Node.KIND)
                    || definition.kind().equals(ShardPlacement.KIND)
                    || definition.kind().equals(ClusterEdition.KIND);
            if (!ofCluster) {
                change(new CatalogCommand.Undefine(definition.kind(), definition.name()));
            }
        }
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
