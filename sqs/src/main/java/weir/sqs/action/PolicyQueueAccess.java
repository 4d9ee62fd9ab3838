package weir.sqs.action;

import java.time.InstantSource;
import weir.core.catalog.Queue;
import weir.sqs.policy.AccessRequest;
import weir.sqs.policy.Policies;
import weir.sqs.sns.delivery.QueueAccess;

/** Lets a topic send to a queue if the queue's policy does, as AWS demands even where both have one owner. */
public final class PolicyQueueAccess implements QueueAccess {
    private static final String SNS = "sns.amazonaws.com";
    private static final String SEND = "sqs:SendMessage";

    private final QueueNames names;
    private final Policies policies;
    private final InstantSource clock;

    public PolicyQueueAccess(QueueNames names, Policies policies, InstantSource clock) {
        this.names = names;
        this.policies = policies;
        this.clock = clock;
    }

    @Override
    public boolean maySend(String topicArn, Queue queue) {
        AccessRequest request =
                AccessRequest.of(SNS, topicArn, names.account(), clock.instant(), SEND, names.arn(queue.name()));
        return policies.allows(QueueAttributes.policy(queue), request, names.account());
    }
}
