package weir.cluster.placement;

import java.time.Duration;
import weir.core.Check;

/**
 * What the operator has set.
 *
 * @param replicas wanted of each shard, as far as there are nodes
 * @param replaceAfter how long a node may be silent before its replicas are made anew on others
 */
public record PlacementRules(int replicas, Duration replaceAfter) {
    public static final PlacementRules DEFAULT = new PlacementRules(3, PlacementLimits.REPLACE_AFTER);

    public PlacementRules {
        Check.inRange("replicas", replicas, 1, PlacementLimits.REPLICAS_MAX);
        Check.inRange("replaceAfter", replaceAfter, Duration.ofSeconds(1), Duration.ofDays(365));
    }
}
