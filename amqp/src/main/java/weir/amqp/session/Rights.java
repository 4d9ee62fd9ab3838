package weir.amqp.session;

import weir.amqp.topology.Permission.Right;
import weir.amqp.topology.Permissions;
import weir.amqp.topology.Resource;
import weir.amqp.wire.AmqpException;

/**
 * What a client may do with queues; with exchanges and bindings whoever changes those sees to it.
 *
 * <p>Each throws 403 if it may not.
 */
record Rights(Permissions permissions, Peer peer) {
    void configureQueue(String queue) throws AmqpException {
        check(Resource.queue(peer.host(), queue), Right.CONFIGURE);
    }

    void readQueue(String queue) throws AmqpException {
        check(Resource.queue(peer.host(), queue), Right.READ);
    }

    void anyOfQueue(String queue) throws AmqpException {
        permissions.checkAny(peer.login(), peer.host(), Resource.queue(peer.host(), queue));
    }

    void writeExchange(String exchange) throws AmqpException {
        check(Resource.exchange(peer.host(), exchange), Right.WRITE);
    }

    private void check(Resource what, Right right) throws AmqpException {
        permissions.check(peer.login(), peer.host(), what, right);
    }
}
