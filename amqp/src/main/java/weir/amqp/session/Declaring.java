package weir.amqp.session;

import weir.amqp.queue.AmqpQueue;
import weir.amqp.queue.Declaration;
import weir.amqp.queue.Declared;
import weir.amqp.queue.QueueName;
import weir.amqp.queue.Queues;
import weir.amqp.session.Traffic.Churn;
import weir.amqp.topology.Bindings;
import weir.amqp.topology.Exchanges;
import weir.amqp.topology.Resource;
import weir.amqp.topology.VirtualHost;
import weir.amqp.wire.AmqpException;
import weir.amqp.wire.ErrorCode;
import weir.amqp.wire.FieldTable;
import weir.amqp.wire.Method;
import weir.core.broker.OutcomeUnknownException;
import weir.core.catalog.Queue;

/**
 * The methods by which a client defines queues, exchanges and bindings: who asks is held against what he may, then it is done,
 * then answered. The connection's reading thread.
 */
final class Declaring {
    private static final String QUEUE_TYPE = "x-queue-type";
    private static final String DEAD_LETTER_EXCHANGE = "x-dead-letter-exchange";

    private final int number;
    private final Front front;
    private final Peer peer;
    private final Outbox out;
    private final Rights rights;
    /** What an empty name stands for; empty until a queue was declared on this channel. */
    private String lastQueue = "";

    Declaring(int number, Front front, Peer peer, Outbox out) {
        this.number = number;
        this.front = front;
        this.peer = peer;
        this.out = out;
        this.rights = new Rights(front.topology().permissions(), peer);
    }

    // ---- Queues

    /** The queue of that name here, or the last one that was declared. */
    private QueueName named(String queue) throws AmqpException {
        String name = Declaration.stripped(queue);
        if (!name.isEmpty()) {
            return new QueueName(peer.host().name(), name);
        }
        if (lastQueue.isEmpty()) {
            throw new AmqpException(ErrorCode.NOT_FOUND, "no previously declared queue");
        }
        return new QueueName(peer.host().name(), lastQueue);
    }

    /** A queue that this client may take messages from. */
    AmqpQueue toRead(String queue) throws AmqpException, OutcomeUnknownException, InterruptedException {
        QueueName name = named(queue);
        rights.readQueue(name.name());
        return front.queues().of(name, peer.owner());
    }

    void declare(Method.QueueDeclare declare) throws AmqpException, OutcomeUnknownException, InterruptedException {
        if (declare.passive() && ReplyAddresses.isAddress(declare.queue())) {
            replyAddressDeclared(declare);
            return;
        }
        Declared declared = declare.passive() ? passively(declare) : actively(declare);
        if (!declare.passive()) {
            front.traffic().happened(Churn.QUEUE_DECLARED, 1);
            front.traffic().happened(Churn.QUEUE_CREATED, declared.made() ? 1 : 0);
        }
        lastQueue = declared.queue().name().name();
        if (!declare.noWait()) {
            send(new Method.QueueDeclareOk(lastQueue, declared.messages(), declared.consumers()));
        }
    }

    private Declared passively(Method.QueueDeclare declare)
            throws AmqpException, OutcomeUnknownException, InterruptedException {
        QueueName name = named(declare.queue());
        rights.anyOfQueue(name.name());
        return front.queues().declarePassive(name, peer.owner());
    }

    private Declared actively(Method.QueueDeclare declare)
            throws AmqpException, OutcomeUnknownException, InterruptedException {
        String host = peer.host().name();
        VirtualHost now = front.topology().virtualHosts().now(peer.host()).orElse(peer.host());
        Declaration declaration = new Declaration(
                host,
                declare.queue(),
                declare.durable(),
                declare.exclusive(),
                declare.autoDelete(),
                withDefaultType(declare.arguments(), now));
        String name = declaration.name().name();
        if (!declaration.isServerNamed()) { // Else it is asked for by the name that the server gives it.
            rights.configureQueue(name);
        }
        front.queues().checkRoom(declaration, now.queuesMax());
        FieldTable policy = front.topology()
                .policies()
                .ofQueue(host, name, declaration.arguments().type().toString());
        return front.queues()
                .declare(declaration, policy, peer.owner(), made -> checkMayBeMade(made.name(), declare.arguments()));
    }

    private void checkMayBeMade(String name, FieldTable arguments) throws AmqpException {
        rights.configureQueue(name);
        if (arguments.get(DEAD_LETTER_EXCHANGE) instanceof String exchange) {
            rights.readQueue(name);
            rights.writeExchange(exchange);
        }
    }

    /** A virtual host may say what a queue is that does not. */
    private static FieldTable withDefaultType(FieldTable arguments, VirtualHost host) {
        String type = host.defaultQueueType();
        return type.isEmpty() || arguments.has(QUEUE_TYPE) ? arguments : arguments.with(QUEUE_TYPE, type);
    }

    private void replyAddressDeclared(Method.QueueDeclare declare) throws AmqpException, InterruptedException {
        if (!front.replies().isOpen(declare.queue())) {
            throw new AmqpException(
                    ErrorCode.NOT_FOUND,
                    "no queue '" + declare.queue() + "' in vhost '"
                            + peer.host().name() + "'");
        }
        if (!declare.noWait()) {
            send(new Method.QueueDeclareOk(declare.queue(), 0, 1));
        }
    }

    void delete(Method.QueueDelete delete) throws AmqpException, OutcomeUnknownException, InterruptedException {
        QueueName name = named(delete.queue());
        rights.configureQueue(name.name());
        long messages = front.queues().delete(name, delete.ifUnused(), delete.ifEmpty(), peer.owner());
        front.topology().bindings().queueDeleted();
        if (!delete.noWait()) {
            send(new Method.QueueDeleteOk(messages));
        }
    }

    void purge(Method.QueuePurge purge) throws AmqpException, OutcomeUnknownException, InterruptedException {
        QueueName name = named(purge.queue());
        rights.readQueue(name.name());
        long messages = front.queues().purge(name, peer.owner());
        if (!purge.noWait()) {
            send(new Method.QueuePurgeOk(messages));
        }
    }

    void bind(Method.QueueBind bind) throws AmqpException, OutcomeUnknownException, InterruptedException {
        String queue = named(bind.queue()).name();
        String key = bind.queue().isEmpty() && bind.routingKey().isEmpty() ? queue : bind.routingKey();
        bind(new Bindings.Wanted(bind.exchange(), Resource.Kind.QUEUE, queue, key, bind.arguments()));
        if (!bind.noWait()) {
            send(new Method.QueueBindOk());
        }
    }

    void unbind(Method.QueueUnbind unbind) throws AmqpException, OutcomeUnknownException, InterruptedException {
        String queue = named(unbind.queue()).name();
        unbind(new Bindings.Wanted(
                unbind.exchange(), Resource.Kind.QUEUE, queue, unbind.routingKey(), unbind.arguments()));
        send(new Method.QueueUnbindOk());
    }

    private void bind(Bindings.Wanted wanted) throws AmqpException, OutcomeUnknownException, InterruptedException {
        if (front.topology().bindings().bind(peer.login(), peer.host(), wanted, this::admit)) {
            new RecentHistory(front).bound(peer.host(), wanted);
        }
    }

    private void unbind(Bindings.Wanted wanted) throws AmqpException, OutcomeUnknownException, InterruptedException {
        front.topology().bindings().unbind(peer.login(), peer.host(), wanted, this::admit);
    }

    private void admit(Queue queue) throws AmqpException {
        Queues.checkAccess(AmqpQueue.of(queue).orElseThrow(), peer.owner());
    }

    // ---- Exchanges

    void declare(Method.ExchangeDeclare declare) throws AmqpException, OutcomeUnknownException, InterruptedException {
        Exchanges exchanges = front.topology().exchanges();
        if (declare.passive()) {
            exchanges.declarePassively(peer.login(), peer.host(), declare.exchange());
        } else {
            exchanges.declare(
                    peer.login(),
                    peer.host(),
                    new Exchanges.Declaration(
                            declare.exchange(),
                            declare.type(),
                            declare.durable(),
                            declare.autoDelete(),
                            declare.internal(),
                            declare.arguments()));
        }
        if (!declare.noWait()) {
            send(new Method.ExchangeDeclareOk());
        }
    }

    void delete(Method.ExchangeDelete delete) throws AmqpException, OutcomeUnknownException, InterruptedException {
        front.topology().exchanges().delete(peer.login(), peer.host(), delete.exchange(), delete.ifUnused());
        if (!delete.noWait()) {
            send(new Method.ExchangeDeleteOk());
        }
    }

    void bind(Method.ExchangeBind bind) throws AmqpException, OutcomeUnknownException, InterruptedException {
        bind(new Bindings.Wanted(
                bind.source(), Resource.Kind.EXCHANGE, bind.destination(), bind.routingKey(), bind.arguments()));
        if (!bind.noWait()) {
            send(new Method.ExchangeBindOk());
        }
    }

    void unbind(Method.ExchangeUnbind unbind) throws AmqpException, OutcomeUnknownException, InterruptedException {
        unbind(new Bindings.Wanted(
                unbind.source(),
                Resource.Kind.EXCHANGE,
                unbind.destination(),
                unbind.routingKey(),
                unbind.arguments()));
        if (!unbind.noWait()) {
            send(new Method.ExchangeUnbindOk());
        }
    }

    private void send(Method method) {
        out.write(frames -> frames.method(number, method));
    }
}
