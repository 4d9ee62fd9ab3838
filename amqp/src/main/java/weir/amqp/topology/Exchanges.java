package weir.amqp.topology;

import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import weir.amqp.wire.AmqpException;
import weir.amqp.wire.ErrorCode;
import weir.amqp.wire.FieldTable;
import weir.amqp.wire.TypeWords;
import weir.core.broker.Broker;
import weir.core.broker.OutcomeUnknownException;
import weir.core.catalog.Definition;

/** Exchanges as clients declare and delete them, with RabbitMQ's refusals. Safe for use by any number of threads. */
public final class Exchanges {
    private final TopologyIndex index;
    private final Broker broker;
    private final Changes changes;
    private final Permissions permissions;
    private final Sweeper sweeper;

    Exchanges(TopologyIndex index, Broker broker, Permissions permissions, Sweeper sweeper) {
        this.index = index;
        this.broker = broker;
        this.changes = new Changes(broker);
        this.permissions = permissions;
        this.sweeper = sweeper;
    }

    /** What {@code exchange.declare} says. */
    public record Declaration(
            String name, String type, boolean durable, boolean autoDelete, boolean internal, FieldTable arguments) {}

    /**
     * Declares an exchange: makes it, or finds that there is just such a one.
     *
     * @throws AmqpException 403 if it may not be made, 406 if there is another one of that name, or it cannot be at all
     */
    public Exchange declare(Login who, VirtualHost host, Declaration wanted)
            throws AmqpException, OutcomeUnknownException, InterruptedException {
        ExchangeType type = BindingRules.type(wanted.type);
        String name = Names.stripped(wanted.name);
        checkNotDefault(name);
        permissions.check(who, host, Resource.exchange(host, name), Permission.Right.CONFIGURE);
        Optional<Exchange> known = find(host, name);
        Exchange exchange = known.isPresent() ? known.get() : make(who, host, name, type, wanted);
        checkEquivalent(host, exchange, type, wanted);
        return exchange;
    }

    private Exchange make(Login who, VirtualHost host, String name, ExchangeType type, Declaration wanted)
            throws AmqpException, OutcomeUnknownException, InterruptedException {
        if (name.startsWith(Exchange.RESERVED_PREFIX)) {
            throw new AmqpException(
                    ErrorCode.ACCESS_REFUSED, "exchange name '" + name + "' contains reserved prefix 'amq.*'");
        }
        Resource resource = Resource.exchange(host, name);
        if (wanted.arguments.has(Exchange.ALTERNATE)) {
            Object alternate = wanted.arguments.get(Exchange.ALTERNATE);
            if (!(alternate instanceof String other)) {
                throw BindingRules.refused("invalid type '" + TypeWords.of(alternate) + "' for arg '"
                        + Exchange.ALTERNATE + "' in " + resource);
            }
            permissions.check(who, host, resource, Permission.Right.READ);
            permissions.check(who, host, Resource.exchange(host, other), Permission.Right.WRITE);
        }
        BindingRules.checkExchange(type, wanted.arguments);
        Names.check(resource);
        String arguments = Names.arguments(wanted.arguments);
        requireThere(host);
        return switch (changes.create(
                Exchange.KIND,
                Exchange.key(host, name),
                Exchange.attributes(type, wanted.durable, wanted.autoDelete, wanted.internal, arguments))) {
            case Changes.Made.Done(Definition definition, boolean _) -> Exchange.of(definition);
            case Changes.Made.TooMany() ->
                throw BindingRules.refused("cannot declare " + resource + ": exchange limit is reached");
        };
    }

    private void requireThere(VirtualHost host) throws AmqpException {
        if (index.host(host).isEmpty()) {
            throw new AmqpException(ErrorCode.NOT_ALLOWED, "vhost " + host.name() + " not found");
        }
    }

    /** {@code exchange.declare} with passive: 404 if there is none; any right to it will do. */
    public Exchange declarePassively(Login who, VirtualHost host, String name)
            throws AmqpException, OutcomeUnknownException, InterruptedException {
        String stripped = Names.stripped(name);
        checkNotDefault(stripped);
        permissions.checkAny(who, host, Resource.exchange(host, stripped));
        return require(host, stripped);
    }

    /**
     * Deletes an exchange with all that it is bound to. There need be none.
     *
     * @throws AmqpException 403 if it may not be deleted, 406 if it is to be kept while it has bindings
     */
    public void delete(Login who, VirtualHost host, String name, boolean ifUnused)
            throws AmqpException, OutcomeUnknownException, InterruptedException {
        String stripped = Names.stripped(name);
        Resource resource = Resource.exchange(host, stripped);
        checkNotDefault(stripped);
        if (stripped.startsWith(Exchange.RESERVED_PREFIX)) {
            throw new AmqpException(ErrorCode.ACCESS_REFUSED, "deletion of system " + resource + " not allowed");
        }
        permissions.check(who, host, resource, Permission.Right.CONFIGURE);
        if (find(host, stripped).isEmpty()) {
            return;
        }
        boolean used = index.exchange(host, stripped)
                .filter(node -> !node.outgoing.isEmpty())
                .isPresent();
        if (ifUnused && used) {
            throw BindingRules.refused(resource + " in use");
        }
        changes.remove(Exchange.KIND, Exchange.key(host, stripped));
        sweeper.sweep();
    }

    /**
     * The exchange that a message is published to.
     *
     * @throws AmqpException 403 without the right to write, 404 if there is none, 403 if it is internal
     */
    public Exchange forPublish(Login who, VirtualHost host, String name)
            throws AmqpException, OutcomeUnknownException, InterruptedException {
        Resource resource = Resource.exchange(host, name);
        permissions.check(who, host, resource, Permission.Right.WRITE);
        Exchange exchange = require(host, name);
        if (exchange.internal()) {
            throw new AmqpException(ErrorCode.ACCESS_REFUSED, "cannot publish to internal " + resource);
        }
        return exchange;
    }

    /** @throws AmqpException 403 if it is a topic exchange where the user may not write by one of the keys */
    public void checkTopics(Login who, VirtualHost host, Exchange exchange, List<String> routingKeys)
            throws AmqpException {
        for (String key : routingKeys) {
            permissions.checkTopic(who, host, exchange, key, Permission.Right.WRITE);
        }
    }

    /** Whether this node knows one of that id. */
    public boolean isThere(String id) {
        return index.hasExchange(id);
    }

    /** As this node knows it, after it has asked if it knows none. */
    public Optional<Exchange> find(VirtualHost host, String name) throws OutcomeUnknownException, InterruptedException {
        Optional<ExchangeNode> known = index.exchange(host, name);
        if (known.isEmpty()) {
            broker.catchUp();
            known = index.exchange(host, name);
        }
        return known.map(node -> node.exchange);
    }

    /** @throws AmqpException 404 if there is none */
    Exchange require(VirtualHost host, String name)
            throws AmqpException, OutcomeUnknownException, InterruptedException {
        Optional<Exchange> known = find(host, name);
        return known.orElseThrow(() -> new AmqpException(ErrorCode.NOT_FOUND, "no " + Resource.exchange(host, name)));
    }

    /** All of a virtual host, by name. */
    public List<Exchange> list(VirtualHost host) {
        return index.host(host)
                .map(each -> each.exchanges.values().stream()
                        .map(node -> node.exchange)
                        .sorted(Comparator.comparing(Exchange::name))
                        .toList())
                .orElse(List.of());
    }

    static void checkNotDefault(String name) throws AmqpException {
        if (name.isEmpty()) {
            throw new AmqpException(ErrorCode.ACCESS_REFUSED, "operation not permitted on the default exchange");
        }
    }

    private static void checkEquivalent(VirtualHost host, Exchange there, ExchangeType type, Declaration wanted)
            throws AmqpException {
        Resource resource = Resource.exchange(host, there.name());
        same(resource, "type", there.type().word(), type.word());
        same(resource, "durable", there.durable(), wanted.durable);
        same(resource, "auto_delete", there.autoDelete(), wanted.autoDelete);
        same(resource, "internal", there.internal(), wanted.internal);
        Object before = there.arguments().get(Exchange.ALTERNATE);
        Object now = wanted.arguments.get(Exchange.ALTERNATE);
        if (!Objects.equals(before, now)) {
            boolean text = before instanceof String && now instanceof String;
            throw inequivalent(
                    resource,
                    Exchange.ALTERNATE,
                    text ? "'" + now + "'" : described(now),
                    text ? "'" + before + "'" : described(before));
        }
    }

    private static void same(Resource resource, String what, Object there, Object wanted) throws AmqpException {
        if (!there.equals(wanted)) {
            throw inequivalent(resource, what, "'" + wanted + "'", "'" + there + "'");
        }
    }

    private static AmqpException inequivalent(Resource resource, String what, String received, String current) {
        return BindingRules.refused("inequivalent arg '" + what + "' for " + resource + ": received " + received
                + " but current is " + current);
    }

    private static String described(@Nullable Object value) {
        return value == null ? "none" : "the value '" + value + "' of type '" + TypeWords.of(value) + "'";
    }
}
