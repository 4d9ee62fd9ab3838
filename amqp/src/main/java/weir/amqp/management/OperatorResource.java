package weir.amqp.management;

import java.io.IOException;
import java.net.InetAddress;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import weir.amqp.session.Alarms;
import weir.amqp.session.Front;
import weir.amqp.session.Sessions;
import weir.amqp.session.Tunables;
import weir.amqp.topology.Authentication;
import weir.amqp.topology.VirtualHost;
import weir.core.broker.OutcomeUnknownException;

/** What only who operates this node may do, and to this node alone: RabbitMQ's tool does it by other ways than HTTP. */
final class OperatorResource implements ApiResource {
    private static final Logger LOG = LoggerFactory.getLogger(OperatorResource.class);

    private final Front front;
    private final Sessions sessions;

    OperatorResource(Management management) {
        this.front = management.front();
        this.sessions = management.sessions();
    }

    @Override
    public void register(Routes routes) {
        routes.get("/operator/app", Access.ADMINISTRATOR, _ -> Answer.of(app()))
                .put("/operator/app", Access.ADMINISTRATOR, this::setApp)
                .put("/operator/alarms/{resource}", Access.ADMINISTRATOR, this::setAlarm)
                .delete("/operator/alarms/{resource}", Access.ADMINISTRATOR, this::clearAlarm)
                .put("/operator/tracing/{vhost}", Access.ADMINISTRATOR, this::setTracing)
                .get("/operator/settings", Access.ADMINISTRATOR, _ -> Answer.of(settings()))
                .put("/operator/memory-high-watermark", Access.ADMINISTRATOR, this::setWatermark)
                .put("/operator/settings", Access.ADMINISTRATOR, this::set)
                .post("/operator/authenticate", Access.ADMINISTRATOR, this::authenticate);
    }

    /** Whether clients are served, and what alarms there are. */
    private Facts app() {
        List<String> alarms = front.alarms().all().stream()
                .map(Alarms.Resource::word)
                .sorted()
                .toList();
        return new Facts().with("running", sessions.isListening()).with("alarms", alarms);
    }

    private Answer setApp(Call call) throws Failure {
        boolean running = call.read().truth("running", true);
        LOG.info("AMQP's port is {} on request", running ? "opened" : "closed");
        if (running) {
            try {
                sessions.listenAgain();
            } catch (IOException e) {
                throw Failure.unavailable("the port cannot be had: " + e.getMessage());
            }
        } else {
            sessions.stopListening();
        }
        return Answer.nothing();
    }

    private Answer setTracing(Call call) throws Failure, InterruptedException {
        trace(front, call.host(), call.read().truth("on", true));
        return Answer.nothing();
    }

    /** Turns the firehose of a virtual host on or off, at this node. */
    static void trace(Front front, VirtualHost host, boolean on) throws InterruptedException {
        if (on) {
            front.firehose().turnOn(host);
        } else {
            front.firehose().turnOff(host);
        }
    }

    // ---- Alarms

    private static Alarms.Resource resource(Call call) throws Failure {
        for (Alarms.Resource each : Alarms.Resource.values()) {
            if (each.word().equals(call.path("resource"))) {
                return each;
            }
        }
        throw Failure.notFound();
    }

    private Answer setAlarm(Call call) throws Failure {
        front.alarms().set(resource(call));
        return Answer.nothing();
    }

    private Answer clearAlarm(Call call) throws Failure {
        front.alarms().clear(resource(call));
        return Answer.nothing();
    }

    /**
     * The share of the memory, or the bytes of it, above which there is an alarm. It is looked at now and not again: what waits
     * in memory here is bounded, so nothing depends on it but who asks for an alarm by a share that is always passed.
     */
    private Answer setWatermark(Call call) throws Failure {
        Body body = call.read();
        Runtime runtime = Runtime.getRuntime();
        runtime.gc(); // Else what nobody needs any more would count, and the alarm would stay.
        long used = runtime.totalMemory() - runtime.freeMemory();
        double most = body.has("bytes") ? body.number("bytes") : fraction(body) * runtime.maxMemory();
        if (used > most) {
            front.alarms().set(Alarms.Resource.MEMORY);
        } else {
            front.alarms().clear(Alarms.Resource.MEMORY);
        }
        return Answer.nothing();
    }

    private static double fraction(Body body) throws Failure {
        if (body.get("fraction") instanceof Number number) {
            return number.doubleValue();
        }
        throw Failure.badRequest("[{key_missing,fraction}]");
    }

    // ---- Settings, until the node ends

    private Facts settings() {
        return new Facts()
                .with("channel_max", front.tunables().channelsMax())
                .with("loopback_users", Facts.sorted(front.topology().users().loopbackUsers()));
    }

    private Answer set(Call call) throws Failure {
        Body body = call.read();
        if (body.has("channel_max")) {
            long channels = body.number("channel_max");
            if (channels < 0 || channels > Tunables.CHANNELS_MOST) {
                throw Failure.badRequest(
                        "channel_max is " + channels + ", allowed is a number up to " + Tunables.CHANNELS_MOST);
            }
            front.tunables().channelsMax((int) (channels == 0 ? Tunables.CHANNELS_MOST : channels)); // 0 is no limit.
        }
        if (body.get("loopback_users") instanceof List<?> users) {
            Set<String> names = new TreeSet<>();
            users.forEach(name -> names.add(String.valueOf(name)));
            front.topology().users().loopbackUsers(names);
        }
        return Answer.nothing();
    }

    private Answer authenticate(Call call) throws Failure, OutcomeUnknownException, InterruptedException {
        Body body = call.read();
        Authentication outcome = front.topology()
                .users()
                .authenticate(body.text("name"), body.text("password", ""), InetAddress.getLoopbackAddress());
        return switch (outcome) {
            case Authentication.Accepted _ -> Answer.of(new Facts().with("accepted", true));
            case Authentication.Refused(String reason) ->
                Answer.of(new Facts().with("accepted", false).with("reason", reason));
        };
    }
}
