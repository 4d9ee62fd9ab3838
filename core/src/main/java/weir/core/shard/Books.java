package weir.core.shard;

import weir.core.PartitionStatus;
import weir.core.QueueSettings;

/**
 * The counters of a partition. They follow from its messages and are kept so that nobody has to count; of what a slot's
 * state says, each slot is {@link #count counted} out of the old one and into the new.
 */
final class Books {
    /** Unsettled messages, whatever their state. */
    long messages;

    long leased;
    long delayed;
    long departing;
    /** Payload bytes of all unsettled messages. */
    long bytes;
    /** The part of {@code bytes} that is leased or departing. */
    private long bytesOut;

    void appended(StoredBatch batch) {
        messages += batch.messages().size();
        bytes += (long) batch.bytesPerMessage() * batch.messages().size();
    }

    /** Of a topic, whose messages are nowhere but in its log. */
    void hold(long count, long payloadBytes) {
        messages = count;
        bytes = payloadBytes;
    }

    /** The slot, which was counted out of its state, is no message any more. */
    void settled(Slot slot) {
        messages--;
        bytes -= slot.bytes;
    }

    /** @param sign 1 if the slot enters its state, -1 if it leaves it */
    void count(Slot slot, int sign) {
        switch (slot.state) {
            case READY -> {}
            case DELAYED -> delayed += sign;
            case LEASED -> {
                leased += sign;
                slot.lane.leased += sign;
                bytesOut += (long) sign * slot.bytes;
            }
            case DEPARTING -> {
                departing += sign;
                bytesOut += (long) sign * slot.bytes;
            }
        }
    }

    /** Whether the ready and delayed messages, and so many more, are too much for the queue. */
    boolean exceed(QueueSettings settings, long moreMessages, long moreBytes) {
        return messages - leased - departing > settings.messagesMax() - moreMessages
                || bytes - bytesOut > settings.bytesMax() - moreBytes;
    }

    PartitionStatus status(long oldestAtMillis) {
        long ready = messages - leased - delayed - departing;
        return new PartitionStatus(ready, delayed, leased, departing, bytes, oldestAtMillis);
    }

    void clear() {
        messages = 0;
        leased = 0;
        delayed = 0;
        departing = 0;
        bytes = 0;
        bytesOut = 0;
    }
}
