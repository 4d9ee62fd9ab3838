package weir.core.broker;

import weir.core.PartitionId;
import weir.core.QueuePosition;

/** A message looked at, and the partition that it is in. */
public record PeekedIn(PartitionId partition, Peeked message) {
    public QueuePosition place() {
        return new QueuePosition(partition.partition(), message.position());
    }
}
