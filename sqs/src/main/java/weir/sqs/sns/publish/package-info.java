/**
 * What a client may publish, and what it is told: the actions Publish and PublishBatch, with SNS's checks and its words.
 *
 * <p>What passes is given to {@link weir.sqs.sns.delivery}: at once if the topic is a standard one, so that the answer means
 * that it is in the queues; by way of the topic's own queue if it is a FIFO topic, whose order and deduplication that gives.
 *
 * <p>Not here: topics and subscriptions, and how a message reaches anybody.
 */
@NullMarked
package weir.sqs.sns.publish;

import org.jspecify.annotations.NullMarked;
