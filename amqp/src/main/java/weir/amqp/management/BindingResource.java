package weir.amqp.management;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import weir.amqp.queue.AmqpQueue;
import weir.amqp.queue.Queues;
import weir.amqp.session.RecentHistory;
import weir.amqp.topology.Bindings;
import weir.amqp.topology.Exchange;
import weir.amqp.topology.Resource.Kind;
import weir.amqp.topology.Topology;
import weir.amqp.topology.VirtualHost;
import weir.amqp.wire.AmqpException;
import weir.amqp.wire.FieldTable;
import weir.core.broker.OutcomeUnknownException;
import weir.core.catalog.Queue;

/** Bindings: of everything, of one end, or between two. One among several is named by its key and a digest of its arguments. */
final class BindingResource implements ApiResource {
    private static final String BETWEEN = "/bindings/{vhost}/e/{source}/{dtype}/{destination}";

    /** Enough to tell the bindings between two ends apart. */
    private static final int DIGEST_BYTES = 12;

    private final Management management;
    private final Topology topology;
    private final QueueViews queues;

    BindingResource(Management management, QueueViews queues) {
        this.management = management;
        this.topology = management.topology();
        this.queues = queues;
    }

    @Override
    public void register(Routes routes) {
        Access of = Access.OF_VIRTUAL_HOST;
        routes.get("/bindings", of, this::all)
                .get("/bindings/{vhost}", of, this::all)
                .get(BETWEEN, of, call -> listed(call, between(call)))
                .post(BETWEEN, of, this::bind)
                .get(BETWEEN + "/{props}", of, call -> Answer.of(facts(call.host(), required(call))))
                .delete(BETWEEN + "/{props}", of, this::unbind)
                .get("/queues/{vhost}/{queue}/bindings", of, call -> listed(call, toQueue(call, call.path("queue"))))
                .get(
                        "/exchanges/{vhost}/{exchange}/bindings/source",
                        of,
                        call -> listed(call, from(call.host(), ExchangeResource.named(call.path("exchange")))))
                .get(
                        "/exchanges/{vhost}/{exchange}/bindings/destination",
                        of,
                        call -> listed(
                                call,
                                topology.bindings().to(call.host(), ExchangeResource.named(call.path("exchange")))));
    }

    // ---- Looking

    static Facts facts(VirtualHost host, Bindings.Named binding) {
        return new Facts()
                .with("source", binding.source())
                .with("vhost", host.name())
                .with("destination", binding.destination())
                .with("destination_type", binding.destinationKind() == Kind.QUEUE ? "queue" : "exchange")
                .with("routing_key", binding.routingKey())
                .with("arguments", Arguments.shown(binding.arguments()))
                .with("properties_key", key(binding));
    }

    private static Answer listed(Call call, List<Bindings.Named> bindings)
            throws Failure, OutcomeUnknownException, InterruptedException {
        VirtualHost host = call.host();
        return Answer.of(
                listing(call, bindings.stream().map(each -> facts(host, each)).toList()));
    }

    private static Object listing(Call call, List<Facts> all)
            throws Failure, OutcomeUnknownException, InterruptedException {
        return Listing.of(
                call,
                all,
                List.of("vhost", "source", "destination_type", "destination", "routing_key", "properties_key"));
    }

    private Answer all(Call call) throws Failure, OutcomeUnknownException, InterruptedException {
        List<Facts> all = new ArrayList<>();
        for (VirtualHost host : call.hosts()) {
            for (Exchange exchange : topology.exchanges().list(host)) {
                from(host, exchange.name()).forEach(binding -> all.add(facts(host, binding)));
            }
        }
        return Answer.of(listing(call, all));
    }

    /** The default exchange's are in no definition: it knows each queue by its name. */
    private List<Bindings.Named> from(VirtualHost host, String exchange) {
        return exchange.equals(Exchange.DEFAULT)
                ? queues.of(List.of(host)).stream()
                        .map(queue -> ofDefault(queue.name().name()))
                        .toList()
                : topology.bindings().from(host, exchange);
    }

    private static Bindings.Named ofDefault(String queue) {
        return new Bindings.Named(Exchange.DEFAULT, Kind.QUEUE, queue, queue, FieldTable.EMPTY);
    }

    private List<Bindings.Named> toQueue(Call call, String name)
            throws Failure, OutcomeUnknownException, InterruptedException {
        Optional<AmqpQueue> queue = queues.find(call.host(), name);
        List<Bindings.Named> all = new ArrayList<>();
        if (queue.isPresent()) {
            all.add(ofDefault(name));
            all.addAll(topology.bindings().to(call.host(), queue.get().queue()));
        }
        return all;
    }

    private static Kind kind(Call call) throws Failure {
        return switch (call.path("dtype")) {
            case "q" -> Kind.QUEUE;
            case "e" -> Kind.EXCHANGE;
            default -> throw Failure.notFound();
        };
    }

    private List<Bindings.Named> between(Call call) throws Failure, OutcomeUnknownException, InterruptedException {
        String source = ExchangeResource.named(call.path("source"));
        List<Bindings.Named> to =
                switch (kind(call)) {
                    case QUEUE -> toQueue(call, call.path("destination"));
                    case EXCHANGE ->
                        topology.bindings().to(call.host(), ExchangeResource.named(call.path("destination")));
                };
        return to.stream().filter(each -> each.source().equals(source)).toList();
    }

    private Bindings.Named required(Call call) throws Failure, OutcomeUnknownException, InterruptedException {
        String wanted = call.path("props");
        for (Bindings.Named each : between(call)) {
            String key = key(each);
            // Tools encode it once more to put it into an address, or do not.
            if (key.equals(wanted)
                    || URLDecoder.decode(key, StandardCharsets.UTF_8).equals(wanted)) {
                return each;
            }
        }
        throw Failure.notFound();
    }

    // ---- Names of bindings

    private static String key(Bindings.Named binding) {
        return key(binding.routingKey(), binding.arguments());
    }

    private static String key(String routingKey, FieldTable arguments) {
        if (arguments.isEmpty()) {
            return routingKey.isEmpty() ? "~" : encoded(routingKey);
        }
        return encoded(routingKey) + "~" + digest(arguments);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("*", "%2A");
    }

    private static String digest(FieldTable arguments) {
        try {
            byte[] whole =
                    MessageDigest.getInstance("SHA-256").digest(Json.bytes(new TreeMap<>(Arguments.shown(arguments))));
            return Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(whole, DIGEST_BYTES));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    // ---- Changing

    private Bindings.Wanted wanted(Call call, String routingKey, FieldTable arguments) throws Failure {
        Kind kind = kind(call);
        String destination = call.path("destination");
        return new Bindings.Wanted(
                ExchangeResource.named(call.path("source")),
                kind,
                kind == Kind.EXCHANGE ? ExchangeResource.named(destination) : destination,
                routingKey,
                arguments);
    }

    private Answer bind(Call call) throws Failure, AmqpException, OutcomeUnknownException, InterruptedException {
        VirtualHost host = call.hostToChange();
        Body body = call.read();
        String routingKey = body.text("routing_key", "");
        FieldTable arguments = body.table("arguments");
        Bindings.Wanted wanted = wanted(call, routingKey, arguments);
        if (topology.bindings().bind(call.login(), host, wanted, this::admit)) {
            new RecentHistory(management.front()).bound(host, wanted);
        }
        String location = encoded(call.path("destination")) + "/" + encoded(key(routingKey, arguments));
        return new Answer(201, null).with("location", location);
    }

    private Answer unbind(Call call) throws Failure, AmqpException, OutcomeUnknownException, InterruptedException {
        Bindings.Named binding = required(call);
        topology.bindings()
                .unbind(
                        call.login(),
                        call.host(),
                        wanted(call, binding.routingKey(), binding.arguments()),
                        this::admit);
        return Answer.nothing();
    }

    private void admit(Queue queue) throws AmqpException {
        Optional<AmqpQueue> seen = management.front().queues().view(queue);
        if (seen.isPresent()) {
            Queues.checkAccess(seen.get(), QueueResource.owner(management));
        }
    }
}
