package weir.amqp.session;

import java.time.InstantSource;
import java.util.Collection;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Keeps what a connection's client holds from running out. By whichever clock goes faster: leases run out by the node's, which is set
 * right at times, and moved by tests. The watch's thread.
 */
final class HeldLeases {
    private final InstantSource clock;
    private final Collection<Channel> channels;
    private final String thread;
    private long extendedNanos = System.nanoTime();
    private long extendedMillis;
    /** One round may take longer than the time between two. */
    private final AtomicBoolean extending = new AtomicBoolean();

    /** @param channels those that are open, at any time */
    HeldLeases(InstantSource clock, Collection<Channel> channels, String thread) {
        this.clock = clock;
        this.channels = channels;
        this.thread = thread;
        this.extendedMillis = clock.millis();
    }

    /** Has them extended if it is time. Does not wait. */
    void look(long nowNanos) {
        long nowMillis = clock.millis();
        boolean due = nowNanos - extendedNanos >= SessionLimits.LEASE_EXTENDED_EVERY.toNanos()
                || nowMillis - extendedMillis >= SessionLimits.LEASE_EXTENDED_EVERY.toMillis();
        if (!due) {
            return;
        }
        extendedNanos = nowNanos;
        extendedMillis = nowMillis;
        if (channels.stream().anyMatch(Channel::holdsAny) && extending.compareAndSet(false, true)) {
            Thread.ofVirtual().name(thread).start(() -> {
                try {
                    channels.forEach(Channel::keepHeld);
                } finally {
                    extending.set(false);
                }
            });
        }
    }
}
