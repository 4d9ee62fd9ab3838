package weir.sqs.action;

import java.time.InstantSource;
import weir.core.catalog.Queue;
import weir.sqs.policy.AccessRequest;
import weir.sqs.policy.Policies;

/**
 * Whether a queue's policy lets a topic send to it: as on AWS a topic is a stranger to every queue, whosever both are, until
 * a statement lets {@code sns.amazonaws.com} or everybody in.
 *
 * @param clock what conditions on the time are held against
 */
public record DeliveryAccess(QueueNames names, Policies policies, InstantSource clock) {
    private static final String SERVICE = "sns.amazonaws.com";

    public boolean maySend(String topicArn, Queue queue) {
        AccessRequest request = AccessRequest.of(
                SERVICE, topicArn, names.account(), clock.instant(), "sqs:SendMessage", names.arn(queue.name()));
        return policies.allows(QueueAttributes.policy(queue), request, names.account());
    }
}
