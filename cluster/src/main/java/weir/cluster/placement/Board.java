package weir.cluster.placement;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import weir.cluster.placement.Situation.NodeSeen;
import weir.cluster.placement.Situation.ShardSeen;

/**
 * The situation, with the changes planned so far: who has how much, and who may have more. What a {@link Planner} draws on;
 * it lives as long as one plan is made.
 */
final class Board {
    /** One shard on the board. */
    static final class Draft {
        final ShardSeen seen;
        final TreeSet<Integer> replicas;
        int leader;
        /** Null as long as nothing was changed. */
        @Nullable
        String why;

        Draft(ShardSeen seen) {
            this.seen = seen;
            replicas = new TreeSet<>(seen.placement().replicas());
            leader = seen.placement().leader();
        }

        int shard() {
            return seen.placement().shard();
        }

        boolean changed() {
            return why != null;
        }
    }

    private final TreeMap<Integer, NodeSeen> nodes = new TreeMap<>();
    private final List<Draft> drafts = new ArrayList<>();
    private final long replaceAfterMillis;

    Board(Situation situation, PlacementRules rules) {
        situation.nodes().forEach(node -> nodes.put(node.number(), node));
        situation.shards().stream()
                .sorted(Comparator.comparingInt(seen -> seen.placement().shard()))
                .forEach(seen -> drafts.add(new Draft(seen)));
        replaceAfterMillis = rules.replaceAfter().toMillis();
    }

    List<Draft> drafts() {
        return drafts;
    }

    // ---- Nodes

    Collection<NodeSeen> nodes() {
        return nodes.values();
    }

    boolean is(NodeState state, int number) {
        NodeSeen node = nodes.get(number);
        return node == null ? state == NodeState.REMOVED : node.state() == state;
    }

    boolean alive(int number) {
        NodeSeen node = nodes.get(number);
        return node != null && node.alive() && node.state() != NodeState.REMOVED;
    }

    /** What it held is to be held by others: it is gone for good, or for longer than the operator wants to wait. */
    boolean lost(int number) {
        NodeSeen node = nodes.get(number);
        return node == null
                || node.state() == NodeState.REMOVED
                || (!node.alive() && node.forMillis() >= replaceAfterMillis);
    }

    /** Why a node's replicas are made anew elsewhere, as the rest of a sentence. */
    String loss(int number) {
        NodeSeen node = nodes.get(number);
        return node == null || node.state() == NodeState.REMOVED
                ? "which was removed"
                : "which has been silent for " + Spans.text(node.forMillis());
    }

    boolean takesReplicas(int number) {
        return alive(number) && is(NodeState.ACTIVE, number);
    }

    boolean settled(int number) {
        NodeSeen node = nodes.get(number);
        return node != null && node.settled() && node.state() == NodeState.ACTIVE;
    }

    // ---- Loads

    long replicasOn(int number) {
        return drafts.stream().filter(draft -> draft.replicas.contains(number)).count();
    }

    long leadersOn(int number) {
        return drafts.stream().filter(draft -> draft.leader == number).count();
    }

    long bytesOn(int number) {
        return sumOn(number, draft -> draft.seen.bytes());
    }

    /** Of what each replica on that node counts for. */
    long sumOn(int number, ToLongFunction<Draft> load) {
        return drafts.stream()
                .filter(draft -> draft.replicas.contains(number))
                .mapToLong(load)
                .sum();
    }

    /** What the shards that it leads have to do. */
    long leadLoadOn(int number) {
        return drafts.stream()
                .filter(draft -> draft.leader == number)
                .mapToLong(draft -> draft.seen.load())
                .sum();
    }

    // ---- What a shard may become

    /** How many places would have to fail before all of these nodes have. */
    int spread(Collection<Integer> replicas) {
        Set<String> places = new HashSet<>();
        for (int number : replicas) {
            NodeSeen node = nodes.get(number);
            places.add(node == null ? "node " + number : node.place());
        }
        return places.size();
    }

    boolean majorityAlive(Collection<Integer> members) {
        return members.stream().filter(this::alive).count() * 2 > members.size();
    }

    /** Whether a plan may change who its replicas are: it is where it was wanted, and can agree on a change. */
    boolean atRest(Draft draft) {
        return !draft.changed() && !draft.seen.moving() && majorityAlive(draft.seen.members());
    }

    /** The best node for one more replica beside these: the widest spread, then the least loaded. */
    Optional<Integer> candidate(Draft draft, Collection<Integer> others) {
        return nodes.keySet().stream()
                .filter(this::takesReplicas)
                .filter(number -> !draft.replicas.contains(number))
                .min(Comparator.<Integer>comparingInt(number -> -spread(with(others, number)))
                        .thenComparingLong(this::replicasOn)
                        .thenComparingLong(number -> sumOn(number, each -> each.seen.steadyLoad()))
                        .thenComparingLong(this::bytesOn)
                        .thenComparingInt(number -> number));
    }

    /** The best of these to lead: alive and active if any is, then the one that leads least. */
    int leaderAmong(Collection<Integer> replicas) {
        return replicas.stream()
                .min(Comparator.<Integer>comparingInt(number -> takesReplicas(number) ? 0 : alive(number) ? 1 : 2)
                        .thenComparingLong(this::leadersOn)
                        .thenComparingLong(this::leadLoadOn)
                        .thenComparingInt(number -> number))
                .orElseThrow();
    }

    static Set<Integer> with(Collection<Integer> numbers, int more) {
        return Stream.concat(numbers.stream(), Stream.of(more)).collect(Collectors.toCollection(TreeSet::new));
    }

    static Set<Integer> without(Collection<Integer> numbers, int less) {
        return numbers.stream().filter(number -> number != less).collect(Collectors.toCollection(TreeSet::new));
    }

    // ---- Changes

    void replace(Draft draft, int old, int next, String why) {
        draft.replicas.remove(old);
        draft.replicas.add(next);
        draft.why = why;
        if (draft.leader == old) {
            draft.leader = leaderAmong(draft.replicas.size() > 1 ? without(draft.replicas, next) : Set.of(next));
        }
    }

    void add(Draft draft, int next, String why) {
        draft.replicas.add(next);
        draft.why = why;
    }

    void remove(Draft draft, int old, String why) {
        draft.replicas.remove(old);
        draft.why = why;
        if (draft.leader == old) {
            draft.leader = leaderAmong(draft.replicas);
        }
    }

    void lead(Draft draft, int next, String why) {
        draft.leader = next;
        draft.why = why;
    }

    /** What is to be defined: the changed ones. */
    List<ShardPlacement> changes() {
        return drafts.stream()
                .filter(Draft::changed)
                .map(draft -> {
                    ShardPlacement was = draft.seen.placement();
                    boolean pinned = was.pinned() && draft.leader == was.leader();
                    return new ShardPlacement(
                            was.shard(),
                            List.copyOf(draft.replicas),
                            draft.leader,
                            pinned,
                            String.valueOf(draft.why),
                            was.revision());
                })
                .toList();
    }
}
