package weir.cluster.forward;

import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import weir.core.broker.OutcomeUnknownException;
import weir.core.codec.EntryCodec;

/**
 * Commands for one shard that keep their order: they leave in batches, and while one is on its way the next gathers. A lone
 * command waits for nobody, and there is no timer. The thread that sends ends when nothing is left to send.
 */
final class Lane {
    private static final Logger LOG = LoggerFactory.getLogger(Lane.class);

    /** What is done with a batch, on the lane's thread. Commands that are to be sent again come back by {@link #add}. */
    interface Sender {
        void send(List<Sent> batch) throws InterruptedException;

        /** To be waited out before the next batch; called for a lane that was sent back something. */
        void pause(int times) throws InterruptedException;
    }

    private final String name;
    private final Sender sender;
    // Guarded by this:
    private final PriorityQueue<Sent> queue = new PriorityQueue<>();
    private @Nullable Thread thread;
    private boolean closed;
    /** Something has come back since the last pause. */
    private boolean cameBack;

    private volatile boolean busy;

    Lane(String name, Sender sender) {
        this.name = name;
        this.sender = sender;
    }

    /** Whether commands are queued or on their way, so that a later one must not overtake them. */
    boolean isBusy() {
        return busy;
    }

    void add(Sent sent) {
        add(List.of(sent), false);
    }

    /** They were not carried out where they were sent. */
    void back(List<Sent> sent) {
        add(sent, true);
    }

    private void add(List<Sent> sent, boolean back) {
        synchronized (this) {
            if (!closed) {
                queue.addAll(sent);
                cameBack |= back;
                busy = true;
                if (thread == null) {
                    thread = Thread.ofVirtual().name(name).start(this::run);
                }
                return;
            }
        }
        sent.forEach(one -> one.failed(ShardRouter.stopping()));
    }

    private void run() {
        int pauses = 0;
        try {
            while (true) {
                boolean pause = takeCameBack();
                pauses = pause ? pauses + 1 : 0;
                if (pause) {
                    sender.pause(pauses);
                }
                List<Sent> batch = take();
                if (batch.isEmpty()) {
                    if (isOver()) {
                        return;
                    }
                } else {
                    send(batch);
                }
            }
        } catch (InterruptedException _) { // The node is stopping, and close() has answered whoever waits.
            return;
        }
    }

    private void send(List<Sent> batch) throws InterruptedException {
        try {
            sender.send(batch);
        } catch (RuntimeException e) { // A bug: it costs these commands their answer, not the lane its thread.
            LOG.error("{} commands could not be sent", batch.size(), e);
            batch.forEach(sent -> sent.failed(new OutcomeUnknownException("a bug was met: " + e, e)));
        }
    }

    private synchronized boolean takeCameBack() {
        boolean was = cameBack;
        cameBack = false;
        return was;
    }

    /** The next batch, without those whose time is over. */
    private List<Sent> take() {
        List<Sent> batch = new ArrayList<>();
        List<Sent> expired = new ArrayList<>();
        synchronized (this) {
            long bytes = 0;
            for (Sent next = queue.peek();
                    next != null && batch.size() < ForwardLimits.BATCH_COMMANDS;
                    next = queue.peek()) {
                bytes += EntryCodec.sizeEstimate(next.command);
                if (!batch.isEmpty() && bytes > ForwardLimits.BATCH_BYTES) {
                    break;
                }
                queue.poll();
                if (next.nanosLeft() <= 0) {
                    expired.add(next);
                } else {
                    batch.add(next);
                }
            }
        }
        expired.forEach(one -> one.expired("no node was found that leads the shard"));
        return batch;
    }

    private synchronized boolean isOver() {
        if (!queue.isEmpty()) {
            return false;
        }
        busy = false;
        thread = null;
        return true;
    }

    /** Fails what is queued; what is on its way ends by itself. */
    void close() {
        List<Sent> left;
        synchronized (this) {
            closed = true;
            left = new ArrayList<>(queue);
            queue.clear();
            if (thread != null) {
                thread.interrupt();
            }
        }
        left.forEach(one -> one.failed(ShardRouter.stopping()));
    }
}
