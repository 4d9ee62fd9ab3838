package weir.core.shard;

import org.jspecify.annotations.Nullable;
import weir.core.Limits;
import weir.core.Numbering;
import weir.core.Position;
import weir.core.codec.Reader;
import weir.core.codec.Writer;

/**
 * What one partition remembers of a producer that numbers: its epoch, its last sequence number, and its newest batches, so
 * that a repeat of one is told where the first went. The rules are those of Kafka's {@code ProducerAppendInfo}.
 *
 * <p>In an epoch the numbers have no gaps, so of each batch the count is enough to know its first and last.
 */
final class Producer {
    private static final int BATCHES = Limits.NUMBERED_BATCHES_REMEMBERED;

    /** Of each batch the base offset, when it was published, and in one number its level and count. */
    private static final int NUMBERS = 3;

    final Partition partition;
    final long id;
    private int epoch;
    private int lastSequence;
    /** When its last batch came; not that of a repeat. */
    private long heardAtMillis;
    /** The oldest first. */
    private long[] batches = {};

    Producer(Partition partition, long id) {
        this.partition = partition;
        this.id = id;
    }

    /** The same, to try on it what is not to happen yet. */
    Producer copy() {
        Producer copy = new Producer(partition, id);
        copy.epoch = epoch;
        copy.lastSequence = lastSequence;
        copy.heardAtMillis = heardAtMillis;
        copy.batches = batches;
        return copy;
    }

    long heardAtMillis() {
        return heardAtMillis;
    }

    /** What the first publishing of a batch was answered, if it is remembered: one of the same numbers, neither more nor less. */
    Reply.@Nullable Appended firstPublishing(Numbering numbering, int count) {
        int last = numbering.lastSequence(count);
        int end = lastSequence;
        for (int at = batches.length - NUMBERS; at >= 0 && numbering.epoch() == epoch; at -= NUMBERS) {
            int size = count(batches[at + 2]);
            if (end == last && size == count) {
                return new Reply.Appended(new Position(level(batches[at + 2]), batches[at]), batches[at + 1], true);
            }
            end = Numbering.sequenceAfter(end, -size);
        }
        return null;
    }

    /** Why a batch that is no repeat cannot be appended; null if it is the next. */
    @Nullable
    Refusal refusalOf(Numbering numbering) {
        if (numbering.epoch() < epoch) {
            return Refusal.INVALID_PRODUCER_EPOCH;
        }
        int next = numbering.epoch() > epoch ? 0 : Numbering.sequenceAfter(lastSequence, 1);
        return numbering.firstSequence() == next ? null : Refusal.OUT_OF_ORDER_SEQUENCE;
    }

    /** The batch is there, under these numbers. */
    void note(Numbering numbering, int count, Position position, long publishedAtMillis, long now) {
        long[] before = numbering.epoch() == epoch ? batches : new long[0];
        int kept = Math.min(before.length, (BATCHES - 1) * NUMBERS);
        long[] after = new long[kept + NUMBERS];
        System.arraycopy(before, before.length - kept, after, 0, kept);
        after[kept] = position.offset();
        after[kept + 1] = publishedAtMillis;
        after[kept + 2] = (long) position.level() << 32 | count;
        batches = after;
        epoch = numbering.epoch();
        lastSequence = numbering.lastSequence(count);
        heardAtMillis = now;
    }

    private static int level(long levelAndCount) {
        return (int) (levelAndCount >>> 32);
    }

    private static int count(long levelAndCount) {
        return (int) levelAndCount;
    }

    void write(Writer out) {
        out.varint(id).varint(epoch).varint(lastSequence).varint(heardAtMillis).varint(batches.length / NUMBERS);
        for (int at = 0; at < batches.length; at += NUMBERS) {
            out.varint(batches[at]).varint(heardAtMillis - batches[at + 1]); // Which is not before.
            out.varint(level(batches[at + 2])).varint(count(batches[at + 2]));
        }
    }

    static Producer read(Reader in, Partition partition) {
        Producer producer = new Producer(partition, in.varint());
        producer.epoch = in.count(Short.MAX_VALUE);
        producer.lastSequence = in.count(Integer.MAX_VALUE);
        producer.heardAtMillis = in.varint();
        int count = in.count(BATCHES);
        producer.batches = new long[count * NUMBERS];
        for (int at = 0; at < producer.batches.length; at += NUMBERS) {
            producer.batches[at] = in.varint();
            producer.batches[at + 1] = producer.heardAtMillis - in.varint();
            long level = in.count(Limits.PRIORITY_LEVELS_MAX - 1);
            producer.batches[at + 2] = level << 32 | in.count(Limits.BATCH_MESSAGES_MAX);
        }
        return producer;
    }
}
