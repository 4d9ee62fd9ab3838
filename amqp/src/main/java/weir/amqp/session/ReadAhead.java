package weir.amqp.session;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * What the consumers of streams at this node may have fetched ahead of their clients, in equal shares: so thousands of them, whose
 * clients are slow, take hardly more memory than a hundred. From any thread.
 */
final class ReadAhead {
    private final AtomicInteger consumers = new AtomicInteger();

    void joined() {
        consumers.incrementAndGet();
    }

    void left() {
        consumers.decrementAndGet();
    }

    /** Content that each may fetch at a time; a single batch may be larger. */
    int bytesOfEach() {
        return Math.clamp(
                SessionLimits.STREAM_FETCHED_BYTES_OF_ALL / Math.max(1, consumers.get()),
                SessionLimits.STREAM_FETCHED_BYTES_MIN,
                SessionLimits.STREAM_FETCHED_BYTES);
    }
}
