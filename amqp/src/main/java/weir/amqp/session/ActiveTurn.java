package weir.amqp.session;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import weir.amqp.queue.ActiveConsumers;
import weir.amqp.queue.ActiveConsumers.Activity;
import weir.amqp.queue.AmqpQueue;
import weir.core.broker.OutcomeUnknownException;

/** Whether a consumer of a queue with a single active one is that. Of any other queue it always is. The consumer's thread. */
final class ActiveTurn {
    private static final Logger LOG = LoggerFactory.getLogger(ActiveTurn.class);

    private final ActiveConsumers actives;
    private final AmqpQueue queue;
    /** Null while another consumer is the active one, or none need be. Read by whoever looks. */
    private volatile @Nullable Activity activity;

    private long extendedNanos;

    ActiveTurn(ActiveConsumers actives, AmqpQueue queue) {
        this.actives = actives;
        this.queue = queue;
    }

    /** From any thread: as it was a moment ago. */
    ConsumerInfo.Activity now() {
        return !queue.hasSingleActiveConsumer()
                ? ConsumerInfo.Activity.UP
                : activity == null ? ConsumerInfo.Activity.WAITING : ConsumerInfo.Activity.SINGLE_ACTIVE;
    }

    /** How long it may wait for messages before it has to come here again. */
    Duration patience() {
        return queue.hasSingleActiveConsumer() ? SessionLimits.ACTIVE_EXTENDED_EVERY : SessionLimits.RECEIVE_PATIENCE;
    }

    /** Whose turn it is. */
    enum Turn {
        MINE,
        NOT_YET,
        /** Nobody's any more. */
        QUEUE_GONE
    }

    /** Waits a while to be the active one. */
    Turn await() throws InterruptedException {
        if (!queue.hasSingleActiveConsumer()) {
            return Turn.MINE;
        }
        try {
            Activity held = activity;
            if (held != null) {
                return extended(held) ? Turn.MINE : Turn.NOT_YET;
            }
            Optional<Activity> gained = actives.await(queue, SessionLimits.RECEIVE_PATIENCE);
            activity = gained.orElse(null);
            extendedNanos = System.nanoTime();
            if (gained.isPresent()) {
                return Turn.MINE;
            }
            return actives.isThere(queue) ? Turn.NOT_YET : Turn.QUEUE_GONE;
        } catch (OutcomeUnknownException e) {
            activity = null;
            LOG.warn("Who is the active consumer of the {} is not known: {}", queue.name(), e.getMessage());
            Thread.sleep(SessionLimits.RECEIVE_RETRY);
            return Turn.NOT_YET;
        }
    }

    private boolean extended(Activity held) throws OutcomeUnknownException, InterruptedException {
        long now = System.nanoTime();
        if (now - extendedNanos < SessionLimits.ACTIVE_EXTENDED_EVERY.toNanos()) {
            return true;
        }
        if (held.extend()) {
            extendedNanos = now;
            return true;
        }
        activity = null;
        return false;
    }

    /** Whether it may be held still, and another one waits for it then. */
    boolean isHeld() {
        return activity != null;
    }

    /** Another one may be. */
    void end() {
        Activity held = activity;
        activity = null;
        if (held == null) {
            return;
        }
        try {
            held.end();
        } catch (OutcomeUnknownException e) {
            LOG.warn("The {} is without an active consumer for a moment: {}", queue.name(), e.getMessage());
        } catch (InterruptedException _) { // It ends by itself, a little later.
            Thread.currentThread().interrupt();
        }
    }
}
