package weir.sqs.sns.delivery;

import org.jspecify.annotations.Nullable;
import weir.core.Bytes;
import weir.sqs.sns.Subscription;
import weir.sqs.wire.JsonRequest;
import weir.sqs.wire.Shape;
import weir.sqs.wire.SqsException;

/** Where a subscription wants what cannot be delivered. */
final class RedriveTarget {
    private static final String TARGET = "deadLetterTargetArn";
    private static final Shape.Structure SHAPE = Shape.structure("RedrivePolicy", Shape.text(TARGET));

    private RedriveTarget() {}

    /** The queue's ARN; null if there is none. */
    static @Nullable String of(Subscription subscription) {
        String policy = subscription.redrivePolicy();
        if (policy == null || policy.isEmpty()) {
            return null;
        }
        try {
            return JsonRequest.read(SHAPE, Bytes.utf8(policy)).text(TARGET);
        } catch (SqsException _) { // It was checked when it was set; what cannot be read names nothing.
            return null;
        }
    }
}
