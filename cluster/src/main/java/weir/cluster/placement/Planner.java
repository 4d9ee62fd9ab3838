package weir.cluster.placement;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import weir.cluster.placement.Board.Draft;
import weir.cluster.placement.Situation.NodeSeen;
import weir.cluster.placement.Situation.ShardSeen;
import weir.core.Check;
import weir.core.catalog.Definition;

/**
 * Decides where replicas and leaders are to be. A function of the situation, without a memory: asked again once its changes
 * have been carried out, it makes the next ones, and at last none.
 *
 * <p>What comes first is done first, and what is less urgent waits for it: replicas of lost nodes are made anew, shards
 * with too few replicas get more, drained nodes are relieved (leaders before replicas), racks are spread, replicas are
 * shared evenly, by number and then by load, leaders are. Each change concerns one shard and at most one replica that leaves and one that comes, and
 * none a shard that lacks a majority or is still on the way to its last placement.
 *
 * <p>That each of the later steps lowers a sum (shared racks, then squares of numbers, loads, bytes) is why they come to an end.
 */
public final class Planner {
    private final PlacementRules rules;
    private final Board board;
    private final boolean thorough;

    private Planner(Situation situation, PlacementRules rules, boolean thorough) {
        this.rules = rules;
        this.thorough = thorough;
        board = new Board(situation, rules);
    }

    /**
     * The next changes: none if all is as it should be, or as near to it as can be now.
     *
     * @param thorough whether to even out bytes as well, which costs copies that nothing but the operator's wish asks for
     */
    public static List<ShardPlacement> plan(Situation situation, PlacementRules rules, boolean thorough) {
        Planner planner = new Planner(situation, rules, thorough);
        planner.make();
        return planner.board.changes();
    }

    /**
     * The placements of a new cluster.
     *
     * @param nodes of which all are there; at least one
     * @param shards how many
     */
    public static List<ShardPlacement> found(List<Node> nodes, int shards, PlacementRules rules) {
        Check.atLeast("nodes", nodes.size(), 1);
        List<NodeSeen> seen = nodes.stream()
                .map(node -> new NodeSeen(
                        node.number(), node.rack(), node.state(), true, PlacementLimits.SETTLED_AFTER.toMillis()))
                .toList();
        int first = nodes.stream().mapToInt(Node::number).min().orElseThrow();
        Situation founded = new Situation(
                seen,
                IntStream.range(0, shards)
                        .mapToObj(shard -> new ShardPlacement(shard, List.of(first), first, false, "", Definition.NEW))
                        .map(placement -> new ShardSeen(placement, placement.replicas(), false, 0, 0, 0))
                        .toList());
        while (true) { // Ends as plans do; nothing has to be copied yet, so it costs nothing but this loop.
            List<ShardPlacement> changes = plan(founded, rules, false);
            if (changes.isEmpty()) {
                return founded.shards().stream()
                        .map(ShardSeen::placement)
                        .map(placement -> new ShardPlacement(
                                placement.shard(),
                                placement.replicas(),
                                placement.leader(),
                                false,
                                "placed when the cluster was founded",
                                Definition.NEW))
                        .toList();
            }
            founded = founded.after(changes);
        }
    }

    /** Everything that thorough plans would do from here on, one after the other, if nothing else happened. */
    static List<ShardPlacement> outlook(Situation situation, PlacementRules rules) {
        List<ShardPlacement> all = new ArrayList<>();
        Situation now = situation;
        while (all.size() < PlacementLimits.OUTLOOK_MAX) {
            List<ShardPlacement> changes = plan(now, rules, true);
            if (changes.isEmpty()) {
                break;
            }
            all.addAll(changes);
            now = now.after(changes);
        }
        return all;
    }

    private void make() {
        int moving = (int)
                board.drafts().stream().filter(draft -> draft.seen.moving()).count();
        boolean wanting = repair(PlacementLimits.REPAIRS_AT_A_TIME - moving);
        if (!wanting) { // Sharing evenly what is about to change would be work for nothing.
            int left = PlacementLimits.MOVES_AT_A_TIME - moving;
            left -= spreadRacks(left);
            left -= shareReplicas(left);
            left -= shareLoad(left);
            if (thorough) {
                shareBytes(left);
            }
        }
        mendLeaders();
        shareLeaders();
    }

    // ---- Repairs

    /** Returns whether there is a shard that wants for a replica, or has one where it cannot stay. */
    private boolean repair(int most) {
        int left = most;
        boolean wanting = false;
        List<Draft> urgentFirst = board.drafts().stream()
                .sorted(Comparator.comparingLong((Draft draft) ->
                                draft.replicas.stream().filter(board::alive).count())
                        .thenComparingInt(Draft::shard))
                .toList();
        for (Draft draft : urgentFirst) {
            if (board.atRest(draft)) {
                repair(draft, left > 0);
            } else if (!draft.changed()) {
                turnAround(draft);
            }
            boolean moves =
                    !List.copyOf(draft.replicas).equals(draft.seen.placement().replicas());
            if (moves) {
                left--;
            }
            wanting |= moves || wants(draft);
        }
        return wanting;
    }

    private boolean wants(Draft draft) {
        boolean tooFew = draft.replicas.size() < rules.replicas();
        boolean unfit =
                draft.replicas.stream().anyMatch(number -> board.lost(number) || !board.is(NodeState.ACTIVE, number));
        return (tooFew || unfit) && board.candidate(draft, draft.replicas).isPresent();
    }

    /** @param room whether one more replica may be on the move */
    private void repair(Draft draft, boolean room) {
        if (draft.replicas.size() > rules.replicas() && removeSurplus(draft)) {
            return;
        }
        Optional<Integer> lost = worst(draft, board::lost);
        if (lost.isPresent() && replaceLost(draft, lost.get(), room)) {
            return;
        }
        Optional<Integer> draining = worst(draft, number -> board.is(NodeState.DRAINING, number));
        if (draining.isPresent() && relieve(draft, draining.get(), room)) {
            return;
        }
        if (draft.replicas.size() < rules.replicas() && room) {
            board.candidate(draft, draft.replicas)
                    .ifPresent(next -> board.add(
                            draft,
                            next,
                            "node " + next + " added: there were " + draft.replicas.size() + " of " + rules.replicas()
                                    + " replicas"));
        }
    }

    /** Returns whether something was changed, or will be when there is room. */
    private boolean replaceLost(Draft draft, int lost, boolean room) {
        Set<Integer> others = Board.without(draft.replicas, lost);
        Optional<Integer> next = board.candidate(draft, others);
        if (next.isPresent()) {
            if (room) {
                board.replace(
                        draft,
                        lost,
                        next.get(),
                        "node " + next.get() + " instead of node " + lost + ", " + board.loss(lost));
            }
            return true;
        }
        if (board.is(NodeState.REMOVED, lost) && board.majorityAlive(others)) {
            board.remove(draft, lost, "without node " + lost + ", which was removed; no other node can take over");
            return true;
        }
        return false; // It may come back, and then it need not copy everything.
    }

    /** Returns whether there is one that can go. */
    private boolean removeSurplus(Draft draft) {
        int before = draft.replicas.size();
        Optional<Integer> surplus = draft.replicas.stream()
                .filter(number -> board.majorityAlive(Board.without(draft.replicas, number)))
                .max(Comparator.<Integer>comparingInt(number -> board.lost(number) ? 3 : leaves(number))
                        .thenComparingInt(number -> board.spread(Board.without(draft.replicas, number)))
                        .thenComparingInt(number -> number == draft.leader ? 0 : 1)
                        .thenComparingLong(board::replicasOn)
                        .thenComparingInt(number -> number));
        surplus.ifPresent(number -> board.remove(
                draft,
                number,
                "node " + number + " taken off: there were " + before + " replicas, " + rules.replicas()
                        + " are wanted"));
        return surplus.isPresent();
    }

    private int leaves(int number) {
        return !board.alive(number) ? 2 : board.is(NodeState.DRAINING, number) ? 1 : 0;
    }

    /** Returns whether something was changed, or will be when there is room. */
    private boolean relieve(Draft draft, int draining, boolean room) {
        if (draft.leader == draining) {
            Optional<Integer> next = draft.replicas.stream()
                    .filter(board::takesReplicas)
                    .min(Comparator.<Integer>comparingLong(board::leadersOn).thenComparingInt(number -> number));
            if (next.isPresent()) {
                board.lead(
                        draft,
                        next.get(),
                        "node " + next.get() + " leads instead of node " + draining + ", which is being drained");
                return true;
            }
        }
        Set<Integer> others = Board.without(draft.replicas, draining);
        Optional<Integer> next = board.candidate(draft, others);
        if (next.isPresent()) {
            if (room) {
                board.replace(
                        draft,
                        draining,
                        next.get(),
                        "node " + next.get() + " instead of node " + draining + ", which is being drained");
            }
            return true;
        }
        boolean noneToWaitFor = board.nodes().stream()
                .filter(node -> node.state() == NodeState.ACTIVE && !board.lost(node.number()))
                .allMatch(node -> others.contains(node.number()));
        boolean somebodyStays = others.stream().anyMatch(board::takesReplicas);
        if (noneToWaitFor && somebodyStays && board.majorityAlive(others)) {
            board.remove(
                    draft, draining, "without node " + draining + ", which is being drained; there is no other node");
            return true;
        }
        return false;
    }

    /** A shard on its way to a placement that it cannot reach, as the node that was to come has gone: another way. */
    private void turnAround(Draft draft) {
        if (draft.seen.busy() || !board.majorityAlive(draft.seen.members())) {
            return;
        }
        Optional<Integer> stuck = draft.replicas.stream()
                .filter(number -> !draft.seen.members().contains(number) && !board.takesReplicas(number))
                .findFirst();
        if (stuck.isEmpty()) {
            return;
        }
        int gone = stuck.get();
        Set<Integer> others = Board.without(draft.replicas, gone);
        String why = "instead of node " + gone + ", which went before it had a replica";
        // Who still is a member need not copy anything.
        Optional<Integer> back = draft.seen.members().stream()
                .filter(number -> board.takesReplicas(number) && !others.contains(number))
                .findFirst();
        Optional<Integer> next = back.isPresent() ? back : board.candidate(draft, others);
        if (next.isPresent()) {
            board.replace(draft, gone, next.get(), "node " + next.get() + " " + why);
        } else if (board.majorityAlive(others)) {
            board.remove(draft, gone, "without node " + gone + ", which went before it had a replica");
        }
    }

    private static Optional<Integer> worst(Draft draft, IntPredicate condition) {
        return draft.replicas.stream().filter(condition::test).findFirst();
    }

    // ---- Evenness

    /** Returns how many shards it moves. */
    private int spreadRacks(int most) {
        int moves = 0;
        for (Draft draft : board.drafts()) {
            if (moves >= most) {
                break;
            }
            if (board.atRest(draft) && spreadRacks(draft)) {
                moves++;
            }
        }
        return moves;
    }

    private boolean spreadRacks(Draft draft) {
        int spread = board.spread(draft.replicas);
        Optional<Integer> old = draft.replicas.stream()
                .filter(number -> board.spread(Board.without(draft.replicas, number)) == spread)
                .max(Comparator.<Integer>comparingInt(number -> number == draft.leader ? 0 : 1)
                        .thenComparingLong(board::replicasOn)
                        .thenComparingInt(number -> number));
        if (old.isEmpty()) {
            return false;
        }
        Set<Integer> others = Board.without(draft.replicas, old.get());
        Optional<Integer> next = board.candidate(draft, others)
                .filter(number -> board.settled(number) && board.spread(Board.with(others, number)) > spread);
        next.ifPresent(number -> board.replace(
                draft,
                old.get(),
                number,
                "node " + number + " instead of node " + old.get() + ", whose rack has another replica"));
        return next.isPresent();
    }

    /** Returns how many shards it moves. */
    private int shareReplicas(int most) {
        int moves = 0;
        while (moves < most && shareReplica()) {
            moves++;
        }
        return moves;
    }

    private boolean shareReplica() {
        List<Integer> byLoad = board.nodes().stream()
                .map(NodeSeen::number)
                .filter(board::settled)
                .sorted(Comparator.<Integer>comparingLong(board::replicasOn).thenComparingInt(number -> number))
                .toList();
        for (int from : byLoad.reversed()) {
            for (int to : byLoad) {
                if (board.replicasOn(from) < board.replicasOn(to) + 2) {
                    break;
                }
                Optional<Draft> draft = movable(from, to);
                if (draft.isPresent()) {
                    board.replace(
                            draft.get(),
                            from,
                            to,
                            "node " + to + " instead of node " + from + ", to share replicas evenly");
                    return true;
                }
            }
        }
        return false;
    }

    /** The cheapest shard to go from one node to the other, by which its spread over racks does not suffer. */
    private Optional<Draft> movable(int from, int to) {
        return board.drafts().stream()
                .filter(draft -> fits(draft, from, to))
                .min(Comparator.<Draft>comparingInt(draft -> draft.leader == from ? 1 : 0)
                        .thenComparingLong(draft -> draft.seen.bytes())
                        .thenComparingInt(Draft::shard));
    }

    private boolean fits(Draft draft, int from, int to) {
        return board.atRest(draft)
                && draft.replicas.contains(from)
                && !draft.replicas.contains(to)
                && board.spread(Board.with(Board.without(draft.replicas, from), to)) >= board.spread(draft.replicas);
    }

    /**
     * One step towards an equal load, if it has been uneven for long and by much: a replica, or two that change places. Returns
     * how many shards it moves.
     */
    private int shareLoad(int most) {
        List<Integer> settled = settled();
        if (settled.isEmpty()) {
            return 0;
        }
        long total = settled.stream()
                .mapToLong(node -> board.sumOn(node, Planner::steadyLoad))
                .sum();
        long gainMin =
                Math.max(PlacementLimits.STEADY_GAIN_MIN, total / settled.size() / PlacementLimits.STEADY_GAIN_PART);
        Exchange best = Exchange.best(board, settled, most, gainMin, Planner::steadyLoad, this::fits);
        return best.make(
                board,
                ", to share the load: it was " + Rates.text(board.sumOn(best.from(), Planner::steadyLoad)) + " on node "
                        + best.from() + " and " + Rates.text(board.sumOn(best.to(), Planner::steadyLoad)) + " on node "
                        + best.to() + " for a while");
    }

    private static long steadyLoad(Draft draft) {
        return draft.seen.steadyLoad();
    }

    private List<Integer> settled() {
        return board.nodes().stream()
                .map(NodeSeen::number)
                .filter(board::settled)
                .toList();
    }

    /** One step towards equal bytes: a shard from a fuller to an emptier node, and another one back if counts ask for it. */
    private void shareBytes(int most) {
        List<Integer> settled = settled();
        if (settled.isEmpty()) {
            return;
        }
        long total = settled.stream().mapToLong(board::bytesOn).sum();
        long gainMin = Math.max(1, total / settled.size() / PlacementLimits.BYTES_GAIN_PART);
        var _ = Exchange.best(board, settled, most, gainMin, draft -> draft.seen.bytes(), this::fitsWithoutUnevenLoad)
                .make(board, ", to share bytes evenly, as was asked for");
    }

    /** What would make loads less even is left: the next plan would take it back. */
    private boolean fitsWithoutUnevenLoad(Draft draft, int from, int to) {
        return fits(draft, from, to)
                && (steadyLoad(draft) == 0
                        || board.sumOn(from, Planner::steadyLoad)
                                >= board.sumOn(to, Planner::steadyLoad) + steadyLoad(draft));
    }

    // ---- Leaders

    /** A leader that will not come back soon, or is not to lead, is replaced as such; nothing is copied for it. */
    private void mendLeaders() {
        for (Draft draft : board.drafts()) {
            boolean unfit = board.lost(draft.leader) || !board.is(NodeState.ACTIVE, draft.leader);
            if (!unfit || !board.atRest(draft)) {
                continue;
            }
            int next = board.leaderAmong(draft.replicas);
            if (board.takesReplicas(next)) {
                String cause = board.lost(draft.leader) ? board.loss(draft.leader) : "which is being drained";
                board.lead(draft, next, "node " + next + " leads instead of node " + draft.leader + ", " + cause);
            }
        }
    }

    private void shareLeaders() {
        for (int i = 0; i < PlacementLimits.LEADER_SHIFTS_MAX && LeaderShift.make(board, thorough); i++) {
            // Each shift brings two nodes nearer to each other.
        }
        for (int i = 0; i < PlacementLimits.LEADER_TRADES_AT_A_TIME && LeaderTrade.make(board, thorough); i++) {
            // So does each trade.
        }
    }
}
