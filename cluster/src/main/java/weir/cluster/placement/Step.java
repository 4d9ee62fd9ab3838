package weir.cluster.placement;

import java.util.Set;

/** What is to be done next about a group. */
sealed interface Step {
    /** Let the node open a replica that waits to be added. */
    record Open(int node) implements Step {}

    /** Let the node put away a replica that is no member any more. */
    record Drop(int node) implements Step {}

    /**
     * Let the leader change who the members are, or where.
     *
     * @param listeners those of them without a vote
     */
    record Members(Set<Integer> members, Set<Integer> listeners) implements Step {}

    /** Let the leader hand over. */
    record Transfer(int node) implements Step {}

    /** @param why empty if there is nothing to do, and nothing wrong */
    record Wait(String why) implements Step {}
}
