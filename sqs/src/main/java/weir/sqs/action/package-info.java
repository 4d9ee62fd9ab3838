/**
 * What each SQS action means: the client's parameters checked in SQS's own words, turned into commands of the queue engine,
 * and the engine's replies turned back.
 *
 * <p>What SQS and the engine have in common is a queue setting; what only SQS knows of a queue lies in the queue's labels
 * under {@code sqs:} and its tags under {@code tag:}. Nothing is kept in this package between two requests.
 *
 * <p>Not here: how a request travels, and how the engine keeps its promises.
 */
@NullMarked
package weir.sqs.action;

import org.jspecify.annotations.NullMarked;
