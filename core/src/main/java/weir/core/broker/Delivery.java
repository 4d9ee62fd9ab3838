package weir.core.broker;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import weir.core.Bytes;
import weir.core.LeaseId;
import weir.core.PartitionId;
import weir.core.shard.Command;
import weir.core.shard.Reply;

/**
 * A message handed out, with its content.
 *
 * @param format who can read the payload, see {@link weir.core.Batch#format}
 * @param payload of the whole stored batch
 * @param indexInBatch which message of the batch was handed out
 */
public record Delivery(PartitionId partition, Reply.Leased leased, int format, Bytes payload, int indexInBatch) {
    /** The leases of some deliveries by their partitions, in order. */
    public static SortedMap<PartitionId, List<LeaseId>> leases(List<Delivery> deliveries) {
        SortedMap<PartitionId, List<LeaseId>> leases = new TreeMap<>();
        for (Delivery delivery : deliveries) {
            leases.computeIfAbsent(delivery.partition, _ -> new ArrayList<>()).add(delivery.leased.lease());
        }
        return leases;
    }

    /** Give deliveries back that nobody looked at. */
    public static List<Command.Release> giveBack(List<Delivery> deliveries) {
        List<Command.Release> releases = new ArrayList<>();
        leases(deliveries)
                .forEach((partition, leases) -> releases.add(new Command.Release(partition, leases, 0, false)));
        return releases;
    }
}
