package weir.amqp.management;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import weir.amqp.nodes.SideBySide;
import weir.core.Bytes;
import weir.core.broker.Neighbours;
import weir.core.broker.NodeDownException;
import weir.core.broker.OutcomeUnknownException;
import weir.core.codec.CorruptDataException;

/**
 * What all nodes know together: what each of them alone knows ({@link OwnNode}) is asked for there, in JSON, and put beside what is
 * known here. A node that does not answer in time is left out, and so it is for a while after. Safe for use by any number of threads.
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
    private static final String ROUTED = "routed";
    private static final String ALARMS = "alarms";
    private static final String MEMORY = "memory";
    private static final String CLOSE = "close";

    private final Management management;
    private final OwnNode own;
    private final Neighbours neighbours;
    private final SideBySide others;
    /** For what not every release answers: a node that does not know it is to go on being asked for all else. */
    private final SideBySide newer;

    AllNodes(Management management, Neighbours neighbours) {
        this.management = management;
        this.own = new OwnNode(management);
        this.neighbours = neighbours;
        this.others = new SideBySide(neighbours);
        this.newer = new SideBySide(neighbours);
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
            case ROUTED -> {
                Facts routed = new Facts();
                for (Object exchange : asked.list("exchanges")) {
                    if (exchange instanceof String id) {
                        routed.with(id, own.routed(id));
                    }
                }
                yield routed;
            }
            case ALARMS -> new Facts().with(ALARMS, own.alarms());
            case MEMORY -> NodeMemory.now();
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

    private Body ask(int node, Facts question) throws NodeDownException, OutcomeUnknownException, InterruptedException {
        Bytes answer = neighbours.ask(node, FRONT, Bytes.of(Json.bytes(question)), PATIENCE);
        try {
            return Json.body(answer);
        } catch (Failure e) {
            throw new OutcomeUnknownException("what node " + node + " says cannot be read: " + e.getMessage());
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
        Map<Integer, List<Facts>> there = others.askAll(node -> there(node, kind, queue));
        List<Facts> all = new ArrayList<>(here(kind, queue));
        there.values().forEach(all::addAll);
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

    /** Page by page, until time is up. */
    private List<Facts> there(int node, OwnNode.Kind kind, long queue)
            throws NodeDownException, OutcomeUnknownException, InterruptedException {
        long end = System.nanoTime() + ManagementLimits.NODE_LIST_TIME.toNanos();
        List<Facts> all = new ArrayList<>();
        long before;
        long after = 0;
        do {
            Body page = ask(
                    node,
                    question(PAGE)
                            .with("kind", kind.name())
                            .with("after", after)
                            .with("queue", queue));
            before = after;
            try {
                for (Body each : page.objects("items")) {
                    all.add(Facts.of(each.values()));
                }
                after = page.number("next", OwnNode.Page.NO_MORE);
            } catch (Failure e) {
                throw new OutcomeUnknownException("what node " + node + " says cannot be read: " + e.getMessage());
            }
        } while (after > before && System.nanoTime() - end < 0);
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
                closeAt(node, question(CLOSE).with("connection", name).with("reason", reason));
            }
        }
    }

    private void closeAt(int node, Facts question) throws Failure, InterruptedException {
        try {
            ask(node, question);
        } catch (NodeDownException _) { // So are its connections.
        } catch (OutcomeUnknownException _) {
            throw Failure.unavailable(ManagementSettings.nodeName(node) + " does not answer");
        }
    }

    // ---- Numbers

    /** How many connections, channels and consumers there are, what went through them, and where clients come in. */
    Facts totals() throws InterruptedException {
        Facts all = own.totals();
        for (Body there : others.askAll(node -> ask(node, question(TOTALS))).values()) {
            all = MessageStats.sum(all, there.values());
        }
        return all;
    }

    /** What the other nodes say of themselves, by their numbers; those that do not are left out. */
    Map<Integer, Facts> nodes() throws InterruptedException {
        return others.askAll(node -> Facts.of(ask(node, question(NODE)).values()));
    }

    /** What a node's memory is used for; empty if it does not say. */
    Optional<Facts> memory(int node) throws InterruptedException {
        if (node == management.settings().node()) {
            return Optional.of(NodeMemory.now());
        }
        try {
            return Optional.of(Facts.of(ask(node, question(MEMORY)).values()));
        } catch (NodeDownException | OutcomeUnknownException e) {
            LOG.debug("Node {} is left out: {}", node, e.getMessage());
            return Optional.empty();
        }
    }

    /** What this node alone is short of. */
    List<String> ownAlarms() {
        return own.alarms();
    }

    /** What nodes are short of, by their names; those that are short of nothing have an empty list. */
    Map<String, List<?>> alarms() throws InterruptedException {
        Map<String, List<?>> alarms = new LinkedHashMap<>();
        alarms.put(management.settings().nodeName(), own.alarms());
        newer.askAll(node -> ask(node, question(ALARMS)))
                .forEach((node, said) -> alarms.put(
                        ManagementSettings.nodeName(node),
                        said.get(ALARMS) instanceof List<?> list ? list : List.of()));
        return alarms;
    }

    /** Of queues by their ids: how many consume, and what went through. */
    Map<Long, Facts> uses(List<Long> queues) throws InterruptedException {
        Map<Long, Facts> uses = new LinkedHashMap<>();
        queues.forEach(id -> uses.put(id, own.use(id)));
        add(others, uses, USE, "queues");
        return uses;
    }

    /** Of exchanges by their ids: what was published to them, and went on from there. */
    Map<String, Facts> routed(List<String> exchanges) throws InterruptedException {
        Map<String, Facts> routed = new LinkedHashMap<>();
        exchanges.forEach(id -> routed.put(id, own.routed(id)));
        add(newer, routed, ROUTED, "exchanges");
        return routed;
    }

    /** Adds to what this node knows of these things what the others know. */
    private <K> void add(SideBySide among, Map<K, Facts> known, String ask, String name) throws InterruptedException {
        List<K> ids = List.copyOf(known.keySet());
        if (ids.isEmpty()) {
            return;
        }
        for (List<Body> there :
                among.askAll(node -> piecemeal(node, ask, name, ids)).values()) {
            for (Body some : there) {
                known.replaceAll((id, facts) ->
                        some.get(String.valueOf(id)) instanceof Map<?, ?> more ? MessageStats.sum(facts, more) : facts);
            }
        }
    }

    private List<Body> piecemeal(int node, String ask, String name, List<?> ids)
            throws NodeDownException, OutcomeUnknownException, InterruptedException {
        long end = System.nanoTime() + ManagementLimits.NODE_LIST_TIME.toNanos();
        List<Body> said = new ArrayList<>();
        for (int from = 0; from < ids.size() && System.nanoTime() - end < 0; from += ManagementLimits.NODE_PAGE) {
            List<?> some = ids.subList(from, Math.min(ids.size(), from + ManagementLimits.NODE_PAGE));
            said.add(ask(node, question(ask).with(name, some)));
        }
        return said;
    }
}
