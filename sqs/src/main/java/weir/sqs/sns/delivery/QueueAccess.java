package weir.sqs.sns.delivery;

import weir.core.catalog.Queue;

/** Whether a queue lets a topic send to it. */
@FunctionalInterface
public interface QueueAccess {
    /** What emulators do, and what a server without authentication can only do. */
    QueueAccess ALWAYS = (_, _) -> true;

    boolean maySend(String topicArn, Queue queue);
}
