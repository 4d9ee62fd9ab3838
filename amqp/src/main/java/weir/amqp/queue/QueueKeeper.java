package weir.amqp.queue;

import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import weir.core.broker.Broker;
import weir.core.broker.OutcomeUnknownException;
import weir.core.catalog.Queue;

/**
 * Deletes queues whose time has come: unused for too long, or the own of a connection whose node is no more. Every node does,
 * by what the catalog says; a queue is deleted by its id, so two of them do no more than one.
 */
public final class QueueKeeper implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(QueueKeeper.class);

    /** How late a queue that expires may be deleted. */
    private static final Duration ROUND = Duration.ofMillis(200);

    /** Looking at all queues takes milliseconds for many thousands. It is done sooner when a node's run has ended. */
    private static final Duration LOOK_AT_ALL = Runs.SAID_EVERY.multipliedBy(2);

    private static final int PAGE = 1_000;

    private final Broker broker;
    private final Runs runs;
    private final Consumers consumers;
    private final Notes notes;
    private final Sweep sweep;
    private final Predicate<String> isVirtualHost;
    private final Thread thread;
    private long lookAtAllNanos = System.nanoTime();
    private long lookAtRunsNanos = System.nanoTime();

    /** Looks for what belongs to nothing any more. */
    public interface Sweep {
        void sweep() throws OutcomeUnknownException, InterruptedException;
    }

    /**
     * @param sweep done with each look at all queues: other fronts delete queues, too, and leave what was bound to them
     * @param isVirtualHost whether there is one of that name: queues of one that is gone are left behind by who deleted it
     */
    public QueueKeeper(Broker broker, Runs runs, Consumers consumers, Sweep sweep, Predicate<String> isVirtualHost) {
        this.sweep = sweep;
        this.isVirtualHost = isVirtualHost;
        this.broker = broker;
        this.runs = runs;
        this.consumers = consumers;
        this.notes = new Notes(broker);
        this.thread = Thread.ofVirtual().name("weir-amqp-keeper").unstarted(this::run);
    }

    public void start() {
        thread.start();
    }

    private void run() {
        try {
            while (true) {
                round();
                Thread.sleep(ROUND);
            }
        } catch (InterruptedException _) { // The server is stopping.
        }
    }

    private void round() throws InterruptedException {
        try {
            boolean someEnded = false;
            if (System.nanoTime() - lookAtRunsNanos >= 0) {
                lookAtRunsNanos = System.nanoTime() + Runs.SAID_EVERY.toNanos();
                runs.sayAgain();
                someEnded = runs.look();
            }
            if (someEnded || System.nanoTime() - lookAtAllNanos >= 0) {
                lookAtAllNanos = System.nanoTime() + LOOK_AT_ALL.toNanos();
                lookAtAll();
                notes.forgetGone();
                consumers.forgetExclusiveUse();
                runs.forgetOver();
                sweep.sweep();
            }
            consumers.deleteUnused();
        } catch (OutcomeUnknownException e) {
            LOG.info("Queues whose time has come wait: {}", e.getMessage());
        } catch (RuntimeException e) { // It must not be the end of all later rounds.
            LOG.error("a bug, met while looking for queues whose time has come", e);
        }
    }

    private void lookAtAll() throws OutcomeUnknownException, InterruptedException {
        String after = "";
        List<Queue> page;
        do {
            page = broker.list("", after, PAGE);
            for (Queue each : page) {
                after = each.name();
                boolean declared = each.labels().containsKey(QueuePlan.DURABLE);
                AmqpQueue queue = declared ? AmqpQueue.of(each).orElse(null) : null;
                if (queue != null && !isVirtualHost.test(queue.name().vhost())) {
                    consumers.delete(queue); // It was made in it, so it was seen after that one was.
                } else if (queue != null) {
                    consumers.look(queue);
                    consumers.deleteLeftBehind(queue);
                }
            }
        } while (page.size() == PAGE);
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
