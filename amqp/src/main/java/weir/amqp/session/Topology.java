package weir.amqp.session;

import java.util.List;
import weir.amqp.queue.AmqpQueue;
import weir.amqp.queue.QueueName;
import weir.amqp.topology.Route;
import weir.amqp.topology.Routed;
import weir.amqp.topology.VirtualHost;
import weir.amqp.wire.AmqpException;
import weir.amqp.wire.ErrorCode;
import weir.amqp.wire.FieldTable;
import weir.amqp.wire.Method;
import weir.core.Bytes;
import weir.core.broker.Broker;

/** TEMP. */
final class Topology {
    private final Broker broker;

    Topology(Broker broker) {
        this.broker = broker;
    }

    boolean mayEnter(Login login) {
        return true;
    }

    VirtualHost enter(Login login, String host) throws AmqpException {
        return new VirtualHost("/", 1, "", java.util.Set.of(), "", -1, -1);
    }

    void updateSecret(Peer peer, Bytes secret) throws AmqpException {}

    Route route(Peer peer, String exchange, String key, Routed message) throws AmqpException, InterruptedException {
        if (!exchange.isEmpty()) {
            throw new AmqpException(ErrorCode.NOT_FOUND, "no exchange '" + exchange + "' in vhost '" + peer.host().name() + "'");
        }
        return broker.find(new QueueName(peer.host().name(), key).inWeir())
                .map(queue -> new Route(List.of(queue), List.of(), 0))
                .orElse(Route.NOWHERE);
    }

    FieldTable queuePolicy(VirtualHost host, String queue) {
        return FieldTable.EMPTY;
    }

    FieldTable withDefaults(VirtualHost host, FieldTable arguments) {
        return arguments;
    }

    void declare(Peer peer, Method.ExchangeDeclare declare) throws AmqpException {}

    void delete(Peer peer, Method.ExchangeDelete delete) throws AmqpException {}

    void bind(Peer peer, Method.ExchangeBind bind) throws AmqpException {}

    void unbind(Peer peer, Method.ExchangeUnbind unbind) throws AmqpException {}

    void bind(Peer peer, AmqpQueue queue, String exchange, String key, FieldTable arguments) throws AmqpException {}

    void unbind(Peer peer, AmqpQueue queue, String exchange, String key, FieldTable arguments) throws AmqpException {}
}
