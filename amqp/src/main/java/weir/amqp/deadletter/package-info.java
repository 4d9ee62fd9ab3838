/**
 * What becomes of messages that a queue could not keep: their exchange routes them on, with their history in {@code x-death}.
 *
 * <p>The engine moves a dead letter out of its queue into one of a few of the system's own ({@link
 * weir.amqp.queue.DeadLetterQueues}), with its reason and where it was. From there a forwarder leases it, writes its history,
 * routes it, and acknowledges it when every queue has it. It may be stopped anywhere: each queue remembers by the place in the
 * system's queue what it has taken, so each copy arrives once.
 *
 * <p>Not here: when a message leaves its queue, which is the shard's to decide, and how an exchange routes.
 */
@NullMarked
package weir.amqp.deadletter;

import org.jspecify.annotations.NullMarked;
