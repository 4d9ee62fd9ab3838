package weir.amqp.session;

import weir.amqp.queue.Owner;
import weir.amqp.topology.Login;
import weir.amqp.topology.VirtualHost;

/**
 * Who is at the other end of an open connection.
 *
 * @param user the name that it logged in with
 * @param login whose rights it has
 * @param owner as whom it owns queues
 * @param mechanism by which it logged in
 * @param connection its name, as RabbitMQ gives it
 */
record Peer(
        String user,
        Login login,
        VirtualHost host,
        Owner owner,
        String mechanism,
        String connection,
        ClientCapabilities capabilities,
        Tuning tuning) {}
