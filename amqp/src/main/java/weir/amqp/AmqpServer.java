package weir.amqp;

import java.io.IOException;
import java.time.InstantSource;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import weir.amqp.deadletter.DeadLetters;
import weir.amqp.deadletter.Exchanges;
import weir.amqp.management.Changing;
import weir.amqp.management.Listeners;
import weir.amqp.management.Management;
import weir.amqp.management.ManagementSettings;
import weir.amqp.message.DeliveredMessages;
import weir.amqp.nodes.OtherNodes;
import weir.amqp.queue.Consumers;
import weir.amqp.queue.Histories;
import weir.amqp.queue.PolicyKeeper;
import weir.amqp.queue.QueueKeeper;
import weir.amqp.queue.Queues;
import weir.amqp.queue.Runs;
import weir.amqp.session.Front;
import weir.amqp.session.Sessions;
import weir.amqp.topology.Policy;
import weir.amqp.topology.Topology;
import weir.amqp.topology.TopologySettings;
import weir.core.broker.Broker;
import weir.core.broker.Neighbours;
import weir.core.broker.OutcomeUnknownException;
import weir.core.cluster.ClusterControl;
import weir.core.cluster.FreeDisk;
import weir.core.codec.Formats;

/** Serves AMQP 0-9-1 on one port until it is closed: the front's page of wiring. */
public final class AmqpServer implements AutoCloseable {
    /** RabbitMQ's default user is let in from this machine only, as his password is known to all. */
    private static final Set<String> LOOPBACK_USERS = Set.of("guest");

    private static final long NANOS_PER_MILLI = 1_000_000;

    private final Front front;
    private final Sessions sessions;
    private final QueueKeeper keeper;
    private final PolicyKeeper policies;
    private final DeadLetters deadLetters;
    private final Neighbours neighbours;

    private AmqpServer(
            Front front,
            Sessions sessions,
            QueueKeeper keeper,
            PolicyKeeper policies,
            DeadLetters deadLetters,
            Neighbours neighbours) {
        this.front = front;
        this.sessions = sessions;
        this.keeper = keeper;
        this.policies = policies;
        this.deadLetters = deadLetters;
        this.neighbours = neighbours;
    }

    /**
     * @param formats of all fronts
     * @throws IOException if the port cannot be had, or what a new broker has cannot be made
     */
    public static AmqpServer start(
            AmqpSettings settings, Broker broker, Neighbours neighbours, Formats formats, InstantSource clock)
            throws IOException, InterruptedException {
        RandomGenerator random = () -> ThreadLocalRandom.current().nextLong();
        Topology topology = Topology.follow(
                broker,
                new WeirNames(),
                new TopologySettings(settings.account(), LOOPBACK_USERS, Queues.policyKeys()),
                random);
        try {
            topology.found();
        } catch (OutcomeUnknownException e) {
            throw new IOException("AMQP's first definitions cannot be made: " + e.getMessage(), e);
        }
        OtherNodes nodes = new OtherNodes(neighbours);
        Runs runs = new Runs(broker, nodes.self(), nodes::lives, () -> System.nanoTime() / NANOS_PER_MILLI);
        Consumers consumers = new Consumers(broker, runs, clock, nodes::consumers);
        Queues queues = new Queues(broker, consumers);
        QueueKeeper keeper = new QueueKeeper(
                broker, runs, consumers, () -> sweep(broker, topology), topology.virtualHosts()::isThere);
        PolicyKeeper policies = new PolicyKeeper(
                broker,
                queues,
                consumers,
                queue -> topology.policies()
                        .ofQueue(
                                queue.name().vhost(),
                                queue.name().name(),
                                queue.type().toString()),
                Set.of(Policy.KIND, Policy.OPERATOR_KIND));
        DeliveredMessages delivered = new DeliveredMessages(formats);
        DeadLetters deadLetters = new DeadLetters(
                broker, queues, Exchanges.of(topology.virtualHosts(), topology.router(), queues), delivered, clock);
        Front front = Front.of(
                settings, broker, clock, runs.own(), topology, queues, consumers, deadLetters, delivered, nodes);
        Sessions sessions = Sessions.start(front);
        nodes.serve(sessions.answers());
        keeper.start();
        policies.start();
        deadLetters.start();
        return new AmqpServer(front, sessions, keeper, policies, deadLetters, neighbours);
    }

    private static void sweep(Broker broker, Topology topology) throws OutcomeUnknownException, InterruptedException {
        topology.sweep();
        new Histories(broker).sweep(topology.exchanges()::isThere);
    }

    public int port() {
        return sessions.port();
    }

    /** 0 if TLS is not spoken. */
    public int tlsPort() {
        return sessions.tlsPort();
    }

    /**
     * RabbitMQ's management API of this front.
     *
     * @param cluster null for a node that is alone
     * @param disk this node's
     */
    public Management management(
            ManagementSettings settings, @Nullable ClusterControl cluster, Supplier<FreeDisk> disk) {
        Management management = new Management(
                front,
                sessions,
                settings,
                new Listeners(front.settings(), port(), tlsPort(), settings.host()),
                cluster,
                neighbours,
                disk,
                new Changing());
        management.serveNeighbours();
        return management;
    }

    /** Ends all connections; what they held goes back to its place. */
    @Override
    public void close() {
        sessions.close();
        deadLetters.close();
        policies.close();
        keeper.close();
    }
}
