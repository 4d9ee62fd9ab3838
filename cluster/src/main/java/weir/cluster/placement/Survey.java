package weir.cluster.placement;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import weir.cluster.placement.Situation.NodeSeen;
import weir.cluster.placement.Situation.ShardSeen;
import weir.cluster.placement.Watch.Liveness;
import weir.cluster.replication.GroupId;

/**
 * What one round of questions has shown: the definitions, and what each node said.
 *
 * @param nodes that are not removed, by number
 * @param removed those that are
 * @param answered the nodes that did
 * @param shortOfRoom of those, whose disks are nearly full
 * @param liveness of each of {@code nodes}
 * @param groups the catalog, then the shards
 * @param loads of the shards, as far as anybody said
 */
record Survey(
        SortedMap<Integer, Node> nodes,
        List<Node> removed,
        Set<Integer> answered,
        Set<Integer> shortOfRoom,
        SortedMap<Integer, Liveness> liveness,
        List<ShardPlacement> placements,
        SortedMap<GroupId, GroupPicture> groups,
        SortedMap<GroupId, ShardLoad> loads) {
    static Survey of(
            List<Node> defined,
            List<ShardPlacement> placements,
            SortedMap<Integer, NodeReport> reports,
            Map<Integer, List<ShardLoad>> loads,
            Watch watch,
            long nowMillis) {
        SortedMap<Integer, Node> nodes = new TreeMap<>();
        SortedMap<Integer, Liveness> liveness = new TreeMap<>();
        List<Node> removed = new ArrayList<>();
        long newest = 0;
        for (Node node : defined) {
            newest = Math.max(newest, node.revision());
            if (node.state() == NodeState.REMOVED) {
                removed.add(node);
            } else {
                nodes.put(node.number(), node);
                liveness.put(node.number(), watch.of(node.number(), nowMillis));
            }
        }
        SortedMap<GroupId, GroupPicture> groups = new TreeMap<>(Comparator.comparingInt(GroupId::number));
        groups.put(
                GroupId.CATALOG,
                picture(GroupId.CATALOG, new TreeSet<>(nodes.keySet()), OptionalInt.empty(), newest, reports));
        for (ShardPlacement placement : placements) {
            GroupId group = GroupId.shard(placement.shard());
            groups.put(
                    group,
                    picture(
                            group,
                            new TreeSet<>(placement.replicas()),
                            OptionalInt.of(placement.leader()),
                            placement.revision(),
                            reports));
        }
        Set<Integer> shortOfRoom = new TreeSet<>();
        reports.values().stream()
                .filter(NodeReport::shortOfRoom)
                .map(NodeReport::node)
                .forEach(shortOfRoom::add);
        return new Survey(
                nodes,
                removed,
                new TreeSet<>(reports.keySet()),
                shortOfRoom,
                liveness,
                placements,
                groups,
                loads(groups, loads));
    }

    /** The leader's word; where there is none, the largest. */
    private static SortedMap<GroupId, ShardLoad> loads(
            SortedMap<GroupId, GroupPicture> groups, Map<Integer, List<ShardLoad>> said) {
        SortedMap<GroupId, ShardLoad> loads = new TreeMap<>(Comparator.comparingInt(GroupId::number));
        said.values()
                .forEach(of -> of.forEach(load ->
                        loads.merge(load.group(), load, (one, other) -> one.weight() >= other.weight() ? one : other)));
        groups.values().forEach(group -> said.getOrDefault(group.leader().orElse(0), List.of()).stream()
                .filter(load -> load.group().equals(group.group()))
                .forEach(load -> loads.put(group.group(), load)));
        return loads;
    }

    private static GroupPicture picture(
            GroupId group,
            SortedSet<Integer> wanted,
            OptionalInt preferred,
            long revision,
            SortedMap<Integer, NodeReport> reports) {
        SortedMap<Integer, ReplicaReport> replicas = new TreeMap<>();
        reports.forEach((node, report) -> report.of(group).ifPresent(replica -> replicas.put(node, replica)));
        Optional<Integer> leader = replicas.keySet().stream()
                .filter(node -> leads(replicas.get(node)) && !isDeposed(replicas.get(node), replicas))
                .max(Comparator.comparingLong(node -> term(replicas.get(node))));
        return new GroupPicture(
                group, wanted, preferred, revision, leader.map(OptionalInt::of).orElse(OptionalInt.empty()), replicas);
    }

    private static boolean leads(@Nullable ReplicaReport replica) {
        return replica != null && replica.state().leads() && replica.state().damage() == null;
    }

    /**
     * Whether a member of its own has seen a newer term: one that was deposed may not know yet, and what it takes for the
     * members is out of date. Of a majority that answers one knows of any newer leader. Who is no member may call out terms as it likes.
     */
    private static boolean isDeposed(@Nullable ReplicaReport leading, SortedMap<Integer, ReplicaReport> replicas) {
        return leading != null
                && leading.state().members().stream()
                        .anyMatch(member -> term(replicas.get(member.node())) > term(leading));
    }

    private static long term(@Nullable ReplicaReport replica) {
        return replica == null ? 0 : replica.state().term();
    }

    /**
     * Whether every node has been looked at for long enough to tell whether it is alive, and everybody who holds something is
     * known: a founder that has not said yet where it is would be taken for one that was removed.
     */
    boolean complete() {
        return liveness.values().stream().allMatch(Liveness::known)
                && strangers().isEmpty();
    }

    /** Nodes that have a replica, or are to have one, and are in no definition; a removed one still is. */
    private Set<Integer> strangers() {
        Set<Integer> strangers = new TreeSet<>();
        groups.values().forEach(group -> {
            strangers.addAll(group.wanted());
            strangers.addAll(group.memberNumbers());
        });
        strangers.removeAll(nodes.keySet());
        removed.forEach(node -> strangers.remove(node.number()));
        return strangers;
    }

    boolean alive(int node) {
        Liveness of = liveness.get(node);
        return of != null && of.alive();
    }

    boolean active(int node) {
        Node of = nodes.get(node);
        return of != null && of.state() == NodeState.ACTIVE;
    }

    /** Whether a node becomes a member with a vote. Of a shard each does. */
    boolean votes(GroupPicture group, int node) {
        Node of = nodes.get(node);
        return !group.group().equals(GroupId.CATALOG) || of == null || of.votes();
    }

    /** How many of them are in the same rack as that node. */
    long sameRack(int node, Set<Integer> others) {
        Node of = nodes.get(node);
        if (of == null || of.rack().isEmpty()) {
            return 0;
        }
        return nodes.values().stream()
                .filter(other -> others.contains(other.number()) && other.rack().equals(of.rack()))
                .count();
    }

    boolean settled(int node) {
        Liveness of = liveness.get(node);
        return of != null && of.alive() && of.forMillis() >= PlacementLimits.SETTLED_AFTER.toMillis();
    }

    /** The node has answered, and knows of no replica: as a member it has lost what it had. */
    boolean without(GroupPicture group, int node) {
        return answered.contains(node) && !group.isOn(node);
    }

    /** Alive, and what it has of the group is sound; so it is taken to be while a live node has not answered this time. */
    boolean healthy(GroupPicture group, int node) {
        return alive(node) && !group.damaged(node) && !without(group, node);
    }

    Situation situation() {
        List<NodeSeen> seen = new ArrayList<>();
        nodes.forEach((number, node) -> {
            Liveness of = liveness.get(number);
            seen.add(new NodeSeen(
                    number, node.rack(), node.state(), of != null && of.alive(), of == null ? 0 : of.forMillis()));
        });
        removed.forEach(node -> seen.add(new NodeSeen(node.number(), node.rack(), NodeState.REMOVED, false, 0)));
        List<ShardSeen> shards = new ArrayList<>();
        for (ShardPlacement placement : placements) {
            GroupPicture group = groups.get(GroupId.shard(placement.shard()));
            if (group != null) {
                ShardLoad load = loads.get(group.group());
                shards.add(new ShardSeen(
                        placement,
                        List.copyOf(group.memberNumbers()),
                        group.busy(),
                        bytes(group),
                        load == null ? 0 : load.weight(),
                        load == null ? 0 : load.steady()));
            }
        }
        return new Situation(seen, shards);
    }

    private static long bytes(GroupPicture group) {
        return group.replicas().values().stream()
                .mapToLong(replica -> replica.state().bytes())
                .max()
                .orElse(0);
    }
}
