/**
 * What a published message looks like: as it is stored, once for all queues of a shard, and as each subscriber sees it.
 *
 * <p>Stored is the message as raw delivery shows it, with one header more: the {@link weir.sqs.sns.message.Notification},
 * which has what SNS's envelope needs beside. Which form a queue shows is its copy's {@link weir.core.Envelope#variant}
 * ({@link weir.sqs.sns.message.Form}); {@link weir.sqs.sns.message.EnvelopeText} is written when the message is
 * received, and signed ({@link weir.sqs.sns.message.Signatures}) so that an SDK's validator can check it.
 *
 * <p>Not here: who gets which message, and how it travels. Nothing here knows a request.
 */
@NullMarked
package weir.sqs.sns.message;

import org.jspecify.annotations.NullMarked;
