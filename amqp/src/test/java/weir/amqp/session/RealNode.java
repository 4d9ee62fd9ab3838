package weir.amqp.session;

import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import weir.amqp.AmqpSettings;
import weir.amqp.deadletter.DeadLetters;
import weir.amqp.deadletter.Exchanges;
import weir.amqp.message.DeliveredMessages;
import weir.amqp.message.StoredMessage;
import weir.amqp.nodes.OtherNodes;
import weir.amqp.queue.AmqpQueue;
import weir.amqp.queue.Consumers;
import weir.amqp.queue.Declaration;
import weir.amqp.queue.Owner;
import weir.amqp.queue.QueueName;
import weir.amqp.queue.Queues;
import weir.amqp.queue.Runs;
import weir.amqp.topology.QueueNaming;
import weir.amqp.topology.Topology;
import weir.amqp.topology.TopologySettings;
import weir.amqp.wire.FieldTable;
import weir.amqp.wire.Properties;
import weir.cluster.ClusterNode;
import weir.core.Batch;
import weir.core.Bytes;
import weir.core.Envelope;
import weir.core.broker.Broker;
import weir.core.broker.Delivery;
import weir.core.broker.Receipt;
import weir.core.broker.Receive;
import weir.core.codec.Formats;

/** A real node, and a front over it that nobody is connected to. */
final class RealNode implements AutoCloseable {
    private static final Owner NOBODY = new Owner("run", "connection");

    private static final QueueNaming NAMING = new QueueNaming() {
        @Override
        public String catalogName(String virtualHost, String queue) {
            return new QueueName(virtualHost, queue).inWeir();
        }

        @Override
        public String queueName(String virtualHost, String catalogName) {
            return QueueName.ofWeir(catalogName).map(QueueName::name).orElse(catalogName);
        }

        @Override
        public String prefix(String virtualHost) {
            return QueueName.prefixOf(virtualHost);
        }
    };

    final ClusterNode node;

    RealNode(Path data) throws Exception {
        node = ClusterNode.open(data, 1, (group, cause) -> {
            throw new AssertionError("the replica " + group + " stopped", cause);
        });
    }

    Front front(Broker broker) {
        InstantSource clock = InstantSource.system();
        Topology topology = Topology.follow(
                broker, NAMING, new TopologySettings("000000000000", Set.of(), Queues.policyKeys()), new Random(1));
        OtherNodes nodes = new OtherNodes(node.neighbours());
        Runs runs = new Runs(broker, nodes.self(), nodes::lives, clock::millis);
        Consumers consumers = new Consumers(broker, runs, clock, (_, _) -> 0);
        Queues queues = new Queues(broker, consumers);
        DeliveredMessages delivered = new DeliveredMessages(Formats.of(List.of()));
        DeadLetters deadLetters =
                new DeadLetters(broker, queues, (_, _) -> Exchanges.NOWHERE, delivered, clock); // Not started.
        return Front.of(
                AmqpSettings.DEFAULT,
                broker,
                clock,
                runs.own(),
                topology,
                queues,
                consumers,
                deadLetters,
                delivered,
                nodes);
    }

    AmqpQueue declare(Front front, String name, Object... arguments) throws Exception {
        Map<String, Object> table = new TreeMap<>();
        for (int i = 0; i < arguments.length; i += 2) {
            table.put((String) arguments[i], arguments[i + 1]);
        }
        var declaration = new Declaration("/", name, true, false, false, FieldTable.of(table));
        return front.queues().declare(declaration, FieldTable.EMPTY, NOBODY).queue();
    }

    void publish(AmqpQueue queue, String... bodies) throws Exception {
        for (String body : bodies) {
            var message = new StoredMessage("", "key", Properties.EMPTY, Bytes.utf8(body));
            node.publish(
                    queue.queue(),
                    List.of(new Batch(0, StoredMessage.FORMAT, message.encode(), List.of(Envelope.PLAIN))));
        }
    }

    /** Deliveries that a client holds. */
    List<Held> hold(AmqpQueue queue, int count) throws Exception {
        List<Held> held = new ArrayList<>();
        var receive =
                new Receive(queue.queue().id(), count, Duration.ofMinutes(1).toMillis());
        if (node.receive(receive, Duration.ofSeconds(20)) instanceof Receipt.Received got) {
            for (Delivery each : got.deliveries()) {
                held.add(new Held(
                        held.size() + 1, queue, each.partition(), each.leased().lease(), null, System.nanoTime()));
            }
        }
        return held;
    }

    @Override
    public void close() {
        node.close();
    }
}
