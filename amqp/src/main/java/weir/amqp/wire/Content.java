package weir.amqp.wire;

import weir.core.Bytes;

/**
 * What some methods carry: a message's properties and its body.
 *
 * @param body of one frame a slice of what was read, which keeps its surroundings alive; of several an array of its own
 */
public record Content(Properties properties, Bytes body) {}
