package weir.amqp.deadletter;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import weir.amqp.message.DeliveredMessages;
import weir.amqp.message.StoredMessage;
import weir.amqp.queue.ActiveConsumers;
import weir.amqp.queue.AmqpQueue;
import weir.amqp.queue.DeadLetterQueues;
import weir.amqp.queue.Queues;
import weir.core.Batch;
import weir.core.DeadLetterReason;
import weir.core.Envelope;
import weir.core.Origin;
import weir.core.Position;
import weir.core.broker.Broker;
import weir.core.broker.OutcomeUnknownException;
import weir.core.catalog.Queue;

/**
 * Forwards dead letters: a thread for each of the system's queues, at every node; of each queue the nodes have one that is active at
 * a time, so that its messages stay in their order. Should that one be lost, another goes on a few seconds later.
 */
public final class DeadLetters implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DeadLetters.class);

    private final Broker broker;
    private final Queues queues;
    private final Exchanges exchanges;
    private final DeliveredMessages messages;
    private final InstantSource clock;
    private final ActiveConsumers active;
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean closed;

    public DeadLetters(
            Broker broker, Queues queues, Exchanges exchanges, DeliveredMessages messages, InstantSource clock) {
        this.broker = broker;
        this.queues = queues;
        this.exchanges = exchanges;
        this.messages = messages;
        this.clock = clock;
        this.active = new ActiveConsumers(broker);
    }

    public void start() {
        for (String name : DeadLetterQueues.names()) {
            Thread thread = Thread.ofVirtual().name("weir-" + name).unstarted(() -> run(name));
            threads.add(thread);
            thread.start();
        }
    }

    /**
     * A message that a queue has refused for want of room, and whose queue wants it among its dead letters all the same.
     *
     * @param batch of one message, as it was to be published
     */
    public void refused(AmqpQueue queue, Batch batch) throws InterruptedException {
        Queue waiting = broker.find(queue.deadLettersWaitIn()).orElse(null);
        if (waiting == null) {
            return; // It is made with the queue, so the queue is gone as well.
        }
        Envelope envelope = batch.messages().getFirst();
        Origin origin = new Origin(
                queue.queue().partition(0),
                new Position(0, 0),
                queue.queue().partition(0),
                DeadLetterReason.OVERFLOW,
                0,
                Math.max(0, clock.millis()));
        Envelope dead = new Envelope(envelope.group(), null, Envelope.AT_ONCE, Envelope.NEVER, origin);
        broker.publish(waiting, List.of(new Batch(0, StoredMessage.FORMAT, batch.payload(), List.of(dead))));
    }

    private void run(String name) {
        while (!closed) {
            try {
                Optional<Queue> queue = broker.find(name);
                if (queue.isEmpty()) {
                    Thread.sleep(DeadLetterLimits.LOOK);
                    continue;
                }
                Optional<ActiveConsumers.Activity> activity =
                        active.await(queue.get(), DeadLetterLimits.ACTIVE, DeadLetterLimits.PATIENCE);
                if (activity.isPresent()) {
                    forward(queue.get(), activity.get());
                }
            } catch (InterruptedException _) {
                return; // The server is stopping.
            } catch (OutcomeUnknownException e) {
                LOG.info("Dead letters in {} pause: {}", name, e.getMessage());
                pause();
            } catch (RuntimeException e) {
                if (!closed) { // Else what it works with is being taken apart.
                    LOG.error("a bug, met while forwarding dead letters in {}", name, e);
                }
                pause();
            }
        }
    }

    private void pause() {
        try {
            Thread.sleep(DeadLetterLimits.AFTER_ERROR);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void forward(Queue queue, ActiveConsumers.Activity activity)
            throws OutcomeUnknownException, InterruptedException {
        var forwarder = new Forwarder(broker, new Letters(queues, exchanges, messages, queue), queue);
        long extendAt = System.nanoTime() + DeadLetterLimits.ACTIVE_EXTENDED_EVERY.toNanos();
        try {
            while (!closed && forwarder.work()) {
                if (System.nanoTime() - extendAt >= 0) {
                    if (!activity.extend()) {
                        return; // Another node has taken over.
                    }
                    extendAt = System.nanoTime() + DeadLetterLimits.ACTIVE_EXTENDED_EVERY.toNanos();
                }
            }
        } finally {
            end(activity); // Whoever is next need not wait until it is over.
        }
    }

    private static void end(ActiveConsumers.Activity activity) throws InterruptedException {
        try {
            activity.end();
        } catch (OutcomeUnknownException e) { // What it came to that for is thrown by whoever called this.
            LOG.info("Dead letters pause until it is known that nobody forwards them: {}", e.getMessage());
        }
    }

    /** Ends what is under way; it is gone on with when the server starts next, or by another node. */
    @Override
    public void close() {
        closed = true;
        threads.forEach(Thread::interrupt);
        try {
            for (Thread thread : threads) {
                var _ = thread.join(DeadLetterLimits.STOPPING);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
