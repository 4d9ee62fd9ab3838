package weir.amqp.management;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import weir.amqp.queue.AmqpQueue;
import weir.amqp.queue.Queues;
import weir.amqp.session.Errands;
import weir.amqp.session.Errands.Ending;
import weir.amqp.topology.Permission.Right;
import weir.amqp.topology.Resource;
import weir.amqp.topology.VirtualHost;
import weir.amqp.wire.AmqpException;
import weir.core.Bytes;
import weir.core.broker.OutcomeUnknownException;

/** Publishing one message to an exchange, and taking some from a queue. */
final class MessageResource implements ApiResource {
    private final Management management;
    private final QueueViews queues;
    private final Errands errands;

    MessageResource(Management management, QueueViews queues) {
        this.management = management;
        this.queues = queues;
        this.errands = new Errands(management.front());
    }

    @Override
    public void register(Routes routes) {
        routes.post("/exchanges/{vhost}/{exchange}/publish", Access.OF_VIRTUAL_HOST, this::publish)
                .post("/queues/{vhost}/{queue}/get", Access.OF_VIRTUAL_HOST, this::take);
    }

    // ---- Publishing

    private Answer publish(Call call) throws Failure, OutcomeUnknownException, InterruptedException {
        VirtualHost host = call.host();
        String exchange = ExchangeResource.named(call.path("exchange"));
        if (management.topology().exchanges().find(host, exchange).isEmpty()) {
            throw Failure.notFound("exchange_not_found");
        }
        Body body = call.read();
        Errands.Outgoing message = new Errands.Outgoing(
                exchange,
                body.text("routing_key"),
                PropertyFacts.read(requiredObject(body)),
                payload(body.text("payload"), body.text("payload_encoding")));
        try {
            return Answer.of(new Facts().with("routed", errands.publish(call.login(), host, message)));
        } catch (AmqpException e) {
            throw Failure.ofChannel(e);
        }
    }

    private static Body requiredObject(Body body) throws Failure {
        if (!body.has("properties")) {
            throw Failure.badRequest("[{key_missing,properties}]");
        }
        return body.object("properties");
    }

    private static Bytes payload(String payload, String encoding) throws Failure {
        return switch (encoding) {
            case "string" -> Bytes.utf8(payload);
            case "base64" -> {
                try {
                    yield Bytes.of(Base64.getDecoder().decode(payload));
                } catch (IllegalArgumentException _) {
                    throw Failure.badRequest("{not_base64,payload}");
                }
            }
            default -> throw Failure.badRequest("{unsupported_encoding,<<\"" + encoding + "\">>}");
        };
    }

    // ---- Taking

    private Answer take(Call call) throws Failure, OutcomeUnknownException, InterruptedException {
        VirtualHost host = call.host();
        AmqpQueue queue = queues.find(host, call.path("queue")).orElseThrow(() -> Failure.notFound("queue_not_found"));
        Body body = call.read();
        Ending ending = ending(body.text("ackmode"));
        long count = body.number("count");
        boolean automatic = automatic(body.text("encoding"));
        long truncate = body.number("truncate", Long.MAX_VALUE);
        if (count < 0 || count > ManagementLimits.GET_MESSAGES_MAX || truncate < 0) {
            throw Failure.badRequest("count is " + count + ", allowed is 0 to " + ManagementLimits.GET_MESSAGES_MAX
                    + "; truncate may not be negative");
        }
        try {
            management
                    .topology()
                    .permissions()
                    .check(call.login(), host, Resource.queue(host, queue.name().name()), Right.READ);
            Queues.checkAccess(queue, QueueResource.owner(management));
            List<Facts> shown = new ArrayList<>();
            for (Errands.Taken each : errands.take(queue, (int) count, ManagementLimits.GET_BYTES_MAX, ending)) {
                shown.add(facts(each, automatic, truncate));
            }
            return Answer.of(shown);
        } catch (AmqpException e) {
            throw Failure.ofChannel(e);
        }
    }

    private static Ending ending(String ackmode) throws Failure {
        return switch (ackmode) {
            case "ack_requeue_true" -> Ending.BACK;
            case "ack_requeue_false" -> Ending.DONE;
            case "reject_requeue_true" -> Ending.BACK_AS_FAILED;
            case "reject_requeue_false" -> Ending.DEAD_LETTERED;
            default ->
                throw Failure.badRequest("Invalid ackmode value: " + ackmode
                        + ". Valid values are: ack_requeue_true, ack_requeue_false, reject_requeue_true, "
                        + "reject_requeue_false");
        };
    }

    private static boolean automatic(String encoding) throws Failure {
        return switch (encoding) {
            case "auto" -> true;
            case "base64" -> false;
            default -> throw Failure.badRequest("Unsupported encoding. Please use auto or base64.");
        };
    }

    private static Facts facts(Errands.Taken taken, boolean automatic, long truncate) {
        Bytes body = taken.message().body();
        Bytes shown = body.length() <= truncate ? body : body.slice(0, (int) truncate);
        boolean text = automatic && isText(shown);
        return new Facts()
                .with("payload_bytes", body.length())
                .with("redelivered", taken.redelivered())
                .with("exchange", taken.message().exchange().utf8())
                .with("routing_key", taken.message().routingKey().utf8())
                .with("message_count", taken.left())
                .with("properties", PropertyFacts.shown(taken.message().readProperties()))
                .with("payload", text ? shown.utf8() : Base64.getEncoder().encodeToString(shown.toArray()))
                .with("payload_encoding", text ? "string" : "base64");
    }

    private static boolean isText(Bytes bytes) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes.toArray()));
            return true;
        } catch (CharacterCodingException _) {
            return false;
        }
    }
}
