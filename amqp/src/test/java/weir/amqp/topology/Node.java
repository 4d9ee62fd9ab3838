package weir.amqp.topology;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import weir.amqp.wire.AmqpException;
import weir.amqp.wire.ErrorCode;
import weir.amqp.wire.FieldTable;
import weir.core.catalog.Queue;

/** A node with its founded virtual host, in the hands of guest, and words for what is done to it. */
final class Node {
    static final QueueNaming NAMING = new QueueNaming() {
        @Override
        public String catalogName(String virtualHost, String queue) {
            return virtualHost.equals("/") ? queue : prefix(virtualHost) + queue;
        }

        @Override
        public String queueName(String virtualHost, String catalogName) {
            return virtualHost.equals("/")
                    ? catalogName
                    : catalogName.substring(prefix(virtualHost).length());
        }

        @Override
        public String prefix(String virtualHost) {
            return "//" + virtualHost + "/";
        }
    };
    static final TopologySettings SETTINGS =
            new TopologySettings("000000000000", Set.of("guest"), Set.of("max-length", "message-ttl", "max-age"));

    final CatalogBroker broker = new CatalogBroker();
    final Topology topology;
    /** Another node's, which follows the same catalog. */
    final Topology other;

    final Login guest;
    final VirtualHost host;

    Node() throws Exception {
        other = Topology.follow(broker, NAMING, SETTINGS, new Random(1));
        topology = Topology.follow(broker, NAMING, SETTINGS, new Random(1));
        topology.found();
        guest = login("guest", "guest");
        host = topology.permissions().enter(guest, "/");
    }

    Login login(String user, String password) throws Exception {
        return switch (topology.users().authenticate(user, password, InetAddress.getLoopbackAddress())) {
            case Authentication.Accepted(Login login) -> login;
            case Authentication.Refused(String reason) -> throw new AssertionError(reason);
        };
    }

    static Exchanges.Declaration declaration(
            String name, String type, Map<String, ? extends @Nullable Object> arguments) {
        return new Exchanges.Declaration(name, type, true, false, false, FieldTable.of(arguments));
    }

    void exchange(String name, String type) throws Exception {
        exchange(name, type, Map.of());
    }

    void exchange(String name, String type, Map<String, ? extends @Nullable Object> arguments) throws Exception {
        topology.exchanges().declare(guest, host, declaration(name, type, arguments));
    }

    void autoDeleteExchange(String name) throws Exception {
        topology.exchanges()
                .declare(guest, host, new Exchanges.Declaration(name, "fanout", true, true, false, FieldTable.EMPTY));
    }

    boolean isThere(String exchange) throws Exception {
        return topology.exchanges().find(host, exchange).isPresent();
    }

    static Bindings.Wanted toQueue(
            String queue, String exchange, String key, Map<String, ? extends @Nullable Object> arguments) {
        return new Bindings.Wanted(exchange, Resource.Kind.QUEUE, queue, key, FieldTable.of(arguments));
    }

    void bind(String queue, String exchange, String key) throws Exception {
        bind(queue, exchange, key, Map.of());
    }

    void bind(String queue, String exchange, String key, Map<String, ? extends @Nullable Object> arguments)
            throws Exception {
        if (broker.find(queue).isEmpty()) {
            broker.queue(queue);
        }
        topology.bindings().bind(guest, host, toQueue(queue, exchange, key, arguments), _ -> {});
    }

    void unbind(String queue, String exchange, String key) throws Exception {
        topology.bindings().unbind(guest, host, toQueue(queue, exchange, key, Map.of()), _ -> {});
    }

    void bindExchange(String destination, String source, String key) throws Exception {
        topology.bindings()
                .bind(
                        guest,
                        host,
                        new Bindings.Wanted(source, Resource.Kind.EXCHANGE, destination, key, FieldTable.EMPTY),
                        _ -> {});
    }

    Route route(String exchange, Routed message) throws Exception {
        Route route = topology.router().route(host, exchange, message);
        Route elsewhere = other.router().route(host, exchange, message);
        if (!names(route.queues()).equals(names(elsewhere.queues()))) {
            throw new AssertionError("another node routes to " + elsewhere + ", this one to " + route);
        }
        return route;
    }

    Set<String> routed(String exchange, String key) throws Exception {
        return names(route(exchange, message(key)).queues());
    }

    Set<String> routed(String exchange, String key, Map<String, ? extends @Nullable Object> headers) throws Exception {
        return names(route(exchange, message(key, headers)).queues());
    }

    static Set<String> names(List<Queue> queues) {
        Set<String> names = new TreeSet<>();
        for (Queue queue : queues) {
            if (!names.add(queue.name())) {
                throw new AssertionError(queue.name() + " gets it twice");
            }
        }
        return names;
    }

    static Routed message(String key) {
        return message(key, Map.of());
    }

    static Routed message(String key, Map<String, ? extends @Nullable Object> headers) {
        FieldTable table = FieldTable.of(headers);
        return new Routed() {
            @Override
            public List<String> routingKeys() {
                try {
                    return RoutingKeys.of(key, table);
                } catch (AmqpException e) {
                    throw new AssertionError(e);
                }
            }

            @Override
            public FieldTable headers() {
                return table;
            }

            @Override
            public @Nullable String property(HashProperty property) {
                return property == HashProperty.MESSAGE_ID ? key : null;
            }
        };
    }

    static void assertRefused(ThrowingCallable what, ErrorCode code, String text) {
        assertThatThrownBy(what).isInstanceOfSatisfying(AmqpException.class, e -> {
            if (e.code() != code || !Objects.equals(e.getMessage(), text)) {
                throw new AssertionError("it was refused with " + e.code() + " " + e.getMessage());
            }
        });
    }
}
