package weir.core.broker;

import weir.core.Check;
import weir.core.Limits;
import weir.core.PartitionId;

/**
 * What a reader wants of a topic's partition.
 *
 * @param from the first offset that it has not read
 * @param bytesMax payload bytes, 1 and more; a batch that has more alone is given all the same
 */
public record Fetch(PartitionId partition, long from, int bytesMax) {
    public Fetch {
        Check.atLeast("from", from, 0);
        Check.inRange("bytesMax", bytesMax, 1, Limits.FETCH_BYTES_MAX);
    }
}
