package weir.cluster.placement;

import java.util.List;
import java.util.Optional;
import weir.cluster.placement.Board.Draft;
import weir.cluster.placement.Situation.NodeSeen;

/**
 * Evens out what leaders have to do, once their numbers are even: one leader goes from a node with more work to one with less, or
 * two nodes exchange one each. Numbers stay as even as they were. Nothing is copied for it.
 *
 * <p>A trade has to bring two nodes nearer to each other by a good part of what a node has to do on average, so what it gains
 * is more than what loads waver by, and the same loads never ask for it back.
 */
record LeaderTrade(Optional<Draft> there, Optional<Draft> back, int from, int to, long gain) {
    /**
     * Returns whether there was one to make.
     *
     * @param unpin whether leaders that the operator chose may be moved
     */
    static boolean make(Board board, boolean unpin) {
        List<Integer> settled = board.nodes().stream()
                .map(NodeSeen::number)
                .filter(board::settled)
                .toList();
        if (settled.isEmpty()) {
            return false;
        }
        long total = settled.stream().mapToLong(board::leadLoadOn).sum();
        long gainMin = Math.max(PlacementLimits.LEAD_GAIN_MIN, total / settled.size() / PlacementLimits.LEAD_GAIN_PART);
        LeaderTrade best = new LeaderTrade(Optional.empty(), Optional.empty(), 0, 0, gainMin);
        for (int from : settled) {
            for (int to : settled) {
                long difference = board.leadLoadOn(from) - board.leadLoadOn(to);
                if (difference <= 0) {
                    continue;
                }
                List<Draft> less = movable(board, to, from, unpin);
                for (Draft there : movable(board, from, to, unpin)) {
                    if (board.leadersOn(from) > board.leadersOn(to)) {
                        best = best.or(there, Optional.empty(), from, to, difference);
                    }
                    for (Draft back : less) {
                        best = best.or(there, Optional.of(back), from, to, difference);
                    }
                }
            }
        }
        best.carryOut(board);
        return best.there.isPresent();
    }

    private static List<Draft> movable(Board board, int from, int to, boolean unpin) {
        return board.drafts().stream()
                .filter(draft -> draft.leader == from && draft.replicas.contains(to))
                .filter(draft ->
                        board.atRest(draft) && (unpin || !draft.seen.placement().pinned()))
                .toList();
    }

    private LeaderTrade or(Draft more, Optional<Draft> less, int giver, int taker, long difference) {
        long moved = more.seen.load() - less.map(draft -> draft.seen.load()).orElse(0L);
        long next = difference - Math.abs(difference - 2 * moved);
        return next > gain ? new LeaderTrade(Optional.of(more), less, giver, taker, next) : this;
    }

    private void carryOut(Board board) {
        String before = ", to share the load: leading was " + Rates.text(board.leadLoadOn(from)) + " on node " + from
                + " and " + Rates.text(board.leadLoadOn(to)) + " on node " + to;
        there.ifPresent(draft -> board.lead(draft, to, why(to, from) + before));
        back.ifPresent(draft -> board.lead(draft, from, why(from, to) + before));
    }

    private static String why(int next, int old) {
        return "node " + next + " leads instead of node " + old;
    }
}
