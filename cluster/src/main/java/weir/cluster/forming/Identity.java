package weir.cluster.forming;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import weir.cluster.ClusterLimits;
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
 * @param listens whether this node was told, when it joined, to begin as one that follows the catalog without a vote. What the
 *     catalog's log says of it by now goes before that
 */
public record Identity(UUID cluster, int shards, int node, List<Member> founders, boolean listens) {
    /** Of a shard at founding; placement sees to it from then on. */
    private static final int REPLICAS = 3;

    public Identity {
        Check.inRange("shards", shards, 1, Limits.SHARDS_MAX);
        Check.inRange("node", node, 1, Member.NODE_MAX);
        founders =
                founders.stream().sorted(Comparator.comparingInt(Member::node)).toList();
    }

    /** Of a node with a vote on the catalog. */
    public Identity(UUID cluster, int shards, int node, List<Member> founders) {
        this(cluster, shards, node, founders, false);
    }

    /**
     * Who holds a group with a vote at the beginning: the catalog is everybody's, up to the most that vote on it, the shards go
     * round.
     */
    public List<Member> foundersOf(GroupId group) {
        if (group.equals(GroupId.CATALOG)) {
            return founders.subList(0, Math.min(founders.size(), ClusterLimits.CATALOG_VOTERS_MAX));
        }
        int shard = group.number() - 1;
        List<Member> chosen = new ArrayList<>();
        for (int i = 0; i < Math.min(REPLICAS, founders.size()); i++) {
            chosen.add(founders.get((shard + i) % founders.size()));
        }
        chosen.sort(Comparator.comparingInt(Member::node));
        return chosen;
    }

    /** Whether this node begins as one that follows the catalog without a vote: too many vote already. */
    public boolean beginsWithoutVote() {
        boolean founder = founders.stream().anyMatch(member -> member.node() == node);
        return listens || (founder && foundersOf(GroupId.CATALOG).stream().noneMatch(member -> member.node() == node));
    }

    /** Who is to lead a group at the beginning, so that leaders are spread; the lowest leads the catalog. */
    public int firstLeaderOf(GroupId group) {
        int turn = group.equals(GroupId.CATALOG) ? 0 : (group.number() - 1) % founders.size();
        return founders.get(turn).node();
    }
}
