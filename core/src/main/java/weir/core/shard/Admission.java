package weir.core.shard;

import java.util.List;
import org.jspecify.annotations.Nullable;
import weir.core.Batch;
import weir.core.DeadLetterPolicy;
import weir.core.Envelope;
import weir.core.Ordering;
import weir.core.QueueSettings;

/** Decides what may be published to a partition. Reads only. */
final class Admission {
    private final Partition partition;
    private final ShardMachine machine;

    Admission(Partition partition, ShardMachine machine) {
        this.partition = partition;
        this.machine = machine;
    }

    /** Why the batches, all or none, cannot be appended; null if they can. */
    @Nullable
    Refusal refusalOf(List<Batch> batches) {
        QueueSettings settings = partition.settings;
        if (settings.publishPaused()) {
            return Refusal.PUBLISH_PAUSED;
        }
        long count = 0;
        long size = 0;
        var sequences = new Sequences(partition);
        for (Batch batch : batches) {
            int each = batch.payload().length() / batch.count();
            // A payload of several forms is larger than the message, which its front has measured.
            boolean measured = batch.messages().getFirst().variant() > 0;
            if (each > settings.messageBytesMax() && !measured) {
                return Refusal.MESSAGE_TOO_LARGE;
            }
            if (settings.ordering() == Ordering.GROUP
                    && batch.messages().stream().anyMatch(envelope -> envelope.group() == null)) {
                return Refusal.GROUP_MISSING;
            }
            if (sequences.isRepeat(batch)) {
                continue;
            }
            Refusal refusal = sequences.refusalOf(batch);
            if (refusal != null) {
                return refusal;
            }
            if (batches.size() > 1) {
                sequences.passed(batch);
            }
            if (firstPublishing(batch) == null) {
                count += batch.count();
                size += (long) each * batch.count();
            }
        }
        if (count == 0) {
            return null; // Nothing but repeats, which a full queue answers too.
        }
        if (partition.isTopic()) {
            return null; // The oldest make room.
        }
        boolean overflows = partition.books.exceed(settings, count, size);
        return switch (settings.overflow()) {
            case REFUSE -> overflows ? Refusal.QUEUE_FULL : null;
            case DROP_OLDEST ->
                overflows && keepsWhatMakesRoom(settings) && partition.hasTooManyDeparting()
                        ? Refusal.QUEUE_FULL
                        : null;
        };
    }

    private static boolean keepsWhatMakesRoom(QueueSettings settings) {
        DeadLetterPolicy policy = settings.deadLetter();
        return policy != null && policy.onOverflow();
    }

    /** The message of the same deduplication id that was published within the window, if there is one. */
    Deduplication.@Nullable Known firstPublishing(Batch batch) {
        Envelope envelope = batch.messages().getFirst();
        if (envelope.deduplicationId() == null || batch.count() > 1 || partition.deduplication.isEmpty()) {
            return null;
        }
        QueueSettings settings = partition.settings;
        return partition.deduplication.find(
                envelope.deduplicationId(),
                envelope.group(),
                settings.deduplicationScope(),
                machine.nowMillis() - settings.deduplicationWindow().toMillis());
    }
}
