package weir.core.broker;

import weir.core.Bytes;
import weir.core.PartitionId;
import weir.core.shard.Reply;

/**
 * A message handed out, with its content.
 *
 * @param format who can read the payload, see {@link weir.core.Batch#format}
 * @param payload of the whole stored batch
 * @param indexInBatch which message of the batch was handed out
 */
public record Delivery(PartitionId partition, Reply.Leased leased, int format, Bytes payload, int indexInBatch) {}
