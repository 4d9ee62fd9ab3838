package weir.amqp.queue;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import weir.amqp.wire.AmqpException;
import weir.amqp.wire.ErrorCode;
import weir.amqp.wire.FieldTable;
import weir.core.PartitionStatus;
import weir.core.broker.Broker;
import weir.core.broker.OutcomeUnknownException;
import weir.core.catalog.CatalogCommand;
import weir.core.catalog.CatalogRefusal;
import weir.core.catalog.CatalogReply;
import weir.core.catalog.Queue;

/**
 * Makes, finds, empties and deletes queues for AMQP's clients, in RabbitMQ's words. Whether a client may is asked before.
 *
 * <p>Safe for use by any number of threads.
 */
public final class Queues {
    private static final Logger LOG = LoggerFactory.getLogger(Queues.class);
    private static final String PARKING = ".dead-letters";
    private static final Owner NOBODY = new Owner("", "");
    private static final int PAGE = 1_000;

    /** Queues that are remembered as they were read; some 1 KB each. */
    private static final int VIEWS_MAX = 100_000;

    private final Broker broker;
    private final Consumers consumers;
    private final Map<Long, AmqpQueue> views = new ConcurrentHashMap<>();

    public Queues(Broker broker, Consumers consumers) {
        this.broker = broker;
        this.consumers = consumers;
    }

    /** What policies may say of queues. */
    public static Set<String> policyKeys() {
        return Set.copyOf(Policy.KEYS);
    }

    // ---- Finding

    /** The queue of that name as this node knows it: for routing, where a moment does not matter. */
    public Optional<AmqpQueue> find(QueueName name) {
        return broker.find(name.inWeir()).flatMap(this::view);
    }

    /** The same by its id. */
    public Optional<AmqpQueue> find(long id) {
        return broker.find(id).flatMap(this::view);
    }

    /** A queue of the core's as AMQP sees it, read once for each of its changes; empty if no client of AMQP sees it. */
    public Optional<AmqpQueue> view(Queue queue) {
        AmqpQueue known = views.get(queue.id());
        if (known != null && known.queue().revision() == queue.revision()) {
            return Optional.of(known);
        }
        Optional<AmqpQueue> view = AmqpQueue.of(queue);
        if (views.size() >= VIEWS_MAX) {
            views.clear(); // Queues come and go; those in use are read again.
        }
        view.ifPresent(each -> views.put(queue.id(), each));
        return view;
    }

    /**
     * The queue of that name, for whatever a client wants to do with it.
     *
     * @throws AmqpException 404 if there is none, 405 if it is another connection's own
     */
    public AmqpQueue of(QueueName name, Owner connection)
            throws AmqpException, OutcomeUnknownException, InterruptedException {
        AmqpQueue queue = notLeftBehind(broker.findAnywhere(name.inWeir()), name, connection)
                .orElseThrow(() -> notFound(name));
        checkAccess(queue, connection);
        return queue;
    }

    /**
     * A queue, unless it is the own of a connection that is no more: then it is deleted now. A client that has lost its node
     * comes back through another one, and declares its own queues again.
     */
    private Optional<AmqpQueue> notLeftBehind(Optional<Queue> there, QueueName name, Owner connection)
            throws OutcomeUnknownException, InterruptedException {
        Optional<AmqpQueue> queue = there.map(found -> AmqpQueue.of(found, name));
        Owner owner = queue.map(AmqpQueue::owner).orElse(null);
        if (owner == null || owner.equals(connection) || consumers.isThere(owner)) {
            return queue;
        }
        consumers.delete(queue.get());
        return Optional.empty();
    }

    /** What RabbitMQ says of a queue that is not there. */
    public static AmqpException notFound(QueueName name) {
        return new AmqpException(ErrorCode.NOT_FOUND, "no " + name);
    }

    /** @throws AmqpException 405 if it is another connection's own */
    public static void checkAccess(AmqpQueue queue, Owner connection) throws AmqpException {
        Owner owner = queue.owner();
        if (owner != null && !owner.equals(connection)) {
            throw locked(queue.name());
        }
    }

    private static AmqpException locked(QueueName name) {
        return new AmqpException(
                ErrorCode.RESOURCE_LOCKED,
                "cannot obtain exclusive access to locked " + name + ". It could be originally declared on another"
                        + " connection or the exclusive property value does not match that of the original declaration.");
    }

    // ---- Declaring

    /**
     * Makes a queue, or checks that the one that is there is as asked for.
     *
     * @param policy what the policies that apply to that name say, by their keys; empty for none
     * @throws AmqpException 406 if it is another, or cannot be; 405 if it is another connection's own; 403 if its name is
     *     reserved
     */
    public Declared declare(Declaration asked, FieldTable policy, Owner connection)
            throws AmqpException, OutcomeUnknownException, InterruptedException {
        return declare(asked, policy, connection, _ -> {});
    }

    /** Whether a queue may be made: asked only if there is none, and by the name that it will have. */
    public interface Making {
        void check(QueueName name) throws AmqpException;
    }

    /** The same for somebody who may not make every queue. */
    public Declared declare(Declaration asked, FieldTable policy, Owner connection, Making making)
            throws AmqpException, OutcomeUnknownException, InterruptedException {
        Declaration declaration = asked.isServerNamed() ? asked.named() : asked;
        if (!asked.isServerNamed()) {
            declaration.name().check();
        }
        QueueName name = declaration.name();
        Optional<AmqpQueue> there = notLeftBehind(broker.find(name.inWeir()), name, connection);
        if (there.isPresent()) {
            return again(declaration, there.get(), connection);
        }
        making.check(name);
        return make(declaration, policy, connection);
    }

    private Declared make(Declaration declaration, FieldTable policy, Owner connection)
            throws AmqpException, OutcomeUnknownException, InterruptedException {
        declaration.check();
        QueueName name = declaration.name();
        QueuePlan plan = QueuePlan.of(
                name,
                declaration.durable(),
                declaration.autoDelete(),
                declaration.exclusive() ? connection : null,
                declaration.arguments(),
                policy);
        if (plan.settings().deadLetter() != null) {
            DeadLetterQueues.make(broker, DeadLetterQueues.of(name));
        }
        if (declaration.exclusive()) {
            consumers.owners().mayOwn(connection, name);
            consumers.willOwn();
        }
        CatalogReply reply =
                broker.change(new CatalogCommand.CreateQueue(name.inWeir(), plan.settings(), plan.labels()));
        return switch (reply) {
            case CatalogReply.Created(Queue queue, boolean existed)
            when existed -> again(declaration, AmqpQueue.of(queue, name), connection);
            case CatalogReply.Created(Queue queue, boolean _) -> {
                AmqpQueue made = AmqpQueue.of(queue, name);
                consumers.made(made);
                yield new Declared(made, 0, 0, true);
            }
            case CatalogReply.Refused(CatalogRefusal reason) -> throw refused(name, reason);
            case CatalogReply.Updated _, CatalogReply.Deleted _, CatalogReply.Defined _, CatalogReply.Undefined _ ->
                throw new IllegalStateException("the catalog answered " + reply);
        };
    }

    /**
     * Where messages are kept that were tried too often and have no dead-letter exchange, and those that nothing can be done
     * with: a queue of their queue's name and {@code .dead-letters}, made when the first comes. Clients see it, and may do with
     * it what they like. If no queue can have a name as long as that, it is named by its queue's number.
     *
     * @throws AmqpException if it cannot be made
     */
    public AmqpQueue parking(AmqpQueue queue) throws AmqpException, OutcomeUnknownException, InterruptedException {
        QueueName name = new QueueName(queue.name().vhost(), queue.name().name() + PARKING);
        if (!name.fits()) {
            name = new QueueName(queue.name().vhost(), "queue-" + queue.queue().id() + PARKING);
        }
        if (!name.fits()) { // Its virtual host's name takes all the room.
            name = new QueueName(
                    QueueName.DEFAULT_VHOST, "queue-" + queue.queue().id() + PARKING);
        }
        Optional<AmqpQueue> there = find(name);
        return there.isPresent()
                ? there.get()
                : make(new Declaration(name, true, false, false, QueueArguments.NONE), FieldTable.EMPTY, NOBODY)
                        .queue();
    }

    private static AmqpException refused(QueueName name, CatalogRefusal reason) {
        return new AmqpException(ErrorCode.RESOURCE_ERROR, name + " cannot be made: " + reason);
    }

    private Declared again(Declaration declaration, AmqpQueue queue, Owner connection)
            throws AmqpException, OutcomeUnknownException, InterruptedException {
        QueueName name = declaration.name();
        Owner owner = queue.owner();
        boolean sameOwner = declaration.exclusive() ? connection.equals(owner) : owner == null;
        if (!sameOwner) {
            throw locked(name);
        }
        checkEquivalent("durable", name, declaration.durable(), queue.durable());
        checkEquivalent("auto_delete", name, declaration.autoDelete(), queue.autoDelete());
        boolean stream = declaration.arguments().type() == QueueType.STREAM;
        if (!queue.isDeclared() && stream != queue.isStream()) { // Another front has made it.
            throw QueueArguments.inequivalent(
                    QueueType.ARGUMENT,
                    name,
                    QueueArguments.valueAlone(declaration.arguments().type().toString()),
                    QueueArguments.valueAlone(queue.type().toString()));
        }
        queue.arguments().checkEquivalent(declaration.arguments(), name, queue.isDeclared());
        return seen(queue);
    }

    private static void checkEquivalent(String what, QueueName name, boolean received, boolean current)
            throws AmqpException {
        if (received != current) {
            throw QueueArguments.inequivalent(
                    what, name, QueueArguments.valueAlone(received), QueueArguments.valueAlone(current));
        }
    }

    private Declared seen(AmqpQueue queue) throws OutcomeUnknownException, InterruptedException {
        consumers.used(queue);
        long ready = broker.status(queue.queue()).map(PartitionStatus::ready).orElse(0L);
        return new Declared(queue, ready, consumers.count(queue), false);
    }

    /**
     * A declaration that makes nothing.
     *
     * @throws AmqpException 404 if there is none, 405 if it is another connection's own
     */
    public Declared declarePassive(QueueName name, Owner connection)
            throws AmqpException, OutcomeUnknownException, InterruptedException {
        AmqpQueue queue = of(name, connection);
        if (broker.status(queue.queue())
                .isEmpty()) { // Its shard knows better: another node may have deleted it a moment ago.
            broker.catchUp();
            queue = of(name, connection);
        }
        return seen(queue);
    }

    /**
     * Whether there is room for one more in its virtual host.
     *
     * @param most how many there may be; negative for no limit
     * @throws AmqpException 406 if there is none, and no queue of that name
     */
    public void checkRoom(Declaration asked, long most) throws AmqpException {
        boolean there =
                !asked.isServerNamed() && broker.find(asked.name().inWeir()).isPresent();
        if (most >= 0 && !there && count(asked.name().vhost(), most) >= most) {
            throw QueueArguments.failed("cannot declare queue '" + asked.name().name() + "': queue limit in vhost '"
                    + asked.name().vhost() + "' (" + most + ") is reached");
        }
    }

    /** How many queues of that virtual host this node knows, counted no further than asked for. */
    private long count(String vhost, long most) {
        String prefix = vhost.equals(QueueName.DEFAULT_VHOST) ? "" : QueueName.prefixOf(vhost);
        long count = 0;
        String after = "";
        List<Queue> page;
        do {
            page = broker.list(prefix, after, PAGE);
            for (Queue each : page) {
                after = each.name();
                count += QueueName.of(each)
                                .filter(name -> name.vhost().equals(vhost))
                                .isPresent()
                        ? 1
                        : 0;
            }
        } while (page.size() == PAGE && count < most);
        return count;
    }

    // ---- Changing

    /** What the policies say of queues, at the moment that they are asked. */
    public interface PolicyBook {
        /** By the policy's keys; empty if none applies. */
        FieldTable of(AmqpQueue queue);
    }

    /**
     * Puts in force for a queue that is there what the policies say of it. They are asked after the queue was read, each
     * time: who has changed it since may have known newer ones, and is not overruled, as the queue's revision is another.
     */
    public void apply(AmqpQueue queue, PolicyBook policies)
            throws AmqpException, OutcomeUnknownException, InterruptedException {
        AmqpQueue now = queue;
        while (true) {
            FieldTable policy = policies.of(now);
            if (now.isUnder(policy)) {
                return;
            }
            QueuePlan plan = QueuePlan.under(now, policy);
            if (plan.settings().deadLetter() != null) {
                DeadLetterQueues.make(broker, DeadLetterQueues.of(now.name()));
            }
            CatalogReply reply = broker.change(new CatalogCommand.UpdateQueue(
                    now.queue().name(), now.queue().revision(), plan.settings(), plan.labels()));
            if (!(reply instanceof CatalogReply.Refused(CatalogRefusal reason)) || reason != CatalogRefusal.CHANGED) {
                return; // Done, or the queue is gone.
            }
            Optional<AmqpQueue> changed = find(queue.queue().id());
            if (changed.isEmpty()) {
                return;
            }
            now = changed.get();
        }
    }

    // ---- Emptying and deleting

    /**
     * @return how many ready messages went with it; 0 if there was no such queue, which is no error
     * @throws AmqpException 406 if it is not unused or not empty though it should be, 405 if it is another connection's own
     */
    public long delete(QueueName name, boolean ifUnused, boolean ifEmpty, Owner connection)
            throws AmqpException, OutcomeUnknownException, InterruptedException {
        Optional<AmqpQueue> there = notLeftBehind(broker.findAnywhere(name.inWeir()), name, connection);
        if (there.isEmpty()) {
            return 0;
        }
        AmqpQueue queue = there.get();
        checkAccess(queue, connection);
        if (ifUnused && consumers.count(queue) > 0) {
            throw QueueArguments.failed(name + " in use");
        }
        PartitionStatus status = broker.status(queue.queue()).orElse(null);
        long ready = status == null ? 0 : status.ready();
        if (ifEmpty && ready > 0) {
            throw QueueArguments.failed(name + " not empty");
        }
        consumers.delete(queue);
        return ready;
    }

    /** To be called before a connection declares anything: what is its own is kept from now on. */
    public void connectionBegan(Owner connection) {
        consumers.owners().began(connection);
    }

    /**
     * Deletes the queues that were a connection's own: to be called when it has ended. One that could not be deleted is
     * taken for left behind, and the keeper deletes it.
     */
    public void connectionEnded(Owner connection) throws InterruptedException {
        try {
            for (QueueName name : consumers.owners().of(connection)) {
                AmqpQueue queue = find(name).orElse(null);
                if (queue != null && connection.equals(queue.owner())) {
                    deleteLater(queue);
                }
            }
        } finally {
            consumers.owners().ended(connection);
        }
    }

    private void deleteLater(AmqpQueue queue) throws InterruptedException {
        try {
            consumers.delete(queue);
        } catch (OutcomeUnknownException e) {
            LOG.warn("The {} of a connection that has ended is deleted later: {}", queue.name(), e.getMessage());
        }
    }

    /**
     * Drops the ready messages.
     *
     * @return how many
     * @throws AmqpException 540 for a stream
     */
    public long purge(QueueName name, Owner connection)
            throws AmqpException, OutcomeUnknownException, InterruptedException {
        AmqpQueue queue = of(name, connection);
        if (queue.isStream()) {
            throw new AmqpException(
                    ErrorCode.NOT_IMPLEMENTED, "queue.purge not supported by stream queues " + queue.name());
        }
        PartitionStatus status = broker.status(queue.queue()).orElseThrow(() -> notFound(name));
        return new Purge(broker).drop(queue.queue(), status.ready());
    }
}
