package weir.sqs.move;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import weir.core.broker.Broker;

/**
 * Works on every active task of the book, each on a virtual thread of its own: those started here at once, those found in the
 * book (after a restart, or started elsewhere) when it looks next.
 *
 * <p>In a cluster every node that serves SQS would have one, and several may work on one task: each message is leased by one
 * of them and moved once, and each has a count of its own in the book. Only the rate would be kept by each for itself, so
 * there the node that leads the shard of the source is to be the one that does.
 *
 * <p>One thread looks; what it shares with callers is guarded by the monitor.
 */
public final class Mover implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Mover.class);

    private final Broker broker;
    private final MoveTaskBook book;
    private final Map<String, MoveRun> runs = new HashMap<>();
    private final Semaphore toLook = new Semaphore(0);
    private @Nullable Thread thread;
    private boolean closed;

    public Mover(Broker broker, MoveTaskBook book) {
        this.broker = broker;
        this.book = book;
    }

    /** Takes up the tasks that are in the book. */
    public synchronized void start() {
        thread = Thread.ofVirtual().name("sqs-mover").start(this::work);
    }

    /** A task was started; it is to begin now. */
    public void look() {
        toLook.release();
    }

    /** What a task has moved, as far as is known here. */
    public synchronized long moved(MoveTask task) {
        MoveRun run = runs.get(task.id());
        return run == null ? task.progress().total() : run.movedOf(task);
    }

    private void work() {
        try {
            boolean told = false; // What is found first was started before, perhaps by a mover that died.
            while (true) {
                beginAll(!told);
                told = awaitLook();
            }
        } catch (InterruptedException _) { // Closed.
        }
    }

    private void beginAll(boolean mayBeResumed) {
        try {
            for (MoveTaskBook.Active active : book.active()) {
                begin(active, mayBeResumed);
            }
        } catch (RuntimeException e) { // It must not be the end of all later tasks.
            LOG.error("a bug, met while looking for message move tasks", e);
        }
    }

    private synchronized void begin(MoveTaskBook.Active active, boolean mayBeResumed) {
        String id = active.task().id();
        if (closed || runs.containsKey(id)) {
            return;
        }
        MoveRun run = new MoveRun(broker, book, active.source(), id, mayBeResumed, () -> ended(id));
        runs.put(id, run);
        run.start();
    }

    private synchronized void ended(String id) {
        runs.remove(id);
    }

    /** @return whether it was told to, rather than that time has passed */
    private boolean awaitLook() throws InterruptedException {
        boolean told = toLook.tryAcquire(MoveLimits.LOOK_PERIOD.toMillis(), TimeUnit.MILLISECONDS);
        toLook.drainPermits();
        return told;
    }

    /** Leaves the tasks to be taken up again. */
    @Override
    public synchronized void close() {
        closed = true;
        if (thread != null) {
            thread.interrupt();
        }
        runs.values().forEach(MoveRun::stop);
    }
}
