package weir.amqp.queue;

/**
 * The answer to a declaration.
 *
 * @param messages ready ones
 * @param made whether it was not there before
 */
public record Declared(AmqpQueue queue, long messages, int consumers, boolean made) {}
