package weir.cluster;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import weir.cluster.shard.Wanted;
import weir.core.broker.Delivery;
import weir.core.broker.OutcomeUnknownException;
import weir.core.broker.Receipt;

/**
 * One caller's wait for messages in several shards at a time, each on a virtual thread. The first that brings something ends
 * the others; a shard that does not answer keeps nobody from what another brings.
 *
 * <p>Nothing is lost when it ends: a thread that was given messages too late, or as the caller went, gives them back itself.
 */
final class QueueWait {
    /** How one shard is asked. */
    interface Asking {
        Receipt receive(int shard, Wanted wanted, Duration patience)
                throws OutcomeUnknownException, InterruptedException;
    }

    /** How the wait in one shard ended: with one of the two. */
    private record End(@Nullable Receipt receipt, @Nullable OutcomeUnknownException unknown) {}

    private final Asking asking;
    private final Consumer<List<Delivery>> giveBack;
    private final int maxMessages;
    private final Duration patience;
    private final List<Thread> threads = new ArrayList<>();
    /** At most one for each thread. */
    private final BlockingQueue<End> ends = new LinkedBlockingQueue<>();
    /** Nobody looks at ends any more. Guarded by the monitor. */
    private boolean over;

    QueueWait(Asking asking, Consumer<List<Delivery>> giveBack, int maxMessages, Duration patience) {
        this.asking = asking;
        this.giveBack = giveBack;
        this.maxMessages = maxMessages;
        this.patience = patience;
    }

    /** Begins when it is looked at. */
    void in(int shard, Wanted wanted) {
        threads.add(Thread.ofVirtual().name("weir-receive-shard-" + shard).unstarted(() -> wait(shard, wanted)));
    }

    private void wait(int shard, Wanted wanted) {
        End end;
        try {
            end = new End(asking.receive(shard, wanted, patience), null);
        } catch (OutcomeUnknownException e) {
            end = new End(null, e);
        } catch (InterruptedException _) { // Another one has brought something, or the caller has gone.
            return;
        } catch (RuntimeException e) {
            end = new End(null, new OutcomeUnknownException("a bug was met: " + e, e));
        }
        if (!ended(end) && end.receipt instanceof Receipt.Received(List<Delivery> late, boolean _)) {
            giveBack.accept(late);
        }
    }

    private synchronized boolean ended(End end) {
        return !over && ends.add(end);
    }

    /** Returns when one has brought something, or none has in time. */
    Receipt receipt() throws OutcomeUnknownException, InterruptedException {
        Gathered gathered = new Gathered();
        threads.forEach(Thread::start);
        boolean waited = false;
        try {
            await(gathered);
            waited = true;
        } finally {
            end(gathered);
            if (!waited) {
                giveBack.accept(gathered.deliveries());
            }
        }
        giveBack.accept(gathered.cutTo(maxMessages));
        return gathered.isAnswered() ? gathered.receipt() : gathered.receiptOrUnknown();
    }

    private void await(Gathered gathered) throws InterruptedException {
        long endNanos = System.nanoTime() + patience.toNanos();
        for (int running = threads.size(); running > 0; running--) {
            // Once one shard has had nothing for all of the time, the others' last answers may still be on their way.
            Duration more = gathered.isAnswered() ? ClusterLimits.LAST_ANSWERS : ClusterLimits.ANSWER;
            End end = ends.poll(Math.max(0, endNanos - System.nanoTime() + more.toNanos()), TimeUnit.NANOSECONDS);
            if (end == null) {
                return;
            }
            add(end, gathered);
            if (gathered.isSomething() || gathered.isTold()) {
                return;
            }
        }
    }

    /** Ends the others, and takes what they have brought until now. */
    private void end(Gathered gathered) {
        synchronized (this) {
            over = true;
        }
        threads.forEach(Thread::interrupt);
        for (End end = ends.poll(); end != null; end = ends.poll()) {
            add(end, gathered);
        }
    }

    private static void add(End end, Gathered gathered) {
        if (end.receipt != null) {
            gathered.add(end.receipt);
        } else if (end.unknown != null) {
            gathered.add(end.unknown);
        }
    }
}
