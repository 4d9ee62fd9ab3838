package weir.cluster.placement;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import weir.cluster.placement.Board.Draft;
import weir.cluster.placement.Situation.NodeSeen;

/**
 * Takes one leader from a node that has at least two more than another and gives that one more: directly, or along a chain
 * of nodes of which each passes one on. So leaders are as even as replicas allow, which single steps would not reach.
 */
final class LeaderShift {
    private LeaderShift() {}

    /**
     * Returns whether there was one to make.
     *
     * @param unpin whether leaders that the operator chose may be moved
     */
    static boolean make(Board board, boolean unpin) {
        List<Integer> mostFirst = board.nodes().stream()
                .map(NodeSeen::number)
                .filter(board::settled)
                .sorted(Comparator.<Integer>comparingLong(number -> -board.leadersOn(number))
                        .thenComparingInt(number -> number))
                .toList();
        for (int from : mostFirst) {
            if (shiftFrom(from, board, unpin)) {
                return true;
            }
        }
        return false;
    }

    /** Looks for the nearest node with at least two leaders fewer; breadth first, so that the fewest leaders move. */
    private static boolean shiftFrom(int from, Board board, boolean unpin) {
        TreeMap<Integer, Draft> cameBy = new TreeMap<>();
        Deque<Integer> next = new ArrayDeque<>(List.of(from));
        while (!next.isEmpty()) {
            int node = next.remove();
            if (board.leadersOn(node) + 2 <= board.leadersOn(from)) {
                give(node, from, cameBy, board);
                return true;
            }
            for (Draft draft : board.drafts()) {
                boolean free =
                        board.atRest(draft) && (unpin || !draft.seen.placement().pinned());
                if (!free || draft.leader != node) {
                    continue;
                }
                for (int replica : draft.replicas) {
                    if (replica != from && !cameBy.containsKey(replica) && board.settled(replica)) {
                        cameBy.put(replica, draft);
                        next.add(replica);
                    }
                }
            }
        }
        return false;
    }

    private static void give(int to, int from, Map<Integer, Draft> cameBy, Board board) {
        int node = to;
        while (node != from) {
            Draft draft = Objects.requireNonNull(cameBy.get(node));
            int giver = draft.leader;
            board.lead(draft, node, "node " + node + " leads instead of node " + giver + ", to share leaders evenly");
            node = giver;
        }
    }
}
