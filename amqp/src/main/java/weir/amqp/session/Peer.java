package weir.amqp.session;

import weir.amqp.queue.Owner;
import weir.amqp.topology.VirtualHost;

/**
 * Who is at the other end of an open connection.
 *
 * @param owner as whom it owns queues
 */
record Peer(String user, VirtualHost host, Owner owner, OwnQueues own, ClientCapabilities capabilities, Tuning tuning) {}
