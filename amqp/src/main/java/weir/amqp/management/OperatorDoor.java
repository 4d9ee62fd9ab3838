package weir.amqp.management;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import weir.amqp.session.Sessions;
import weir.amqp.topology.Login;
import weir.amqp.topology.RefusedException;
import weir.amqp.topology.Topology;
import weir.amqp.topology.VirtualHost;
import weir.amqp.wire.AmqpException;
import weir.core.Bytes;
import weir.core.broker.Deadline;
import weir.core.broker.OutcomeUnknownException;

/**
 * The same addresses for whoever operates this node, without a password: he has the machine. It is what the admin API has behind
 * {@code /api/v1/rabbitmq}, and so what {@code weir rabbitmqctl} asks, as RabbitMQ's own tool goes by a secret of the
 * machine's and not by a user. Beside them there are some that only an operator has ({@link OperatorResource}).
 */
public final class OperatorDoor {
    private final Routes routes = new Routes();
    private final Topology topology;

    /** @param json empty if there is nothing to say */
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    public record Answered(int status, byte[] json) {}

    public OperatorDoor(Management management, Sessions sessions) {
        this.topology = management.topology();
        ManagementServer.resources(management).forEach(resource -> resource.register(routes));
        new OperatorResource(management, sessions).register(routes);
    }

    /**
     * @param path what follows {@code /api}, encoded
     * @param query of several values of a name the first
     * @param reason what those concerned are told; empty for none
     */
    public Answered call(String method, String path, Map<String, String> query, String reason, byte[] body)
            throws OutcomeUnknownException, InterruptedException {
        Answer answer;
        try {
            Routes.Found found = routes.find(Dispatcher.segments(path)).orElseThrow(Failure::notFound);
            Routes.Target target = found.methods().get(method);
            if (target == null) {
                throw new Failure(405, "Method Not Allowed", "\"Method Not Allowed\"\n");
            }
            answer = Deadline.until(
                    System.nanoTime() + target.patience().toNanos(),
                    () -> carriedOut(found, target, query, reason, Bytes.of(body)));
        } catch (Failure failure) {
            answer = failure.answer();
        }
        Object said = answer.body();
        return new Answered(answer.status(), said == null ? new byte[0] : Json.bytes(said));
    }

    private Answer carriedOut(
            Routes.Found found, Routes.Target target, Map<String, String> query, String reason, Bytes body)
            throws OutcomeUnknownException, InterruptedException {
        try {
            Map<String, String> path = found.path();
            Optional<VirtualHost> named = path.containsKey(Call.HOST)
                    ? topology.virtualHosts().find(path.get(Call.HOST))
                    : Optional.empty();
            Call call = new Call(topology, Login.SYSTEM, path, query, reason, named, body);
            target.access().check(call);
            return target.handler().answer(call);
        } catch (Failure failure) {
            return failure.answer();
        } catch (AmqpException e) {
            return Failure.of(e).answer();
        } catch (RefusedException e) {
            return Failure.of(e).answer();
        }
    }
}
