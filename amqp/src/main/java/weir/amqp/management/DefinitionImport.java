package weir.amqp.management;

import java.util.List;
import org.jspecify.annotations.Nullable;
import weir.amqp.queue.Declaration;
import weir.amqp.queue.QueueName;
import weir.amqp.topology.Bindings;
import weir.amqp.topology.Login;
import weir.amqp.topology.RefusedException;
import weir.amqp.topology.Resource.Kind;
import weir.amqp.topology.Topology;
import weir.amqp.topology.VirtualHost;
import weir.amqp.wire.AmqpException;
import weir.amqp.wire.FieldTable;
import weir.core.broker.OutcomeUnknownException;

/**
 * Reads definitions in, of RabbitMQ's or of ours. What is there already stays if it is the same, is changed where that can be
 * changed, and else ends the import: what was read before it has been made, so it can be repeated when the cause is gone. What
 * would mean nothing here, as what it steers is not there (shovels, federation, mirrors), is left out, and said to be.
 */
final class DefinitionImport {
    /** Where files of one virtual host put everything; null if each says it. */
    private record Into(@Nullable VirtualHost only) {}

    /** Makes one of the things in a file. */
    private interface Step {
        void take(VirtualHost host, Body body)
                throws Failure, AmqpException, RefusedException, OutcomeUnknownException, InterruptedException;
    }

    private final Management management;
    private final Topology topology;

    DefinitionImport(Management management) {
        this.management = management;
        this.topology = management.topology();
    }

    /**
     * @return what was left out
     * @throws Failure that says what could not be made
     */
    List<Facts> all(Body file) throws Failure, OutcomeUnknownException, InterruptedException {
        LeftOut left = new LeftOut();
        for (Body user : file.objects("users")) {
            named("user", user, () -> UserResource.put(topology, user.text("name"), user));
        }
        for (Body host : file.objects("vhosts")) {
            named("vhost", host, () -> host(host));
        }
        Into everywhere = new Into(null);
        each(
                file,
                "permissions",
                everywhere,
                (host, body) -> PermissionResource.put(topology, host, body.text("user"), body));
        each(
                file,
                "topic_permissions",
                everywhere,
                (host, body) -> TopicPermissionResource.put(topology, host, body.text("user"), body));
        things(file, everywhere, left);
        return left.all();
    }

    /** Everything into one virtual host, whichever it came from. */
    List<Facts> into(VirtualHost host, Body file) throws Failure, OutcomeUnknownException, InterruptedException {
        LeftOut left = new LeftOut();
        if (file.has("limits")) {
            named("limits of vhost", file, () -> limit(host, file.object("limits")));
        }
        things(file, new Into(host), left);
        return left.all();
    }

    private void things(Body file, Into into, LeftOut left)
            throws Failure, OutcomeUnknownException, InterruptedException {
        each(file, "parameters", into, (host, body) -> parameter(host, body, left));
        each(file, "policies", into, (host, body) -> policy(host, false, body.text("name"), body, left));
        each(file, "queues", into, (host, body) -> queue(host, body, left));
        each(file, "exchanges", into, (host, body) -> exchange(host, body, left));
        each(file, "bindings", into, this::binding);
    }

    // ---- One by one

    private interface Making {
        void make() throws Failure, AmqpException, RefusedException, OutcomeUnknownException, InterruptedException;
    }

    /** Says of a failure what it was about. */
    private static void named(String what, Body body, Making making)
            throws Failure, OutcomeUnknownException, InterruptedException {
        String reason;
        try {
            making.make();
            return;
        } catch (Failure e) {
            reason = e.getMessage();
        } catch (AmqpException e) {
            reason = e.getMessage();
        } catch (RefusedException e) {
            reason = e.getMessage();
        }
        Object name = body.get("name");
        throw Failure.badRequest(what + (name == null ? "" : " '" + name + "'") + ": " + reason);
    }

    private void each(Body file, String kind, Into into, Step step)
            throws Failure, OutcomeUnknownException, InterruptedException {
        for (Body body : file.objects(kind)) {
            named(kind, body, () -> step.take(host(into, body), body));
        }
    }

    private VirtualHost host(Into into, Body body) throws Failure, OutcomeUnknownException, InterruptedException {
        if (into.only() != null) {
            return into.only();
        }
        String name = body.text("vhost");
        return topology.virtualHosts()
                .find(name)
                .orElseThrow(() -> Failure.badRequest("virtual host '" + name + "' does not exist"));
    }

    private void host(Body body) throws Failure, RefusedException, OutcomeUnknownException, InterruptedException {
        VirtualHost host = VirtualHostResource.put(topology, body.text("name"), body);
        Object limits = body.get("limits");
        if (limits != null && !List.of().equals(limits)) {
            limit(host, body.object("limits"));
        }
    }

    private void limit(VirtualHost host, Body limits)
            throws Failure, RefusedException, OutcomeUnknownException, InterruptedException {
        if (!limits.values().isEmpty()) {
            topology.virtualHosts()
                    .limit(
                            host,
                            limits.number("max-connections", VirtualHost.UNLIMITED),
                            limits.number("max-queues", VirtualHost.UNLIMITED));
        }
    }

    /** Operators' policies and limits; other components are RabbitMQ's plug-ins, which are not here. */
    private void parameter(VirtualHost host, Body body, LeftOut left)
            throws Failure, RefusedException, OutcomeUnknownException, InterruptedException {
        switch (body.text("component")) {
            case ParameterResource.OPERATOR_POLICY -> policy(host, true, body.text("name"), body.object("value"), left);
            case ParameterResource.LIMITS -> limit(host, body.object("value"));
            case String other ->
                left.add(other, host.name(), body.text("name"), "there is no component '" + other + "' here");
        }
    }

    /** Without the settings that nothing here would heed; a policy that has no others is none. */
    private void policy(VirtualHost host, boolean operator, String name, Body body, LeftOut left)
            throws Failure, RefusedException, OutcomeUnknownException, InterruptedException {
        FieldTable definition = body.table("definition");
        FieldTable heeded = definition;
        for (String setting : topology.policies().unheeded(definition, operator)) {
            heeded = heeded.without(setting);
            left.add(
                    operator ? ParameterResource.OPERATOR_POLICY : "policy",
                    host.name(),
                    name,
                    "nothing here heeds its setting '" + setting + "'");
        }
        if (!heeded.isEmpty() || definition.isEmpty()) {
            PolicyResource.set(topology, host, operator, name, body, heeded);
        }
    }

    private void queue(VirtualHost host, Body body, LeftOut left)
            throws Failure, AmqpException, OutcomeUnknownException, InterruptedException {
        String name = body.text("name");
        Declaration declaration = QueueResource.declaration(host, name, body);
        if (declaration.name().isReserved()) { // It was given by the server that is left, and is no other's to give.
            left.add("queue", host.name(), name, "only a server gives such names; nor is anything bound to it");
            return;
        }
        management
                .front()
                .queues()
                .declare(
                        declaration,
                        topology.policies()
                                .ofQueue(
                                        host.name(),
                                        name,
                                        declaration.arguments().type().toString()),
                        QueueResource.owner(management));
    }

    /** Those that every virtual host has are in no file of RabbitMQ's but those that somebody has written. */
    private void exchange(VirtualHost host, Body body, LeftOut left)
            throws Failure, AmqpException, OutcomeUnknownException, InterruptedException {
        String name = body.text("name");
        if (name.isEmpty()
                || (name.startsWith("amq.")
                        && topology.exchanges().find(host, name).isEmpty())) {
            left.add("exchange", host.name(), name, "only a server gives such names");
            return;
        }
        topology.exchanges().declare(Login.SYSTEM, host, ExchangeResource.declaration(name, body));
    }

    /** Whether it is a queue that {@link #queue} does not make, as RabbitMQ does not. */
    private boolean isLeftOut(VirtualHost host, String queue) {
        QueueName name = new QueueName(host.name(), Declaration.stripped(queue));
        return name.isReserved() && management.front().queues().find(name).isEmpty();
    }

    private void binding(VirtualHost host, Body body)
            throws Failure, AmqpException, OutcomeUnknownException, InterruptedException {
        Kind kind =
                switch (body.text("destination_type", "queue")) {
                    case "queue" -> Kind.QUEUE;
                    case "exchange" -> Kind.EXCHANGE;
                    case String other -> throw Failure.badRequest("a binding to a " + other);
                };
        FieldTable arguments = body.table("arguments");
        if (kind == Kind.QUEUE && isLeftOut(host, body.text("destination"))) {
            return;
        }
        topology.bindings()
                .bind(
                        Login.SYSTEM,
                        host,
                        new Bindings.Wanted(
                                body.text("source"),
                                kind,
                                body.text("destination"),
                                body.text("routing_key", ""),
                                arguments),
                        _ -> {});
    }
}
