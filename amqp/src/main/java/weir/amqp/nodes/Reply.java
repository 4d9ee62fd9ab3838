package weir.amqp.nodes;

import weir.core.Bytes;

/**
 * A direct reply on its way to another node.
 *
 * @param address of who waits for it
 * @param message as {@link weir.amqp.message.StoredMessage#encode} writes it
 */
public record Reply(String address, Bytes message) {}
