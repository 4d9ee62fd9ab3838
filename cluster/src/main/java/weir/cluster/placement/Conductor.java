package weir.cluster.placement;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import weir.cluster.placement.PlacementRequest.ChangeMembers;
import weir.cluster.placement.PlacementRequest.Drop;
import weir.cluster.placement.PlacementRequest.Open;
import weir.cluster.placement.PlacementRequest.Order;
import weir.cluster.placement.PlacementRequest.TransferLeadership;
import weir.cluster.replication.GroupId;
import weir.cluster.replication.Member;
import weir.cluster.replication.Progress;
import weir.core.broker.OutcomeUnknownException;
import weir.core.catalog.CatalogRefusal;
import weir.core.catalog.CatalogReply;

/**
 * Carries placements out, for as long as its node leads the catalog. Round by round it asks every node how it is, asks for
 * the next step of each group, and writes the next placements. What it does follows from the catalog and the answers alone;
 * another conductor goes on where it ends, and if two should ever be at it, the catalog takes only one's placement and the
 * nodes refuse the orders of the older.
 *
 * <p>A round runs on one thread, which owns all but what is volatile or concurrent.
 */
final class Conductor {
    private static final Logger LOG = LoggerFactory.getLogger(Conductor.class);

    /** @param at when it was asked for */
    private record Taken(Step step, long at) {}

    private final Definitions definitions;
    private final NodeCalls calls;
    private final PlacementRules rules;
    private final LongSupplier millis;
    private final BooleanSupplier leads;
    private final Map<GroupId, Taken> taken = new TreeMap<>(Comparator.comparingInt(GroupId::number));

    /** What is in the way of a group's last step. */
    private final Map<GroupId, String> obstacles = new ConcurrentHashMap<>();

    private Watch watch;
    private long lookedUntil;
    private volatile @Nullable Survey last;
    /** The operator asked for more than what is done of its own accord; until nothing of that is left. */
    private volatile boolean thorough;

    private volatile boolean ended;

    /**
     * @param leads whether its node leads the catalog as far as that knows; it stands still while it does not
     * @param millis since anything; goes by the monotonic clock
     */
    Conductor(
            Definitions definitions,
            NodeCalls calls,
            PlacementRules rules,
            BooleanSupplier leads,
            LongSupplier millis) {
        this.definitions = definitions;
        this.calls = calls;
        this.rules = rules;
        this.leads = leads;
        this.millis = millis;
        lookedUntil = millis.getAsLong();
        watch = new Watch(lookedUntil);
    }

    /** Goes round until it is ended or interrupted. */
    void run() {
        while (!ended) {
            try {
                round();
            } catch (InterruptedException _) {
                return; // Its node leads the catalog no more, or stops.
            } catch (RuntimeException e) { // A bug; the cluster is not to be left without a conductor for it.
                LOG.error("A round of placing replicas failed; the next one follows", e);
            }
            LockSupport.parkNanos(PlacementLimits.ROUND.toNanos());
        }
    }

    void end() {
        ended = true;
    }

    /** What the last round has shown; null before the first. */
    @Nullable
    Survey last() {
        return last;
    }

    Map<GroupId, String> obstacles() {
        return Map.copyOf(obstacles);
    }

    void beThorough() {
        thorough = true;
    }

    void round() throws InterruptedException {
        if (!leads.getAsBoolean()) {
            last = null;
            return;
        }
        long now = millis.getAsLong();
        if (now - lookedUntil > PlacementLimits.SILENT_AFTER.toMillis()) {
            watch = new Watch(
                    now); // It did not look for a while (the process stood still), so it cannot know who was there.
        }
        try {
            goRound();
        } finally {
            lookedUntil = millis.getAsLong();
        }
    }

    private void goRound() throws InterruptedException {
        Survey survey = look();
        last = survey;
        if (!survey.complete()) {
            return; // Who has not been heard yet may be about to be.
        }
        for (GroupPicture group : survey.groups().values()) {
            if (!ended) {
                take(NextStep.of(survey, group), survey, group);
            }
        }
        place(survey);
    }

    // ---- Looking

    /** Asks every node how it is. */
    Survey look() throws InterruptedException {
        List<Node> nodes = definitions.nodes();
        SortedMap<Integer, CompletableFuture<NodeReport>> asked = new TreeMap<>();
        SortedMap<Integer, CompletableFuture<List<ShardLoad>>> askedLoads = new TreeMap<>();
        for (Node node : nodes) {
            if (node.state() != NodeState.REMOVED) {
                asked.put(node.number(), calls.report(node));
                askedLoads.put(node.number(), calls.loads(node));
            }
        }
        SortedMap<Integer, NodeReport> reports = new TreeMap<>();
        for (Map.Entry<Integer, CompletableFuture<NodeReport>> one : asked.entrySet()) {
            try {
                NodeReport report = NodeCalls.await(one.getValue(), PlacementLimits.ASK);
                if (report.node() == one.getKey()) { // Else another node has its address now.
                    reports.put(one.getKey(), report);
                }
            } catch (IOException e) {
                LOG.debug("node {} does not say how it is: {}", one.getKey(), e.getMessage());
            }
        }
        long now = millis.getAsLong();
        Watch watched = watch;
        reports.forEach((node, report) -> {
            watched.heard(node, now);
            for (ReplicaReport replica : report.replicas()) {
                for (Progress progress : replica.state().progress()) {
                    // What a leader hears counts too: a node that only this one cannot reach is not dead.
                    if (replica.state().leads() && progress.node() != node) {
                        watched.heard(progress.node(), now - progress.sinceHeardMillis());
                    }
                }
            }
        });
        return Survey.of(nodes, definitions.placements(), reports, loads(askedLoads, reports), watched, now);
    }

    /** Who says nothing of it has no load; a node of an earlier release cannot. */
    private static SortedMap<Integer, List<ShardLoad>> loads(
            SortedMap<Integer, CompletableFuture<List<ShardLoad>>> asked, SortedMap<Integer, NodeReport> reports)
            throws InterruptedException {
        SortedMap<Integer, List<ShardLoad>> loads = new TreeMap<>();
        for (Map.Entry<Integer, CompletableFuture<List<ShardLoad>>> one : asked.entrySet()) {
            if (reports.containsKey(one.getKey())) {
                try {
                    loads.put(one.getKey(), NodeCalls.await(one.getValue(), PlacementLimits.ASK));
                } catch (IOException e) {
                    LOG.debug("node {} does not say what it has to do: {}", one.getKey(), e.getMessage());
                }
            }
        }
        return loads;
    }

    // ---- Carrying out

    private void take(Step step, Survey survey, GroupPicture group) throws InterruptedException {
        if (step instanceof Step.Wait(String why)) {
            note(group, why.isEmpty() ? null : why);
            return;
        }
        long now = millis.getAsLong();
        Taken before = taken.get(group.group());
        if (before != null
                && before.step().equals(step)
                && now - before.at() < PlacementLimits.STEP_AGAIN_AFTER.toMillis()) {
            return;
        }
        taken.put(group.group(), new Taken(step, now));
        note(group, troubleOf(group));
        int asked =
                switch (step) {
                    case Step.Open(int node) -> node;
                    case Step.Drop(int node) -> node;
                    case Step.Members _, Step.Transfer _ -> group.leader().orElseThrow();
                    case Step.Wait _ -> throw new IllegalStateException("nobody is asked to wait");
                };
        Node node = survey.nodes().get(asked);
        if (node == null || !survey.answered().contains(asked)) { // Waiting for it would hold up all the others.
            note(group, "node " + asked + " would have to take the next step, and does not answer");
            return;
        }
        try {
            calls.order(node, order(step, survey, group, asked));
        } catch (IOException e) {
            note(group, "node " + asked + " was asked for the next step and did not do it: " + e.getMessage());
        }
    }

    /** Why what was asked for last failed, where it was answered before that. */
    private static @Nullable String troubleOf(GroupPicture group) {
        return group.replicas().entrySet().stream()
                .filter(each -> each.getValue().trouble() != null)
                .map(each -> "node " + each.getKey() + ": " + each.getValue().trouble())
                .findFirst()
                .orElse(null);
    }

    private static Order order(Step step, Survey survey, GroupPicture group, int asked) {
        ReplicaReport replica = group.replicas().get(asked);
        long stamp = replica == null ? 0 : replica.stamp();
        return switch (step) {
            case Step.Open(int _) -> new Open(group.group(), group.revision());
            case Step.Drop(int node) -> {
                if (group.memberNumbers().contains(node)) { // A member's files are its group's, not ours.
                    throw new IllegalStateException("node " + node + " is a member of " + group.group());
                }
                yield new Drop(group.group(), stamp);
            }
            case Step.Members(var numbers, var listeners) -> {
                List<Member> members = new ArrayList<>();
                for (int number : numbers) { // Where the catalog says that they are; what the group says may be older.
                    Node node = survey.nodes().get(number);
                    Optional<Member> member = node != null
                            ? Optional.of(node.member())
                            : group.members().stream()
                                    .filter(there -> there.node() == number)
                                    .findFirst();
                    member.map(there -> there.voting(!listeners.contains(number)))
                            .ifPresent(members::add);
                }
                int leader = group.leader().orElseThrow();
                int preferred = group.preferred().orElse(leader);
                yield new ChangeMembers(
                        group.group(), stamp, members, numbers.contains(preferred) ? preferred : leader);
            }
            case Step.Transfer(int node) -> new TransferLeadership(group.group(), stamp, node);
            case Step.Wait _ -> throw new IllegalStateException("nobody is asked to wait");
        };
    }

    private void note(GroupPicture group, @Nullable String obstacle) {
        if (obstacle == null) {
            obstacles.remove(group.group());
        } else {
            obstacles.put(group.group(), obstacle);
        }
    }

    // ---- Placing

    private void place(Survey survey) throws InterruptedException {
        boolean all = thorough;
        List<ShardPlacement> changes = Planner.plan(survey.situation(), rules, all);
        for (ShardPlacement next : changes) {
            if (!ended) {
                define(next);
            }
        }
        boolean atRest = survey.situation().shards().stream().noneMatch(Situation.ShardSeen::moving);
        if (all && changes.isEmpty() && atRest) {
            thorough = false;
        }
    }

    private void define(ShardPlacement next) throws InterruptedException {
        try {
            switch (definitions.change(next.define())) {
                case CatalogReply.Defined _ -> LOG.info("Shard {}: {}", next.shard(), next.why());
                case CatalogReply.Refused(CatalogRefusal reason) ->
                    LOG.info(
                            "The placement of shard {} was not changed, as another change came first: {}",
                            next.shard(),
                            reason);
                case CatalogReply.Created _, CatalogReply.Updated _, CatalogReply.Deleted _, CatalogReply.Undefined _ ->
                    throw new IllegalStateException("not an answer to a definition");
            }
        } catch (OutcomeUnknownException e) { // The next round reads what there is.
            LOG.warn("Whether the placement of shard {} was changed is unknown: {}", next.shard(), e.getMessage());
        }
    }
}
