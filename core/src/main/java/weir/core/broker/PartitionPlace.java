package weir.core.broker;

import java.util.List;
import java.util.OptionalInt;

/**
 * Where a partition is.
 *
 * @param leader the node that leads it; empty while nobody does
 * @param replicas the nodes that it is placed on
 */
public record PartitionPlace(OptionalInt leader, List<Integer> replicas) {
    public PartitionPlace {
        replicas = List.copyOf(replicas);
    }
}
