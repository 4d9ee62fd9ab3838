package weir.amqp;

import java.io.IOException;
import java.time.InstantSource;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.random.RandomGenerator;
import weir.amqp.deadletter.DeadLetters;
import weir.amqp.deadletter.Exchanges;
import weir.amqp.message.DeliveredMessages;
import weir.amqp.queue.Consumers;
import weir.amqp.queue.QueueKeeper;
import weir.amqp.queue.Queues;
import weir.amqp.queue.Runs;
import weir.amqp.session.Front;
import weir.amqp.session.Sessions;
import weir.amqp.topology.Topology;
import weir.amqp.topology.TopologySettings;
import weir.core.broker.Broker;
import weir.core.broker.OutcomeUnknownException;
import weir.core.codec.Formats;

/** Serves AMQP 0-9-1 on one port until it is closed: the front's page of wiring. */
public final class AmqpServer implements AutoCloseable {
    /** RabbitMQ's default user is let in from this machine only, as his password is known to all. */
    private static final Set<String> LOOPBACK_USERS = Set.of("guest");

    private final Sessions sessions;
    private final QueueKeeper keeper;
    private final DeadLetters deadLetters;

    private AmqpServer(Sessions sessions, QueueKeeper keeper, DeadLetters deadLetters) {
        this.sessions = sessions;
        this.keeper = keeper;
        this.deadLetters = deadLetters;
    }

    /**
     * @param formats of all fronts
     * @throws IOException if the port cannot be had, or what a new broker has cannot be made
     */
    public static AmqpServer start(AmqpSettings settings, Broker broker, Formats formats, InstantSource clock)
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
        Runs runs = new Runs(broker, clock);
        Consumers consumers = new Consumers(broker, runs, clock);
        Queues queues = new Queues(broker, consumers);
        QueueKeeper keeper = new QueueKeeper(broker, runs, consumers, topology::sweep);
        DeliveredMessages delivered = new DeliveredMessages(formats);
        DeadLetters deadLetters = new DeadLetters(
                broker, queues, Exchanges.of(topology.virtualHosts(), topology.router(), queues), delivered, clock);
        Sessions sessions = Sessions.start(
                Front.of(settings, broker, clock, runs.own(), topology, queues, consumers, deadLetters, delivered));
        keeper.start();
        deadLetters.start();
        return new AmqpServer(sessions, keeper, deadLetters);
    }

    public int port() {
        return sessions.port();
    }

    /** 0 if TLS is not spoken. */
    public int tlsPort() {
        return sessions.tlsPort();
    }

    /** Ends all connections; what they held goes back to its place. */
    @Override
    public void close() {
        sessions.close();
        deadLetters.close();
        keeper.close();
    }
}
