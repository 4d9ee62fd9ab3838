package weir.cluster.forming;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import weir.cluster.replication.GroupId;
import weir.cluster.replication.Member;
import weir.core.Check;
import weir.core.Limits;

/**
 * Whose a data directory is.
 *
 * @param cluster names the cluster for ever
 * @param shards fixed when it was founded
 * @param node this node's number in it
 * @param founders who founded it, by number; empty for a node that joined later. Every founder has the same list
 */
public record Identity(UUID cluster, int shards, int node, List<Member> founders) {
    /** Of a shard at founding; placement sees to it from then on. */
    private static final int REPLICAS = 3;

    public Identity {
        Check.inRange("shards", shards, 1, Limits.SHARDS_MAX);
        Check.inRange("node", node, 1, Member.NODE_MAX);
        founders =
                founders.stream().sorted(Comparator.comparingInt(Member::node)).toList();
    }

    /** Who holds a group at the beginning: the catalog is everybody's, the shards go round. */
    public List<Member> foundersOf(GroupId group) {
        if (group.equals(GroupId.CATALOG)) {
            return founders;
        }
        int shard = group.number() - 1;
        List<Member> chosen = new ArrayList<>();
        for (int i = 0; i < Math.min(REPLICAS, founders.size()); i++) {
            chosen.add(founders.get((shard + i) % founders.size()));
        }
        chosen.sort(Comparator.comparingInt(Member::node));
        return chosen;
    }

    /** Who is to lead a group at the beginning, so that leaders are spread; the lowest leads the catalog. */
    public int firstLeaderOf(GroupId group) {
        int turn = group.equals(GroupId.CATALOG) ? 0 : (group.number() - 1) % founders.size();
        return founders.get(turn).node();
    }
}
