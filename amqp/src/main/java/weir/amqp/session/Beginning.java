package weir.amqp.session;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * In which order a consumer begins: it waits for messages, then its client is told that it consumes, then something is delivered
 * to it. Its own thread and the connection's reading one meet here.
 */
final class Beginning {
    private final CountDownLatch attending = new CountDownLatch(1);
    private final CountDownLatch told = new CountDownLatch(1);

    /** It waits, or need not be waited for. From any thread, any number of times. */
    void attends() {
        attending.countDown();
    }

    /** Returns when it does, or has taken too long: a shard may be without a leader. */
    void awaitAttending() throws InterruptedException {
        var _ = attending.await(SessionLimits.ATTENDING.toNanos(), TimeUnit.NANOSECONDS);
    }

    void told() {
        told.countDown();
    }

    /** Returns when its client has been told, which takes a moment; whoever interrupts is heard later. */
    void awaitTold() {
        boolean interrupted = false;
        while (told.getCount() > 0) {
            try {
                told.await();
            } catch (InterruptedException _) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
