package weir.amqp.session;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import weir.amqp.queue.AmqpQueue;
import weir.amqp.wire.AmqpException;
import weir.core.LeaseId;
import weir.core.PartitionId;
import weir.core.broker.Delivery;

/**
 * What the consumers of one channel may take, and the deliveries that are held. Its monitor guards both: a delivery that is
 * settled is credit for the next.
 *
 * <p>Whoever asks the broker reserves credit first, so that what comes can always be delivered.
 */
final class Prefetch {
    /** What one consumer has taken. Guarded by the prefetch's monitor. */
    static final class Share {
        /** 0 for no limit. */
        final int limit;

        int held;
        int reserved;

        Share(int limit) {
            this.limit = limit;
        }
    }

    private final Unacked unacked = new Unacked();
    /** For all consumers of the channel together; 0 for none. */
    private int limit;

    private int held;
    private int reserved;
    /** Consumers that share {@link #limit}. */
    private int sharing;

    synchronized void limit(int newLimit) {
        limit = newLimit;
        notifyAll();
    }

    /** Returns when no more is reserved than the limit leaves, or that takes too long: what was reserved before it was set. */
    synchronized void awaitWithinLimit(Duration patience) throws InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        long left = patience.toMillis();
        while (limit > 0 && reserved > 0 && held + reserved > limit && left > 0) {
            wait(left);
            left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
        }
    }

    synchronized int limit() {
        return limit;
    }

    synchronized void joined() {
        sharing++;
    }

    synchronized void left() {
        sharing--;
        notifyAll();
    }

    /** Whether consumers of the channel wait for each other's credit. */
    synchronized boolean isContended() {
        return limit > 0 && sharing > 1;
    }

    /** Waits for a while until a consumer may take something, and reserves that, up to what it wants; 0 if it may not yet. */
    synchronized int reserve(Share share, int wanted, Duration patience) throws InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        int room = tryReserve(share, wanted);
        while (room == 0) {
            long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
            if (left <= 0) {
                return 0;
            }
            wait(left);
            room = tryReserve(share, wanted);
        }
        return room;
    }

    /** The same without waiting: 0 if it may take nothing for now. */
    synchronized int tryReserve(Share share, int wanted) {
        int room = Math.max(0, room(share, wanted));
        share.reserved += room;
        reserved += room;
        return room;
    }

    /** Whether it may take more than it has reserved. */
    synchronized boolean hasRoom(Share share) {
        return room(share, 1) > 0;
    }

    private int room(Share share, int wanted) {
        int room = wanted;
        if (share.limit > 0) {
            room = Math.min(room, share.limit - share.held - share.reserved);
        }
        if (limit > 0) {
            room = Math.min(room, limit - held - reserved);
        }
        return room;
    }

    /** Gives back credit that was reserved. */
    synchronized void unreserve(Share share, int count) {
        share.reserved -= count;
        reserved -= count;
        notifyAll();
    }

    /** The tag of a delivery that need not be settled. */
    synchronized long nextTag() {
        return unacked.nextTag();
    }

    /** The tag of a delivery that is held from now on. */
    long hold(AmqpQueue queue, Delivery delivery, @Nullable Consumer consumer, long nowNanos) {
        return hold(queue, delivery.partition(), delivery.leased().lease(), consumer, nowNanos);
    }

    /** The same of whatever lies at that place. */
    synchronized long hold(
            AmqpQueue queue, PartitionId partition, LeaseId lease, @Nullable Holder consumer, long nowNanos) {
        long tag = unacked.nextTag();
        unacked.add(new Held(tag, queue, partition, lease, consumer, nowNanos));
        if (consumer != null) {
            consumer.share().held++;
            held++;
        }
        return tag;
    }

    /** @throws AmqpException as {@link Unacked#take} says */
    synchronized List<Held> take(long tag, boolean multiple) throws AmqpException {
        return released(unacked.take(tag, multiple));
    }

    synchronized List<Held> takeAll() {
        return released(unacked.takeAll());
    }

    synchronized List<Held> giveUp(Predicate<Held> kind) {
        return released(unacked.giveUp(kind));
    }

    private List<Held> released(List<Held> taken) {
        for (Held each : taken) {
            if (each.consumer() != null) {
                each.consumer().share().held--;
                held--;
            }
        }
        notifyAll();
        return taken;
    }

    /** What was to happen to them will not: they are held again. */
    synchronized void putBack(List<Held> taken) {
        for (Held each : taken) {
            if (each.consumer() != null) {
                each.consumer().share().held++;
                held++;
            }
        }
        unacked.putBack(taken);
    }

    synchronized boolean holdsAny() {
        return unacked.holdsAny();
    }

    synchronized List<Held> all() {
        return unacked.all();
    }

    synchronized @Nullable Held oldestOf(Holder consumer) {
        return unacked.oldestOf(consumer);
    }
}
