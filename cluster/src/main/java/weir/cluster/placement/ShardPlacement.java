package weir.cluster.placement;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import weir.core.Check;
import weir.core.Limits;
import weir.core.catalog.CatalogCommand;
import weir.core.catalog.Definition;

/**
 * Where a shard is to be.
 *
 * @param shard counted from 0
 * @param replicas the nodes, ascending
 * @param leader the one of them that is to lead if it can
 * @param pinned whether the operator chose the leader: balancing leaves it alone
 * @param why one sentence for the operator: what was changed last, and what for
 * @param revision of the definition; {@link Definition#NEW} if it is not there yet
 */
public record ShardPlacement(int shard, List<Integer> replicas, int leader, boolean pinned, String why, long revision) {
    /** The kind of its definition. */
    public static final String KIND = "shard";

    private static final String REPLICAS = "replicas";
    private static final String LEADER = "leader";
    private static final String PINNED = "pinned";
    private static final String WHY = "why";

    public ShardPlacement {
        Check.inRange("shard", shard, 0, Limits.SHARDS_MAX - 1);
        replicas = replicas.stream().sorted().distinct().toList();
        if (!replicas.contains(leader)) {
            throw new IllegalArgumentException("shard " + shard + " on " + replicas + " cannot be led by " + leader);
        }
    }

    public static ShardPlacement of(Definition definition) {
        SortedMap<String, String> attributes = definition.attributes();
        return new ShardPlacement(
                Integer.parseInt(definition.name()),
                Arrays.stream(Objects.requireNonNull(attributes.get(REPLICAS)).split(","))
                        .map(Integer::valueOf)
                        .toList(),
                Integer.parseInt(Objects.requireNonNull(attributes.get(LEADER))),
                Boolean.parseBoolean(attributes.get(PINNED)),
                Objects.requireNonNullElse(attributes.get(WHY), ""),
                definition.revision());
    }

    /** Makes the catalog's definition this, if it is as it was when this was read. */
    public CatalogCommand.Define define() {
        SortedMap<String, String> attributes = new TreeMap<>();
        attributes.put(REPLICAS, replicas.stream().map(String::valueOf).collect(Collectors.joining(",")));
        attributes.put(LEADER, Integer.toString(leader));
        attributes.put(WHY, why);
        if (pinned) {
            attributes.put(PINNED, "true");
        }
        return new CatalogCommand.Define(KIND, Integer.toString(shard), revision, attributes);
    }
}
