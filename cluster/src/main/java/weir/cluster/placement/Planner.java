package weir.cluster.placement;

import java.util.ArrayList;
import java.util.List;
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
 * with too few replicas get more, drained nodes are relieved ({@link Repairs}), racks are spread, replicas are shared evenly, by
 * number and then by load ({@link Evenness}), leaders are. Each change concerns one shard and at most one replica that leaves and one that comes, and
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
        boolean wanting = new Repairs(board, rules).make(PlacementLimits.REPAIRS_AT_A_TIME - moving);
        if (!wanting) { // Sharing evenly what is about to change would be work for nothing.
            Evenness evenness = new Evenness(board);
            int left = PlacementLimits.MOVES_AT_A_TIME - moving;
            left -= evenness.spreadRacks(left);
            left -= evenness.shareReplicas(left);
            left -= evenness.shareLoad(left);
            if (thorough) {
                evenness.shareBytes(left);
            }
        }
        mendLeaders();
        shareLeaders();
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
