package weir.cluster.placement;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import weir.cluster.placement.Situation.NodeSeen;
import weir.cluster.placement.Situation.ShardSeen;

/** Nodes and shards in memory on which plans are carried out, and what must hold of every plan. */
final class PlannedCluster {
    static final long LONG_AGO = 3_600_000;

    final TreeMap<Integer, NodeSeen> nodes = new TreeMap<>();
    final TreeMap<Integer, ShardPlacement> placements = new TreeMap<>();
    /** Who the members are, where a shard is still on its way. */
    final TreeMap<Integer, Set<Integer>> moving = new TreeMap<>();

    final TreeMap<Integer, Long> bytes = new TreeMap<>();
    final TreeMap<Integer, Long> loads = new TreeMap<>();
    final TreeMap<Integer, Long> steadyLoads = new TreeMap<>();
    PlacementRules rules;
    int copies;

    PlannedCluster(int replicas) {
        rules = new PlacementRules(replicas, PlacementLimits.REPLACE_AFTER);
    }

    /** Nodes 1 to {@code count}, each on its own, with shards as founded. */
    static PlannedCluster of(int count, int shards, int replicas) {
        PlannedCluster cluster = new PlannedCluster(replicas);
        IntStream.rangeClosed(1, count).forEach(node -> cluster.node(node, "", NodeState.ACTIVE, true));
        cluster.found(shards);
        return cluster;
    }

    void node(int number, String rack, NodeState state, boolean alive) {
        nodes.put(number, new NodeSeen(number, rack, state, alive, LONG_AGO));
    }

    void set(int number, NodeState state) {
        NodeSeen was = seen(number);
        nodes.put(number, new NodeSeen(number, was.rack(), state, was.alive(), was.forMillis()));
    }

    void set(int number, boolean alive, long forMillis) {
        NodeSeen was = seen(number);
        nodes.put(number, new NodeSeen(number, was.rack(), was.state(), alive, forMillis));
    }

    NodeSeen seen(int number) {
        return Objects.requireNonNull(nodes.get(number));
    }

    void place(int shard, int leader, Integer... replicas) {
        placements.put(shard, new ShardPlacement(shard, List.of(replicas), leader, false, "", 1));
    }

    void found(int shards) {
        List<Node> there = nodes.values().stream()
                .map(node -> new Node(node.number(), "h", 1, node.rack(), node.state(), new TreeMap<>(), 1, 0, 1, true))
                .toList();
        Planner.found(there, shards, rules).forEach(placement -> placements.put(placement.shard(), placement));
    }

    ShardPlacement placement(int shard) {
        return Objects.requireNonNull(placements.get(shard));
    }

    Set<Integer> members(int shard) {
        return moving.getOrDefault(shard, new TreeSet<>(placement(shard).replicas()));
    }

    Situation situation() {
        return new Situation(
                List.copyOf(nodes.values()),
                placements.values().stream()
                        .map(placement -> new ShardSeen(
                                placement,
                                List.copyOf(members(placement.shard())),
                                false,
                                bytes.getOrDefault(placement.shard(), 0L),
                                loads.getOrDefault(placement.shard(), 0L),
                                steadyLoads.getOrDefault(placement.shard(), 0L)))
                        .toList());
    }

    List<ShardPlacement> plan(boolean thorough) {
        return Planner.plan(situation(), rules, thorough);
    }

    /** Carries a plan out at once, and holds each change against what no change may do. */
    void apply(List<ShardPlacement> plan) {
        Set<Integer> changed = new HashSet<>();
        for (ShardPlacement next : plan) {
            assertThat(changed.add(next.shard()))
                    .as("one change of a shard at a time")
                    .isTrue();
            check(next);
            copies += (int) next.replicas().stream()
                    .filter(node -> !members(next.shard()).contains(node))
                    .count();
            moving.remove(next.shard());
            placements.put(next.shard(), next);
        }
    }

    void check(ShardPlacement next) {
        ShardPlacement was = placement(next.shard());
        Set<Integer> members = members(next.shard());
        String change = was + " -> " + next;
        assertThat(next.why()).as(change).isNotEmpty();
        assertThat(majorityAlive(members))
                .as("touches a shard without a majority: " + change)
                .isTrue();
        List<Integer> come =
                next.replicas().stream().filter(node -> !members.contains(node)).toList();
        List<Integer> go =
                members.stream().filter(node -> !next.replicas().contains(node)).toList();
        assertThat(come.size()).as(change).isLessThanOrEqualTo(1);
        assertThat(come)
                .as("comes to a node that cannot take it: " + change)
                .allMatch(node -> seen(node).alive() && seen(node).state() == NodeState.ACTIVE);
        Set<Integer> between = new TreeSet<>(members);
        between.addAll(come);
        assertThat(majorityAlive(between))
                .as("loses the majority on the way: " + change)
                .isTrue();
        assertThat(majorityAlive(next.replicas()))
                .as("ends without a majority: " + change)
                .isTrue();
        boolean leaving = go.stream().allMatch(node -> seen(node).state() != NodeState.ACTIVE);
        if (!leaving) {
            assertThat(alive(next.replicas()))
                    .as("fewer live replicas: " + change)
                    .isGreaterThanOrEqualTo(Math.min(rules.replicas(), alive(members)));
        }
        if (seen(was.leader()).alive() && seen(was.leader()).state() == NodeState.DRAINING) {
            assertThat(go.contains(was.leader()) && alive(next.replicas()) > 1 && come.isEmpty())
                    .as("a leader leaves before it leads no more: " + change)
                    .isFalse();
        }
    }

    long alive(Iterable<Integer> members) {
        long count = 0;
        for (int node : members) {
            count += seen(node).alive() && seen(node).state() != NodeState.REMOVED ? 1 : 0;
        }
        return count;
    }

    boolean majorityAlive(Collection<Integer> members) {
        return alive(members) * 2 > members.size();
    }

    /** Plans and carries out until there is nothing left to do; fails if that takes more than so many rounds. */
    void settle(boolean thorough, int roundsMax) {
        for (int round = 0; ; round++) {
            List<ShardPlacement> plan = plan(thorough);
            if (plan.isEmpty()) {
                return;
            }
            assertThat(round).as("rounds, still planning " + plan).isLessThan(roundsMax);
            apply(plan);
        }
    }

    long replicasOn(int node) {
        return placements.values().stream()
                .filter(placement -> placement.replicas().contains(node))
                .count();
    }

    long leadersOn(int node) {
        return placements.values().stream()
                .filter(placement -> placement.leader() == node)
                .count();
    }

    long bytesOn(int node) {
        return placements.values().stream()
                .filter(placement -> placement.replicas().contains(node))
                .mapToLong(placement -> bytes.getOrDefault(placement.shard(), 0L))
                .sum();
    }

    List<Integer> usable() {
        List<Integer> usable = new ArrayList<>();
        nodes.forEach((number, node) -> {
            if (node.alive() && node.state() == NodeState.ACTIVE) {
                usable.add(number);
            }
        });
        return usable;
    }
}
