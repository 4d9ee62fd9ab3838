package weir.amqp.session;

import java.util.concurrent.atomic.AtomicLong;

/**
 * What waits to be written to all clients together. Nobody is kept waiting for others here: while it is more than is meant for it,
 * each client is only taken to be behind much sooner. So thousands that do not read cannot fill the memory, nor keep those that do
 * from their messages. It may be exceeded by what those who found it free are given at the same time. From any thread.
 */
final class OutboxRoom {
    private final long bytesMax;
    private final AtomicLong used = new AtomicLong();

    OutboxRoom(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    void take(long bytes) {
        used.addAndGet(bytes);
    }

    void give(long bytes) {
        used.addAndGet(-bytes);
    }

    long used() {
        return used.get();
    }

    /** What one receive may bring for a client. */
    int bytesOfReceive() {
        return used.get() < bytesMax ? SessionLimits.RECEIVE_BYTES_MAX : SessionLimits.OUTBOX_BYTES_TIGHT;
    }

    /** From how much on a client is behind. */
    int bytesOfEach() {
        return used.get() < bytesMax ? SessionLimits.OUTBOX_BYTES : SessionLimits.OUTBOX_BYTES_TIGHT;
    }
}
