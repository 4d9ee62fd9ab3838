package weir.amqp.topology;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import weir.core.broker.Broker;
import weir.core.broker.CatalogWatch;
import weir.core.catalog.CatalogReply;
import weir.core.catalog.Definition;
import weir.core.catalog.Queue;

/**
 * What the catalog says of exchanges and bindings, in the form that routing asks for.
 *
 * <p>Only the thread that applies the catalog's log changes it, one change at a time; any number of threads read it
 * meanwhile, without a lock. A change costs what is changed, not what is there: bindings are filed one by one, and what goes
 * takes only its own with it.
 *
 * <p>A definition whose exchange, queue or virtual host is gone routes nothing from that moment on, on every node; that it
 * still is in the catalog is a matter of tidiness. It is listed in {@link #leftOver}, and so is an exchange that deletes
 * itself and has just lost its last binding, for {@link Sweeper} to remove.
 */
final class TopologyIndex implements CatalogWatch {
    private static final Logger LOG = LoggerFactory.getLogger(TopologyIndex.class);

    private final Broker broker;
    private final Chance chance;
    private volatile State state = new State();

    /** Everything, so that it can be replaced at once. */
    private static final class State {
        final Map<String, Host> hostsByName = new ConcurrentHashMap<>();
        final Map<String, Host> hostsById = new ConcurrentHashMap<>();
        final Map<String, ExchangeNode> exchangesById = new ConcurrentHashMap<>();
        /** Those that something is bound to, by id. */
        final Map<Long, Link.QueueTarget> queues = new ConcurrentHashMap<>();

        final Set<LeftOver> leftOver = ConcurrentHashMap.newKeySet();
    }

    /**
     * A definition that belongs to nothing any more.
     *
     * @param created which of those that bore the name
     */
    record LeftOver(String kind, String name, long created) {
        static LeftOver of(Definition definition) {
            return new LeftOver(definition.kind(), definition.name(), definition.created());
        }

        static LeftOver of(Binding binding) {
            return new LeftOver(Binding.KIND, binding.name(), binding.created());
        }
    }

    TopologyIndex(Broker broker, RandomGenerator random) {
        this.broker = broker;
        this.chance = new Chance(random, queue -> broker.leads(queue.partition(0)));
    }

    // ---- From any thread

    Optional<Host> host(String name) {
        return Optional.ofNullable(state.hostsByName.get(name));
    }

    /** This very one, not a later one of its name. */
    Optional<Host> host(VirtualHost virtualHost) {
        return Optional.ofNullable(state.hostsById.get(virtualHost.id()));
    }

    List<Host> hosts() {
        return List.copyOf(state.hostsByName.values());
    }

    Optional<ExchangeNode> exchange(VirtualHost virtualHost, String name) {
        Host host = state.hostsById.get(virtualHost.id());
        return host == null ? Optional.empty() : Optional.ofNullable(host.exchanges.get(name));
    }

    boolean hasExchange(String id) {
        return state.exchangesById.containsKey(id);
    }

    Optional<Link.QueueTarget> queue(Queue queue) {
        return Optional.ofNullable(state.queues.get(queue.id()));
    }

    List<LeftOver> leftOver() {
        return List.copyOf(state.leftOver);
    }

    boolean isLeftOver(LeftOver definition) {
        return state.leftOver.contains(definition);
    }

    // ---- From the thread that applies the catalog's log

    @Override
    public void anew() {
        State fresh = new State();
        // In the order in which one refers to the other.
        for (String kind : List.of(
                VirtualHost.KIND,
                Policy.KIND,
                Policy.OPERATOR_KIND,
                Permission.KIND,
                TopicPermission.KIND,
                Exchange.KIND,
                Binding.KIND)) {
            String after = "";
            List<Definition> page;
            do {
                page = broker.definitions(kind, "", after, TopologyLimits.PAGE);
                for (Definition definition : page) {
                    put(fresh, definition);
                    after = definition.name();
                }
            } while (page.size() == TopologyLimits.PAGE);
        }
        state = fresh;
    }

    @Override
    public void changed(CatalogReply reply) {
        State current = state;
        switch (reply) {
            case CatalogReply.Created(Queue queue, boolean _) -> refresh(current, queue);
            case CatalogReply.Updated(Queue queue) -> refresh(current, queue);
            case CatalogReply.Deleted(Queue queue) -> {
                Link.QueueTarget target = current.queues.remove(queue.id());
                if (target != null) {
                    dropIncoming(current, target);
                }
            }
            case CatalogReply.Defined(Definition definition, boolean existed) -> {
                if (!existed) {
                    put(current, definition);
                }
            }
            case CatalogReply.Undefined(Definition definition) -> removed(current, definition);
            case CatalogReply.Refused _ -> {}
        }
    }

    private static void refresh(State current, Queue queue) {
        Link.QueueTarget target = current.queues.get(queue.id());
        if (target != null) {
            target.queue = queue;
        }
    }

    private void put(State into, Definition definition) {
        try {
            switch (definition.kind()) {
                case VirtualHost.KIND -> putHost(into, VirtualHost.of(definition));
                case Exchange.KIND -> putExchange(into, definition);
                case Binding.KIND -> putBinding(into, Binding.of(definition));
                case Permission.KIND, TopicPermission.KIND, Policy.KIND, Policy.OPERATOR_KIND ->
                    putRule(into, definition);
                default -> {} // Another's.
            }
        } catch (IllegalArgumentException e) {
            // A newer release's, perhaps. Nothing that this node knows is affected by it.
            LOG.warn("{} is in no form that is known here, and is passed over: {}", definition, e.getMessage());
        }
    }

    private void putHost(State into, VirtualHost virtualHost) {
        Host known = into.hostsById.get(virtualHost.id());
        if (known != null) {
            known.virtualHost = virtualHost;
            return;
        }
        Host fresh = new Host(virtualHost);
        for (Exchange exchange : Exchange.predeclared(virtualHost)) {
            add(into, new ExchangeNode(exchange, fresh, chance));
        }
        into.hostsById.put(virtualHost.id(), fresh);
        into.hostsByName.put(virtualHost.name(), fresh);
    }

    private static void add(State into, ExchangeNode node) {
        node.host.alternate(node);
        into.exchangesById.put(node.exchange.id(), node);
        node.host.exchanges.put(node.exchange.name(), node);
    }

    private void putExchange(State into, Definition definition) {
        Host host = hostOf(into, definition);
        if (host != null) {
            add(into, new ExchangeNode(Exchange.of(definition), host, chance));
        }
    }

    /** What it is in; null if that is gone. */
    private static @Nullable Host hostOf(State into, Definition definition) {
        Host host = into.hostsById.get(Exchange.hostOf(definition));
        if (host == null) {
            into.leftOver.add(LeftOver.of(definition));
        }
        return host;
    }

    private void putBinding(State into, Binding binding) {
        ExchangeNode source = into.exchangesById.get(binding.source());
        Link.Target target = source == null ? null : target(into, binding.destination());
        if (source == null || target == null) {
            into.leftOver.add(LeftOver.of(binding));
            return;
        }
        if (source.outgoing.containsKey(binding.name())) {
            return;
        }
        Link link = new Link(binding, source, target);
        source.outgoing.put(binding.name(), link);
        target.incoming().put(binding.name(), link);
        source.matcher.add(link);
        if (source.exchange.autoDelete()) {
            into.leftOver.remove(leftOver(source));
        }
    }

    private Link.@Nullable Target target(State into, Binding.Destination destination) {
        return switch (destination) {
            case Binding.Destination.ToExchange(String id) -> into.exchangesById.get(id);
            case Binding.Destination.ToQueue(long id) -> {
                Link.QueueTarget known = into.queues.get(id);
                if (known == null) {
                    known = broker.find(id).map(Link.QueueTarget::new).orElse(null);
                    if (known != null) {
                        into.queues.put(id, known);
                    }
                }
                yield known;
            }
        };
    }

    private static void putRule(State into, Definition definition) {
        Host host = hostOf(into, definition);
        if (host == null) {
            return;
        }
        switch (definition.kind()) {
            case Permission.KIND -> {
                Permission permission = Permission.of(definition);
                host.permissions.put(permission.user(), permission);
            }
            case TopicPermission.KIND -> {
                TopicPermission permission = TopicPermission.of(definition);
                host.topicPermissions
                        .computeIfAbsent(permission.user(), _ -> new ConcurrentHashMap<>())
                        .put(permission.exchange(), permission);
            }
            case Policy.KIND -> {
                Policy policy = Policy.of(definition);
                host.policies.put(policy.name(), policy);
                host.policiesChanged();
            }
            default -> {
                Policy policy = Policy.of(definition);
                host.operatorPolicies.put(policy.name(), policy);
                host.policiesChanged();
            }
        }
    }

    private void removed(State from, Definition definition) {
        from.leftOver.remove(LeftOver.of(definition));
        switch (definition.kind()) {
            case VirtualHost.KIND -> dropHost(from, Ids.of(definition.created()));
            case Exchange.KIND -> {
                ExchangeNode node = from.exchangesById.get(Ids.of(definition.created()));
                if (node != null) {
                    drop(from, node);
                }
            }
            case Binding.KIND -> {
                int slash = definition.name().indexOf('/');
                ExchangeNode source = from.exchangesById.get(definition.name().substring(0, Math.max(0, slash)));
                Link link = source == null ? null : source.outgoing.get(definition.name());
                if (link != null) {
                    unlink(from, link);
                    maybeAutoDelete(from, link.source);
                }
            }
            case Permission.KIND, TopicPermission.KIND, Policy.KIND, Policy.OPERATOR_KIND ->
                removeRule(from, definition);
            default -> {} // Another's.
        }
    }

    private static void removeRule(State from, Definition definition) {
        Host host = from.hostsById.get(Exchange.hostOf(definition));
        if (host == null) {
            return;
        }
        String rest = definition.name().substring(definition.name().indexOf('/') + 1);
        switch (definition.kind()) {
            case Permission.KIND -> host.permissions.remove(rest);
            case TopicPermission.KIND -> {
                int slash = rest.indexOf('/');
                Map<String, TopicPermission> ofUser = host.topicPermissions.get(rest.substring(0, Math.max(0, slash)));
                if (ofUser != null) {
                    ofUser.remove(rest.substring(slash + 1));
                }
            }
            case Policy.KIND -> {
                host.policies.remove(rest);
                host.policiesChanged();
            }
            default -> {
                host.operatorPolicies.remove(rest);
                host.policiesChanged();
            }
        }
    }

    /** All in it goes, without that anything deletes itself for it. */
    private void dropHost(State from, String id) {
        Host host = from.hostsById.remove(id);
        if (host == null) {
            return;
        }
        from.hostsByName.remove(host.virtualHost.name(), host);
        for (ExchangeNode node : List.copyOf(host.exchanges.values())) {
            drop(from, node);
            if (!node.exchange.predeclared()) {
                from.leftOver.add(leftOver(node));
            }
        }
        for (String kind :
                List.of(Permission.KIND, TopicPermission.KIND, Policy.KIND, Policy.OPERATOR_KIND, Exchange.KIND)) {
            broker.definitions(kind, id + "/", "", Integer.MAX_VALUE)
                    .forEach(definition -> from.leftOver.add(LeftOver.of(definition)));
        }
    }

    private void drop(State from, ExchangeNode node) {
        from.exchangesById.remove(node.exchange.id(), node);
        node.host.exchanges.remove(node.exchange.name(), node);
        for (Link link : List.copyOf(node.outgoing.values())) {
            unlink(from, link);
            from.leftOver.add(LeftOver.of(link.binding));
        }
        dropIncoming(from, node);
    }

    private void dropIncoming(State from, Link.Target target) {
        List<ExchangeNode> sources = new ArrayList<>();
        for (Link link : List.copyOf(target.incoming().values())) {
            unlink(from, link);
            from.leftOver.add(LeftOver.of(link.binding));
            sources.add(link.source);
        }
        sources.forEach(source -> maybeAutoDelete(from, source));
    }

    private static void unlink(State from, Link link) {
        link.source.matcher.remove(link);
        link.source.outgoing.remove(link.binding.name(), link);
        link.target.incoming().remove(link.binding.name(), link);
        if (link.target instanceof Link.QueueTarget queue && queue.incoming().isEmpty()) {
            from.queues.remove(queue.queue.id(), queue);
        }
    }

    /** To be called when a binding of its has gone: before its first it stays. */
    private static void maybeAutoDelete(State from, ExchangeNode source) {
        if (source.exchange.autoDelete()
                && source.outgoing.isEmpty()
                && from.exchangesById.get(source.exchange.id()) == source) {
            from.leftOver.add(leftOver(source));
        }
    }

    private static LeftOver leftOver(ExchangeNode declared) {
        return new LeftOver(
                Exchange.KIND,
                Exchange.key(declared.host.virtualHost, declared.exchange.name()),
                Ids.number(declared.exchange.id()));
    }
}
