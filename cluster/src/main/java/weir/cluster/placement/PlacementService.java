package weir.cluster.placement;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import weir.cluster.Threads;
import weir.cluster.peer.PeerCalls;
import weir.cluster.peer.PeerFailedException;
import weir.cluster.peer.PeerUnreachableException;
import weir.cluster.placement.PlacementRequest.Loads;
import weir.cluster.placement.PlacementRequest.Manage;
import weir.cluster.placement.PlacementRequest.Order;
import weir.cluster.placement.PlacementRequest.Overview;
import weir.cluster.placement.PlacementRequest.Report;
import weir.core.Bytes;
import weir.core.broker.OutcomeUnknownException;
import weir.core.catalog.ClusterEdition;
import weir.core.cluster.ClusterAction;
import weir.core.cluster.ClusterAnswer;
import weir.core.cluster.ClusterControl;
import weir.core.cluster.ClusterOverview;
import weir.core.cluster.ClusterRefusal;

/**
 * What a node has to do with placement: it answers others about its replicas, it conducts while it leads the catalog, and it
 * serves its operator, by asking the one that conducts. Safe for use by any number of threads.
 */
public final class PlacementService implements ClusterControl, AutoCloseable {
    /** @param thread that goes round */
    private record Office(Conductor conductor, Thread thread) {}

    private final LocalReplicas local;
    private final NodeCalls calls;
    private final Definitions definitions;
    private final Supplier<OptionalInt> catalogLeader;
    private final PlacementRules rules;
    private final LongSupplier millis;
    private final Desk desk;

    /** There while this node leads the catalog. Written under the lock of this. */
    private volatile @Nullable Office office;

    /** Guarded by this. */
    private boolean closed;

    /** @param catalogLeader the node that leads the catalog, as far as this one knows */
    public PlacementService(
            ReplicaHost host,
            PeerCalls peers,
            Definitions definitions,
            Supplier<OptionalInt> catalogLeader,
            PlacementRules rules) {
        this(
                host,
                peers,
                definitions,
                catalogLeader,
                rules,
                () -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime()),
                // A million orders for each millisecond that the last run lasted: its stamps stay below.
                System.currentTimeMillis() << 20,
                work -> Thread.ofPlatform().daemon().name("weir-replica-order").start(work));
    }

    /**
     * @param millis since anything, by a clock that nobody moves
     * @param firstStamp and {@code executor} as of {@link LocalReplicas}
     */
    PlacementService(
            ReplicaHost host,
            PeerCalls peers,
            Definitions definitions,
            Supplier<OptionalInt> catalogLeader,
            PlacementRules rules,
            LongSupplier millis,
            long firstStamp,
            Executor executor) {
        local = new LocalReplicas(host, firstStamp, executor);
        calls = new NodeCalls(local, peers);
        this.definitions = definitions;
        this.catalogLeader = catalogLeader;
        this.rules = rules;
        this.millis = millis;
        desk = new Desk(definitions, rules, host.node());
    }

    // ---- Leading

    /**
     * This node leads the catalog from now on. Does not wait. To be told late, twice, or after {@link #notLeading} does no
     * harm: what is done goes by who leads.
     */
    public synchronized void leading() {
        if (office != null || closed) {
            return;
        }
        Conductor conductor = newConductor(this::leadsCatalog);
        office = new Office(conductor, Thread.ofVirtual().name("weir-conductor").start(conductor::run));
    }

    /** It does no longer. Does not wait: an order that is on its way is refused by its node if the next conductor was faster. */
    public synchronized void notLeading() {
        Office old = office;
        office = null;
        if (old != null) {
            old.conductor().end();
            old.thread().interrupt();
        }
    }

    /** Nothing is ordered and no order is carried out any more when this returns, or their time is over. */
    @Override
    public void close() {
        Office last;
        synchronized (this) {
            closed = true;
            last = office;
            notLeading();
        }
        if (last != null) {
            Threads.join(last.thread());
        }
        local.close();
    }

    private boolean leadsCatalog() {
        return catalogLeader.get().orElse(0) == local.node();
    }

    private @Nullable Office officeNow() {
        return leadsCatalog() ? office : null;
    }

    /** One that somebody else makes go round. */
    Conductor newConductor(BooleanSupplier leads) {
        return new Conductor(definitions, calls, rules, leads, millis);
    }

    // ---- Other nodes

    /**
     * Answers {@link weir.cluster.peer.PeerRequest#REPLICAS}.
     *
     * @throws IOException whose message the caller is to see
     */
    public Bytes answer(Bytes request) throws IOException, OutcomeUnknownException, InterruptedException {
        return switch (PlacementCodec.request(request)) {
            case Report() -> PlacementCodec.encode(local.report());
            case Loads() -> PlacementCodec.encodeLoads(local.loads());
            case Order order -> {
                local.carryOut(order);
                yield Bytes.of(new byte[0]);
            }
            case Overview() -> OverviewCodec.encode(conducted(conductor()));
            case Manage(ClusterAction action) -> OverviewCodec.encode(desk.manage(action, conductor()));
        };
    }

    private Conductor conductor() throws IOException {
        Office now = officeNow();
        if (now == null) {
            throw new IOException("node " + local.node() + " does not lead the catalog");
        }
        return now.conductor();
    }

    private ClusterOverview conducted(Conductor conductor) throws IOException {
        Survey survey = conductor.last();
        if (survey == null) {
            throw new IOException("node " + local.node() + " has just begun to lead the catalog");
        }
        return Overviews.of(local.node(), survey, rules, conductor.obstacles());
    }

    // ---- The operator

    @Override
    public ClusterOverview overview() throws InterruptedException {
        Office now = officeNow();
        try {
            if (now != null) {
                return conducted(now.conductor());
            }
            Optional<Node> leader = leader();
            if (leader.isPresent() && leader.get().number() != local.node()) {
                return OverviewCodec.overview(NodeCalls.await(
                        calls.call(leader.get(), new Overview(), PlacementLimits.ASK), PlacementLimits.ASK));
            }
        } catch (IOException _) { // Then as it is seen from here: that is when an operator needs it most.
        }
        Conductor looker = newConductor(() -> false);
        return Overviews.of(local.node(), looker.look(), rules, Map.of());
    }

    @Override
    public String editions() {
        ClusterEdition now = ClusterEdition.of(
                definitions.of(ClusterEdition.KIND).stream().findFirst().orElse(null));
        List<Node> nodes = definitions.nodes().stream()
                .filter(node -> node.state() != NodeState.REMOVED)
                .toList();
        int newest = nodes.stream().mapToInt(Node::edition).max().orElse(now.edition());
        if (newest <= now.edition()) {
            return "Edition " + now.edition() + ".";
        }
        String behind = nodes.stream()
                .filter(node -> node.edition() < newest)
                .map(node -> Integer.toString(node.number()))
                .collect(Collectors.joining(", "));
        return "Edition " + now.edition() + ", and " + newest
                + (behind.isEmpty() ? " in a moment." : " as soon as these nodes know it, too: " + behind + ".");
    }

    private Optional<Node> leader() {
        OptionalInt number = catalogLeader.get();
        List<Node> nodes = definitions.nodes();
        return number.isEmpty()
                ? Optional.empty()
                : nodes.stream()
                        .filter(node -> node.number() == number.getAsInt())
                        .findFirst();
    }

    @Override
    public ClusterAnswer manage(ClusterAction action) throws OutcomeUnknownException, InterruptedException {
        Office now = officeNow();
        if (now != null) {
            return desk.manage(action, now.conductor());
        }
        Optional<Node> leader = leader();
        if (leader.isEmpty() || leader.get().number() == local.node()) {
            return noLeader("no node leads the catalog, which takes a majority of the nodes");
        }
        CompletableFuture<Bytes> answer = calls.call(leader.get(), new Manage(action), PlacementLimits.MANAGE);
        try {
            return OverviewCodec.answer(
                    answer.get(PlacementLimits.MANAGE.multipliedBy(2).toMillis(), TimeUnit.MILLISECONDS));
        } catch (TimeoutException _) {
            throw new OutcomeUnknownException("node " + leader.get().number() + " did not answer");
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            if (cause instanceof PeerUnreachableException || cause instanceof PeerFailedException) {
                return noLeader("node " + leader.get().number() + ", which leads the catalog as far as node "
                        + local.node() + " knows, did not do it: " + cause.getMessage());
            }
            throw new OutcomeUnknownException("node " + leader.get().number() + " did not answer", e);
        }
    }

    private static ClusterAnswer noLeader(String what) {
        return new ClusterAnswer.Refused(
                ClusterRefusal.NO_LEADER, what + "; see: weir cluster status, and repeat it in a few seconds");
    }
}
