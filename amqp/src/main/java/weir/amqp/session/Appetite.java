package weir.amqp.session;

import java.util.List;
import weir.core.Limits;
import weir.core.broker.Delivery;

/**
 * How many messages a consumer asks for at a time: more while there is more, so that a backlog is carried in few steps; if
 * others wait beside it and little comes, one, so that they take turns; if it is alone, twice what came last, as each step costs
 * an entry of the log; and never more than memory is meant for, by the size of what came last. One thread.
 */
final class Appetite {
    private int next = SessionLimits.FIRST_RECEIVE;
    private long largestLast = 1;
    private int cameLast;

    /** @param alone whether it is the queue's only consumer */
    int next(boolean alone) {
        long byBytes = Math.max(1, SessionLimits.RECEIVE_BYTES / largestLast);
        int byTurns = alone ? Math.max(next, Math.max(2 * cameLast, SessionLimits.FIRST_RECEIVE)) : next;
        return (int) Math.min(Math.min(byTurns, Limits.ACQUIRE_MESSAGES_MAX), byBytes);
    }

    void got(int asked, List<Delivery> deliveries) {
        if (deliveries.size() < asked) {
            next = 1;
        } else {
            next = Math.min(asked * 2, Limits.ACQUIRE_MESSAGES_MAX);
        }
        long largest = 1;
        for (Delivery delivery : deliveries) {
            largest = Math.max(largest, delivery.payload().length());
        }
        if (!deliveries.isEmpty()) {
            largestLast = largest;
            cameLast = deliveries.size();
        }
    }
}
