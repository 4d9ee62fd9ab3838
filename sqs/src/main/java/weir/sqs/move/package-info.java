/**
 * Message move tasks: a dead-letter queue's messages brought back to where they came from, or to a queue that is named.
 *
 * <p>A task is a definition in the catalog ({@link weir.sqs.move.MoveTaskBook}), so it outlives a restart. What moves the
 * messages ({@link weir.sqs.move.Mover}) holds each by a lease and hands it to the engine, which takes it to its destination
 * exactly once. A mover that dies leaves leases that run out, and a task that the next one takes up.
 *
 * <p>Not here: the three actions that start, list and cancel tasks ({@link weir.sqs.action}).
 */
@NullMarked
package weir.sqs.move;

import org.jspecify.annotations.NullMarked;
