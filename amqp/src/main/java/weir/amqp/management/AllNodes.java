package weir.amqp.management;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import weir.core.Bytes;
import weir.core.broker.Neighbours;
import weir.core.broker.NodeDownException;
import weir.core.broker.OutcomeUnknownException;
import weir.core.codec.CorruptDataException;

/**
 * What all nodes know together: what each of them alone knows ({@link OwnNode}) is asked for there, in JSON, and put beside what is
 * known here. A node that does not answer in time is left out. Safe for use by any number of threads.
 */
final class AllNodes {
    private static final Logger LOG = LoggerFactory.getLogger(AllNodes.class);

    /** At the other nodes, by which this is found there. */
    private static final String FRONT = "amqp-management";

    /** Of a node that is well milliseconds; somebody waits for one that is not. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private static final String ASK = "ask";
    private static final String PAGE = "page";
    private static final String TOTALS = "totals";
    private static final String NODE = "node";
    private static final String USE = "use";
    private static final String CLOSE = "close";

    private final Management management;
    private final OwnNode own;
    private final Neighbours neighbours;

    AllNodes(Management management, Neighbours neighbours) {
        this.management = management;
        this.own = new OwnNode(management);
        this.neighbours = neighbours;
    }

    // ---- Answering others

    /** From now on others are answered. */
    void serve() {
        neighbours.serve(FRONT, question -> {
            try {
                return Bytes.of(Json.bytes(answer(Json.body(question))));
            } catch (Failure e) {
                throw new CorruptDataException(String.valueOf(e.getMessage()));
            }
        });
    }

    private Facts answer(Body asked) throws Failure {
        return switch (asked.text(ASK)) {
            case PAGE -> {
                OwnNode.Page page = own.page(kind(asked.text("kind")), asked.number("after"), asked.number("queue"));
                yield new Facts().with("items", page.items()).with("next", page.next());
            }
            case TOTALS -> own.totals();
            case NODE -> NodeFacts.own(management);
            case USE -> {
                Facts uses = new Facts();
                for (Object queue : asked.list("queues")) {
                    if (queue instanceof Number id) {
                        uses.with(Long.toString(id.longValue()), own.use(id.longValue()));
                    }
                }
                yield uses;
            }
            case CLOSE -> new Facts().with("closed", own.close(asked.text("connection"), asked.text("reason")));
            case String other -> throw Failure.badRequest("nothing here is called " + other);
        };
    }

    private static OwnNode.Kind kind(String name) throws Failure {
        for (OwnNode.Kind each : OwnNode.Kind.values()) {
            if (each.name().equals(name)) {
                return each;
            }
        }
        throw Failure.badRequest("nothing here is called " + name);
    }

    // ---- Asking others

    private Optional<Body> ask(int node, Facts question) throws InterruptedException {
        try {
            Bytes answer = neighbours.ask(node, FRONT, Bytes.of(Json.bytes(question)), PATIENCE);
            return Optional.of(Json.body(answer));
        } catch (NodeDownException | OutcomeUnknownException | Failure e) {
            LOG.debug("Node {} is left out: {}", node, e.getMessage());
            return Optional.empty();
        }
    }

    private static Facts question(String what) {
        return new Facts().with(ASK, what);
    }

    // ---- Connections and what they bring along

    /** Of all nodes. */
    List<Facts> list(OwnNode.Kind kind) throws InterruptedException {
        return list(kind, OwnNode.ANY_QUEUE);
    }

    /** @param queue its consumers alone */
    List<Facts> list(OwnNode.Kind kind, long queue) throws InterruptedException {
        List<Facts> all = new ArrayList<>(here(kind, queue));
        for (int node : neighbours.others()) {
            all.addAll(there(node, kind, queue));
        }
        return all;
    }

    /** Of this node alone. */
    List<Facts> here(OwnNode.Kind kind) {
        return here(kind, OwnNode.ANY_QUEUE);
    }

    private List<Facts> here(OwnNode.Kind kind, long queue) {
        List<Facts> all = new ArrayList<>();
        for (long after = 0; after != OwnNode.Page.NO_MORE; ) {
            OwnNode.Page page = own.page(kind, after, queue);
            all.addAll(page.items());
            after = page.next();
        }
        return all;
    }

    private List<Facts> there(int node, OwnNode.Kind kind, long queue) throws InterruptedException {
        List<Facts> all = new ArrayList<>();
        long after = 0;
        long next;
        do {
            Facts question = question(PAGE)
                    .with("kind", kind.name())
                    .with("after", after)
                    .with("queue", queue);
            Body page = ask(node, question).orElse(Body.NOTHING);
            next = after;
            try {
                for (Body each : page.objects("items")) {
                    all.add(Facts.of(each.values()));
                }
                after = page.number("next", OwnNode.Page.NO_MORE);
            } catch (Failure e) {
                LOG.warn("What node {} says cannot be read: {}", node, e.getMessage());
                after = OwnNode.Page.NO_MORE;
            }
        } while (after > next);
        return all;
    }

    /**
     * Ends a connection.
     *
     * @param connection as it was listed
     * @throws Failure if its node does not answer
     */
    void close(Facts connection, String reason) throws Failure, InterruptedException {
        String name = String.valueOf(connection.get("name"));
        String at = String.valueOf(connection.get("node"));
        if (at.equals(management.settings().nodeName())) {
            own.close(name, reason);
            return;
        }
        for (int node : neighbours.others()) {
            if (ManagementSettings.nodeName(node).equals(at)) {
                boolean answered = ask(
                                node, question(CLOSE).with("connection", name).with("reason", reason))
                        .isPresent();
                if (!answered) {
                    throw Failure.unavailable(at + " does not answer");
                }
            }
        }
    }

    // ---- Numbers

    /** How many connections, channels and consumers there are, what went through them, and where clients come in. */
    Facts totals() throws InterruptedException {
        Facts all = own.totals();
        for (int node : neighbours.others()) {
            Optional<Body> there = ask(node, question(TOTALS));
            if (there.isPresent()) {
                all = MessageStats.sum(all, there.get().values());
            }
        }
        return all;
    }

    /** What another node says of itself; empty if it does not. */
    Optional<Facts> node(int node) throws InterruptedException {
        return ask(node, question(NODE)).map(said -> Facts.of(said.values()));
    }

    /** Of queues by their ids: how many consume, and what went through. */
    Map<Long, Facts> uses(List<Long> queues) throws InterruptedException {
        Map<Long, Facts> uses = new LinkedHashMap<>();
        queues.forEach(id -> uses.put(id, own.use(id)));
        for (int node : neighbours.others()) {
            for (int from = 0; from < queues.size(); from += ManagementLimits.NODE_PAGE) {
                List<Long> some = queues.subList(from, Math.min(queues.size(), from + ManagementLimits.NODE_PAGE));
                Body there = ask(node, question(USE).with("queues", some)).orElse(Body.NOTHING);
                for (long id : some) {
                    if (there.get(Long.toString(id)) instanceof Map<?, ?> use) {
                        uses.computeIfPresent(id, (_, known) -> MessageStats.sum(known, use));
                    }
                }
            }
        }
        return uses;
    }
}
