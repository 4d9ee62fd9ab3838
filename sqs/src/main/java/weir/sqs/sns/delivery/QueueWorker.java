package weir.sqs.sns.delivery;

import weir.core.broker.OutcomeUnknownException;

/** Does what one internal queue is there for, step by step, on a thread of its own. */
interface QueueWorker {
    /**
     * Waits for messages, for a bounded time, and delivers what comes.
     *
     * @return false if the queue is gone, or is needed no more
     */
    boolean work() throws OutcomeUnknownException, InterruptedException;
}
