package weir.cluster.placement;

import java.util.List;
import java.util.TreeMap;

/** What a plan is made from: the nodes and the shards as they are wanted and as they are. */
public record Situation(List<NodeSeen> nodes, List<ShardSeen> shards) {
    public Situation {
        nodes = List.copyOf(nodes);
        shards = List.copyOf(shards);
    }

    /** As it will be when these have been carried out. */
    Situation after(List<ShardPlacement> changes) {
        TreeMap<Integer, ShardPlacement> next = new TreeMap<>();
        changes.forEach(change -> next.put(change.shard(), change));
        return new Situation(
                nodes,
                shards.stream()
                        .map(seen -> {
                            ShardPlacement change = next.get(seen.placement().shard());
                            return change == null
                                    ? seen
                                    : new ShardSeen(
                                            change,
                                            change.replicas(),
                                            false,
                                            seen.bytes(),
                                            seen.load(),
                                            seen.steadyLoad());
                        })
                        .toList());
    }

    /**
     * @param rack empty if nothing is known of it
     * @param forMillis for how long it has been alive, or silent, without a gap
     */
    public record NodeSeen(int number, String rack, NodeState state, boolean alive, long forMillis) {
        /** Where it fails together with others. */
        String place() {
            return rack.isEmpty() ? "node " + number : "rack " + rack;
        }

        boolean settled() {
            return alive && forMillis >= PlacementLimits.SETTLED_AFTER.toMillis();
        }
    }

    /**
     * @param placement what is wanted
     * @param members who they are by the group's own configuration, ascending; empty if nobody said
     * @param busy whether a change of the members is under way, or a replica is being mended
     * @param bytes of one replica on disk, 0 if not known
     * @param load {@link ShardLoad#weight}, 0 if not known
     * @param steadyLoad {@link ShardLoad#steady}, 0 if not known
     */
    public record ShardSeen(
            ShardPlacement placement, List<Integer> members, boolean busy, long bytes, long load, long steadyLoad) {
        public ShardSeen {
            members = members.stream().sorted().toList();
        }

        boolean moving() {
            return busy || !members.equals(placement.replicas());
        }
    }
}
