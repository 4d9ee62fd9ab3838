package weir.cluster.placement;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import weir.cluster.placement.Board.Draft;
import weir.cluster.placement.Situation.NodeSeen;

/**
 * What is done once nothing is missing: racks are spread, replicas are shared evenly, by number, then by load, and on request by
 * bytes.
 */
final class Evenness {
    private final Board board;

    Evenness(Board board) {
        this.board = board;
    }

    /** Returns how many shards it moves. */
    int spreadRacks(int most) {
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
    int shareReplicas(int most) {
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
    int shareLoad(int most) {
        List<Integer> settled = settled();
        if (settled.isEmpty()) {
            return 0;
        }
        long total = settled.stream()
                .mapToLong(node -> board.sumOn(node, Evenness::steadyLoad))
                .sum();
        long gainMin =
                Math.max(PlacementLimits.STEADY_GAIN_MIN, total / settled.size() / PlacementLimits.STEADY_GAIN_PART);
        Exchange best = Exchange.best(board, settled, most, gainMin, Evenness::steadyLoad, this::fits);
        return best.make(
                board,
                ", to share the load: it was " + Rates.text(board.sumOn(best.from(), Evenness::steadyLoad))
                        + " on node "
                        + best.from() + " and " + Rates.text(board.sumOn(best.to(), Evenness::steadyLoad)) + " on node "
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
    void shareBytes(int most) {
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
                        || board.sumOn(from, Evenness::steadyLoad)
                                >= board.sumOn(to, Evenness::steadyLoad) + steadyLoad(draft));
    }
}
