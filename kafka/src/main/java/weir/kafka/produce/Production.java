package weir.kafka.produce;

import java.util.List;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;
import weir.core.Bytes;

/**
 * A produce request.
 *
 * @param acks 0 if nobody wants an answer
 * @param transactionalId null for none
 */
record Production(@Nullable String transactionalId, short acks, List<OfTopic> topics) {
    /** @param name empty if the topic is named by its id; {@code id} is zero if it is not */
    record OfTopic(String name, Uuid id, List<OfPartition> partitions) {}

    /** @param records null for none */
    record OfPartition(int index, @Nullable Bytes records) {}
}
