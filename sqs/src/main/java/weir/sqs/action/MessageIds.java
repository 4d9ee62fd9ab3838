package weir.sqs.action;

import java.util.UUID;
import weir.core.Limits;
import weir.core.PartitionId;
import weir.core.Position;

/**
 * A message's id is its first place, (queue, partition, level, offset), as a UUID: it needs no storage, and a repeated send
 * gets the id of the first. Two messages never share one: the place is scrambled by a Feistel network, which is a
 * permutation, so that ids look unalike without ever colliding. Its keys are the cluster's own, so that two servers, or one
 * with a new data directory, give different ids.
 */
public final class MessageIds {
    private static final int HALF_BITS = 61;
    private static final long HALF = (1L << HALF_BITS) - 1;
    private static final int LEVEL_BITS = 5;
    private static final int PARTITION_BITS = 16;
    private static final int ROUNDS = 4;

    static {
        if (Limits.PRIORITY_LEVELS_MAX > 1 << LEVEL_BITS) {
            throw new AssertionError("a level does not fit its bits");
        }
    }

    private final long[] roundKeys = new long[ROUNDS];

    /** @param cluster the cluster's identity, which must stay the same as long as its messages live */
    public MessageIds(UUID cluster) {
        long key = cluster.getMostSignificantBits();
        for (int round = 0; round < ROUNDS; round++) {
            key = mix(key + cluster.getLeastSignificantBits() + round);
            roundKeys[round] = key;
        }
    }

    public String of(PartitionId partition, Position position) {
        long left = (partition.queue() << PARTITION_BITS | partition.partition()) << LEVEL_BITS | position.level();
        long right = position.offset();
        if ((left & ~HALF) != 0 || (right & ~HALF) != 0 || partition.partition() >= 1 << PARTITION_BITS) {
            throw new IllegalStateException("no id for " + partition + " " + position);
        }
        for (long key : roundKeys) {
            long next = left ^ (mix(right + key) & HALF);
            left = right;
            right = next;
        }
        // 122 bits: 48, then the version 4, then 12, then the variant 2, then 62.
        long high = left >>> 13 << 16 | 0x4000 | (left >>> 1 & 0xFFF);
        long low = 1L << 63 | (left & 1) << 61 | right;
        return new UUID(high, low).toString();
    }

    /** Twenty digits, as AWS's, rising with the place in the queue. */
    public static String sequenceNumber(Position position) {
        String digits = Long.toString(position.offset());
        return "10000000000000000000".substring(0, 20 - digits.length()) + digits;
    }

    /** The same for a FIFO topic, whose numbers must not be taken for those of a queue that it sends to. */
    public static String sequenceNumberInTopic(Position position) {
        return "2" + sequenceNumber(position).substring(1);
    }

    private static long mix(long value) {
        long z = (value ^ value >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return z ^ z >>> 31;
    }
}
