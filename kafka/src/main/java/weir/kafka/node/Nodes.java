package weir.kafka.node;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import weir.core.broker.Broker;
import weir.core.broker.Neighbours;
import weir.core.broker.OutcomeUnknownException;
import weir.core.catalog.CatalogCommand;
import weir.core.catalog.CatalogReply;
import weir.core.catalog.Definition;

/**
 * The nodes where Kafka's clients are served. Each says in the catalog where that is, when it begins to; whoever is no member of the
 * cluster any more does not count. Safe for any thread.
 */
public final class Nodes {
    /** What this front is called among those of a node. */
    public static final String FRONT = "kafka";

    private static final String KIND = "kafka.node";
    private static final String HOST = "host";
    private static final String PORT = "port";
    private static final int TRIES_MAX = 10;

    private final Broker broker;
    private final Neighbours neighbours;
    /** Known when somebody listens. */
    private final CompletableFuture<KafkaNode> listening = new CompletableFuture<>();

    public Nodes(Broker broker, Neighbours neighbours) {
        this.broker = broker;
        this.neighbours = neighbours;
    }

    /**
     * From now on clients are served here; the other nodes are told.
     *
     * @param host and {@code port}: of this node, as clients reach it
     */
    public void announce(String host, int port) throws OutcomeUnknownException, InterruptedException {
        listening.complete(new KafkaNode(neighbours.self(), host, port));
        KafkaNode self = self();
        SortedMap<String, String> attributes = new TreeMap<>();
        attributes.put(HOST, self.host());
        attributes.put(PORT, Integer.toString(self.port()));
        String name = Integer.toString(self.id());
        for (int tries = 0; tries < TRIES_MAX; tries++) {
            Optional<Definition> before = broker.definition(KIND, name);
            if (before.isPresent() && before.get().attributes().equals(attributes)) {
                return;
            }
            CatalogReply reply = broker.change(new CatalogCommand.Define(
                    KIND, name, before.map(Definition::revision).orElse(Definition.NEW), attributes));
            if (reply instanceof CatalogReply.Defined defined && !defined.existed()) {
                return;
            }
            broker.catchUp(); // Somebody was quicker.
        }
        throw new OutcomeUnknownException("the address of this node is changed by somebody else again and again");
    }

    /** This node; waits until it listens. */
    public KafkaNode self() {
        return listening.join();
    }

    /** All that are known, by their numbers. */
    public List<KafkaNode> all() {
        List<KafkaNode> all = new ArrayList<>();
        all.add(self());
        for (int other : neighbours.others()) {
            find(other).ifPresent(all::add);
        }
        all.sort(Comparator.comparingInt(KafkaNode::id));
        return all;
    }

    /** Empty if that one does not serve Kafka's clients, as far as this node knows. */
    public Optional<KafkaNode> find(int id) {
        return id == neighbours.self()
                ? Optional.of(self())
                : broker.definition(KIND, Integer.toString(id))
                        .map(definition -> new KafkaNode(
                                id,
                                Objects.requireNonNull(definition.attributes().get(HOST)),
                                Integer.parseInt(Objects.requireNonNull(
                                        definition.attributes().get(PORT)))));
    }
}
