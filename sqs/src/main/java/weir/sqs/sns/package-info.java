/**
 * The SNS front: topics, their subscriptions, and what each SNS action means. It is served on the port of SQS, since it is
 * there to fan out to queues.
 *
 * <p>Topics and subscriptions are definitions in the catalog, of the kinds {@code sns.topic} and {@code sns.subscription};
 * {@link weir.sqs.sns.Topic} and {@link weir.sqs.sns.Subscription} are what they say, read once for each revision.
 *
 * <p>Not here: how a request travels ({@link weir.sqs.wire}), what is published and how it reaches the subscribers.
 */
@NullMarked
package weir.sqs.sns;

import org.jspecify.annotations.NullMarked;
