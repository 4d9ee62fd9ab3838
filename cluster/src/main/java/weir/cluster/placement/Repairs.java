package weir.cluster.placement;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntPredicate;
import weir.cluster.placement.Board.Draft;

/**
 * What cannot wait: replicas of lost nodes are made anew, shards with too few replicas get more, drained nodes are relieved
 * (leaders before replicas), and what cannot be reached is given up.
 */
final class Repairs {
    private final Board board;
    private final PlacementRules rules;

    Repairs(Board board, PlacementRules rules) {
        this.board = board;
        this.rules = rules;
    }

    /** Returns whether there is a shard that wants for a replica, or has one where it cannot stay. */
    boolean make(int most) {
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
}
