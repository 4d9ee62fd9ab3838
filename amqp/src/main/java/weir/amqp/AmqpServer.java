package weir.amqp;

import java.io.IOException;
import java.time.InstantSource;
import weir.amqp.message.DeliveredMessages;
import weir.amqp.queue.ActiveConsumers;
import weir.amqp.queue.Consumers;
import weir.amqp.queue.QueueKeeper;
import weir.amqp.queue.Queues;
import weir.amqp.queue.Runs;
import weir.amqp.session.Front;
import weir.amqp.session.Sessions;
import weir.core.broker.Broker;

/** Serves AMQP 0-9-1 on one port until it is closed: the front's page of wiring. */
public final class AmqpServer implements AutoCloseable {
    private final Sessions sessions;
    private final QueueKeeper keeper;

    private AmqpServer(Sessions sessions, QueueKeeper keeper) {
        this.sessions = sessions;
        this.keeper = keeper;
    }

    /** @throws IOException if the port cannot be had */
    public static AmqpServer start(AmqpSettings settings, Broker broker, InstantSource clock) throws IOException {
        Runs runs = new Runs(broker, clock);
        Consumers consumers = new Consumers(broker, runs, clock);
        QueueKeeper keeper = new QueueKeeper(broker, runs, consumers);
        Front front = Front.of(
                settings,
                broker,
                clock,
                runs.own(),
                new Queues(broker, consumers),
                consumers,
                new ActiveConsumers(broker),
                new DeliveredMessages(null));
        Sessions sessions = Sessions.start(front);
        keeper.start();
        return new AmqpServer(sessions, keeper);
    }

    public int port() {
        return sessions.port();
    }

    /** Ends all connections; what they held goes back to its place. */
    @Override
    public void close() {
        sessions.close();
        keeper.close();
    }
}
