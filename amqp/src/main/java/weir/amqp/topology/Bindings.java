package weir.amqp.topology;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import weir.amqp.wire.AmqpException;
import weir.amqp.wire.ErrorCode;
import weir.amqp.wire.FieldTable;
import weir.core.broker.Broker;
import weir.core.broker.OutcomeUnknownException;
import weir.core.catalog.Queue;

/** Bindings as clients make and remove them, with RabbitMQ's refusals. Safe for use by any number of threads. */
public final class Bindings {
    /** Who knows whether a connection may touch a queue that may be another's alone. */
    public interface QueueGate {
        /** @throws AmqpException 405 if it is another connection's alone */
        void admit(Queue queue) throws AmqpException;
    }

    /**
     * What a client wants bound.
     *
     * @param source the exchange that messages come from
     * @param destination a queue or an exchange; whether line ends are in its name does not matter
     */
    public record Wanted(
            String source,
            Resource.Kind destinationKind,
            String destination,
            String routingKey,
            FieldTable arguments) {}

    /** A binding by names. */
    public record Named(
            String source,
            Resource.Kind destinationKind,
            String destination,
            String routingKey,
            FieldTable arguments) {}

    private final TopologyIndex index;
    private final Broker broker;
    private final Changes changes;
    private final QueueNaming naming;
    private final Permissions permissions;
    private final Exchanges exchanges;
    private final Sweeper sweeper;

    Bindings(
            TopologyIndex index,
            Broker broker,
            QueueNaming naming,
            Permissions permissions,
            Exchanges exchanges,
            Sweeper sweeper) {
        this.index = index;
        this.broker = broker;
        this.changes = new Changes(broker);
        this.naming = naming;
        this.permissions = permissions;
        this.exchanges = exchanges;
        this.sweeper = sweeper;
    }

    /**
     * Binds; what is bound already stays so.
     *
     * @return whether it was not bound before
     * @throws AmqpException 403 if it is not allowed, 404 if one of the ends is missing, 405 by the gate, 406 if the exchange
     *     takes no such binding
     */
    public boolean bind(Login who, VirtualHost host, Wanted wanted, QueueGate gate)
            throws AmqpException, OutcomeUnknownException, InterruptedException {
        Ends ends = ends(who, host, wanted, gate);
        Exchange source = ends.requireSource();
        Binding.Destination destination = ends.requireDestination();
        BindingRules.checkBinding(source.routing(), wanted.routingKey, wanted.arguments);
        String arguments = Names.arguments(wanted.arguments);
        String name = Binding.name(source.id(), destination, wanted.routingKey, arguments);
        if (index.exchange(host, source.name())
                .filter(node -> node.outgoing.containsKey(name))
                .isPresent()) {
            return false;
        }
        return switch (changes.create(Binding.KIND, name, Binding.attributes(wanted.routingKey, arguments))) {
            case Changes.Made.Done(var _, boolean existed) -> !existed;
            case Changes.Made.TooMany() ->
                throw BindingRules.refused("cannot bind " + ends.destinationName + " to " + ends.sourceName
                        + ": binding limit is reached");
        };
    }

    /** Removes a binding. There need be none, nor any of its ends. */
    public void unbind(Login who, VirtualHost host, Wanted wanted, QueueGate gate)
            throws AmqpException, OutcomeUnknownException, InterruptedException {
        Ends ends = ends(who, host, wanted, gate);
        if (ends.source == null || ends.destination == null) {
            return;
        }
        String name =
                Binding.name(ends.source.id(), ends.destination, wanted.routingKey, Names.arguments(wanted.arguments));
        changes.remove(Binding.KIND, name);
        sweeper.sweep();
    }

    /** The two ends, as far as they are there. */
    private record Ends(
            Resource sourceName,
            @Nullable Exchange source,
            Resource destinationName,
            Binding.@Nullable Destination destination) {
        Exchange requireSource() throws AmqpException {
            if (source == null) {
                throw missing(sourceName);
            }
            return source;
        }

        Binding.Destination requireDestination() throws AmqpException {
            if (destination == null) {
                throw missing(destinationName);
            }
            return destination;
        }

        private static AmqpException missing(Resource what) {
            return new AmqpException(ErrorCode.NOT_FOUND, "no " + what);
        }
    }

    /** In RabbitMQ's order of checks: who has several faults is told the same first. */
    private Ends ends(Login who, VirtualHost host, Wanted wanted, QueueGate gate)
            throws AmqpException, OutcomeUnknownException, InterruptedException {
        Resource destination = new Resource(wanted.destinationKind, host.name(), Names.stripped(wanted.destination));
        Resource source = Resource.exchange(host, Names.stripped(wanted.source));
        permissions.check(who, host, destination, Permission.Right.WRITE);
        if (destination.kind() == Resource.Kind.EXCHANGE) {
            Exchanges.checkNotDefault(destination.name());
        }
        Exchanges.checkNotDefault(source.name());
        permissions.check(who, host, source, Permission.Right.READ);
        Exchange exchange = exchanges.find(host, source.name()).orElse(null);
        if (exchange != null) {
            permissions.checkTopic(who, host, exchange, wanted.routingKey, Permission.Right.READ);
        }
        return new Ends(source, exchange, destination, destination(host, destination, gate));
    }

    private Binding.@Nullable Destination destination(VirtualHost host, Resource name, QueueGate gate)
            throws AmqpException, OutcomeUnknownException, InterruptedException {
        return switch (name.kind()) {
            case EXCHANGE -> {
                Optional<Exchange> exchange = exchanges.find(host, name.name());
                yield exchange.isPresent()
                        ? new Binding.Destination.ToExchange(exchange.get().id())
                        : null;
            }
            case QUEUE -> {
                Queue queue = name.name().isEmpty()
                        ? null
                        : broker.findAnywhere(naming.catalogName(host.name(), name.name()))
                                .orElse(null);
                if (queue == null) {
                    yield null;
                }
                gate.admit(queue);
                yield new Binding.Destination.ToQueue(queue.id());
            }
        };
    }

    /**
     * Tidies up after a queue that was deleted: its bindings route nothing any more, and now are removed, with what deletes
     * itself when its last binding goes. For whoever deletes queues, after that.
     */
    public void queueDeleted() throws OutcomeUnknownException, InterruptedException {
        sweeper.sweep();
    }

    /** All that lead from an exchange, but for those that the default one has to every queue. */
    public List<Named> from(VirtualHost host, String exchange) {
        return named(
                host, index.exchange(host, exchange).map(node -> node.outgoing).orElse(Map.of()));
    }

    /** All that lead to a queue, but for that of the default exchange. */
    public List<Named> to(VirtualHost host, Queue queue) {
        return named(host, index.queue(queue).map(Link.QueueTarget::incoming).orElse(Map.of()));
    }

    /** All that lead to an exchange. */
    public List<Named> to(VirtualHost host, String exchange) {
        return named(
                host, index.exchange(host, exchange).map(ExchangeNode::incoming).orElse(Map.of()));
    }

    private List<Named> named(VirtualHost host, Map<String, Link> links) {
        List<Link> sorted = new ArrayList<>(links.values());
        sorted.sort((one, other) -> Long.compare(one.binding.created(), other.binding.created()));
        List<Named> all = new ArrayList<>(sorted.size());
        for (Link link : sorted) {
            all.add(
                    switch (link.target) {
                        case Link.QueueTarget bound ->
                            named(link, Resource.Kind.QUEUE, naming.queueName(host.name(), bound.queue.name()));
                        case ExchangeNode other -> named(link, Resource.Kind.EXCHANGE, other.exchange.name());
                    });
        }
        return all;
    }

    private static Named named(Link link, Resource.Kind kind, String destination) {
        return new Named(
                link.source.exchange.name(), kind, destination, link.binding.routingKey(), link.binding.arguments());
    }
}
