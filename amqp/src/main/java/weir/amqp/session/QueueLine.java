package weir.amqp.session;

import java.util.ArrayList;
import java.util.List;

/**
 * The consumers of one queue on this node, and who of them may take something now: the higher priorities before the lower
 * ones while they want anything. Equals take turns at the broker.
 *
 * <p>Its monitor guards it.
 */
final class QueueLine {
    private final List<Consumer> consumers = new ArrayList<>();
    /** Those that take, or wait to take, and are not kept back. */
    private final List<Consumer> hungry = new ArrayList<>();

    synchronized void join(Consumer consumer) {
        consumers.add(consumer);
    }

    /** @return how many are left */
    synchronized int leave(Consumer consumer) {
        consumers.remove(consumer);
        hungry.remove(consumer);
        notifyAll();
        return consumers.size();
    }

    synchronized void nudgeAll() {
        consumers.forEach(Consumer::nudge);
    }

    synchronized int size() {
        return consumers.size();
    }

    synchronized boolean isAlone() {
        return consumers.size() <= 1;
    }

    /** Waits until it is this one's turn. From then until {@link #rest} those of lower priority are kept back. */
    synchronized void enter(Consumer consumer) throws InterruptedException {
        while (isKeptBack(consumer)) {
            hungry.remove(consumer);
            wait();
        }
        if (!hungry.contains(consumer)) {
            hungry.add(consumer);
            for (Consumer other : hungry) {
                if (isKeptBack(other)) {
                    other.nudge(); // It may be waiting for messages that are this one's now.
                }
            }
        }
    }

    /** It wants nothing for now: it has no credit, or its client is slow. */
    synchronized void rest(Consumer consumer) {
        if (hungry.remove(consumer)) {
            notifyAll();
        }
    }

    private boolean isKeptBack(Consumer consumer) {
        for (Consumer other : hungry) {
            if (other.terms().priority() > consumer.terms().priority()) {
                return true;
            }
        }
        return false;
    }
}
