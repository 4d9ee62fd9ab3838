package weir.cluster.placement;

import java.util.List;
import java.util.Optional;
import java.util.function.ToLongFunction;
import weir.cluster.placement.Board.Draft;

/**
 * The best of several ways to bring what two nodes hold nearer to each other: a replica goes from one to the other, and perhaps
 * another one back, if numbers would not be even else.
 *
 * @param gain by how much the two come nearer
 */
record Exchange(Optional<Draft> there, Optional<Draft> back, int from, int to, long gain) {
    /** Decides which replica may go from a node to another. */
    interface Fit {
        boolean is(Draft draft, int from, int to);
    }

    /**
     * None, if none gains more than {@code gainMin}.
     *
     * @param most replicas that may move
     * @param load of a replica of that shard
     */
    static Exchange best(
            Board board, List<Integer> nodes, int most, long gainMin, ToLongFunction<Draft> load, Fit fit) {
        Exchange best = new Exchange(Optional.empty(), Optional.empty(), 0, 0, gainMin);
        for (int from : nodes) {
            for (int to : nodes) {
                long difference = board.sumOn(from, load) - board.sumOn(to, load);
                for (Draft there : board.drafts()) {
                    if (difference <= 0 || !fit.is(there, from, to)) {
                        continue;
                    }
                    if (most >= 1 && board.replicasOn(from) > board.replicasOn(to)) {
                        best = best.or(there, Optional.empty(), from, to, difference, load);
                    }
                    for (Draft back : board.drafts()) {
                        if (most >= 2 && fit.is(back, to, from)) {
                            best = best.or(there, Optional.of(back), from, to, difference, load);
                        }
                    }
                }
            }
        }
        return best;
    }

    private Exchange or(
            Draft more, Optional<Draft> less, int giver, int taker, long difference, ToLongFunction<Draft> load) {
        long moved = load.applyAsLong(more) - less.map(load::applyAsLong).orElse(0L);
        long next = difference - Math.abs(difference - 2 * moved);
        return next > gain ? new Exchange(Optional.of(more), less, giver, taker, next) : this;
    }

    /** Returns how many replicas move. */
    int make(Board board, String what) {
        there.ifPresent(draft -> board.replace(draft, from, to, why(to, from) + what));
        back.ifPresent(draft -> board.replace(draft, to, from, why(from, to) + what));
        return (there.isPresent() ? 1 : 0) + (back.isPresent() ? 1 : 0);
    }

    private static String why(int next, int old) {
        return "node " + next + " instead of node " + old;
    }
}
