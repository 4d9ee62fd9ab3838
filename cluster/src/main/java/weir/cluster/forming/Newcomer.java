package weir.cluster.forming;

import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import weir.cluster.replication.Member;

/**
 * A node that looks for its cluster, as its operator described it.
 *
 * @param self as the others reach it
 * @param seeds of the cluster, without repetitions; this node may be among them. Empty or only itself: it founds a cluster of
 *     its own
 * @param shards of a cluster that is founded now
 * @param edition the newest that this node takes part in
 */
public record Newcomer(
        Member self, List<Address> seeds, int shards, String rack, SortedMap<String, String> fronts, int edition) {
    public Newcomer {
        seeds = seeds.stream().distinct().toList();
        fronts = new TreeMap<>(fronts);
    }
}
