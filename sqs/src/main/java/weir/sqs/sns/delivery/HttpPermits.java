package weir.sqs.sns.delivery;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Who may send at the same time, so that endpoints that hang take little from the others. Safe for use by any number of
 * threads.
 */
final class HttpPermits {
    private final Semaphore all = new Semaphore(DeliveryLimits.HTTP_IN_FLIGHT);
    private final Semaphore further = new Semaphore(DeliveryLimits.HTTP_IN_FLIGHT_FURTHER);
    private final Semaphore hanging = new Semaphore(DeliveryLimits.HTTP_IN_FLIGHT_HANGING);

    /** What a request is, as far as its share goes. */
    enum Kind {
        /** The only one that is under way to its endpoint. Waits for its turn. */
        FIRST,
        /** One more to an endpoint that has one. If there is no room it is not sent: its endpoint is being served. */
        FURTHER,
        /** The only one to an endpoint that did not answer in time when last tried. Waits among its like. */
        HANGING
    }

    /** @return whether it may be sent; then {@link #release} has to follow */
    boolean acquire(Kind kind) throws InterruptedException {
        Semaphore own =
                switch (kind) {
                    case FIRST -> null;
                    case FURTHER -> further;
                    case HANGING -> hanging;
                };
        long patience = kind == Kind.FURTHER ? 0 : DeliveryLimits.HTTP_PERMIT_TIME.toMillis();
        if (own != null && !own.tryAcquire(patience, TimeUnit.MILLISECONDS)) {
            return false;
        }
        // Those that are bounded so come to less than all, so this wait is short unless very many endpoints begin to
        // hang.
        if (all.tryAcquire(patience, TimeUnit.MILLISECONDS)) {
            return true;
        }
        if (own != null) {
            own.release();
        }
        return false;
    }

    void release(Kind kind) {
        all.release();
        switch (kind) {
            case FIRST -> {}
            case FURTHER -> further.release();
            case HANGING -> hanging.release();
        }
    }

    /** How many further requests could be sent now. */
    int furtherRoom() {
        return Math.min(further.availablePermits(), all.availablePermits());
    }
}
