package weir.cluster;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import weir.cluster.shard.Patience;
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

    private final Asking asking;
    private final Consumer<List<Delivery>> giveBack;
    private final int maxMessages;
    private final Duration patience;
    private final List<Thread> threads = new ArrayList<>();
    /** Completed when one has brought something, or all have ended. */
    private final CompletableFuture<Boolean> enough = new CompletableFuture<>();
    // Guarded by the monitor:
    private final Gathered gathered = new Gathered();
    private int ended;
    /** The caller has what it gets. */
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
        try {
            Receipt receipt = asking.receive(shard, wanted, patience);
            boolean kept = ended(() -> gathered.add(receipt));
            if (!kept && receipt instanceof Receipt.Received(List<Delivery> late, boolean _)) {
                giveBack.accept(late);
            }
        } catch (OutcomeUnknownException e) {
            var _ = ended(() -> gathered.add(e));
        } catch (InterruptedException _) { // Another one has brought something, or the caller has gone.
            return;
        } catch (RuntimeException e) {
            var _ = ended(() -> gathered.add(new OutcomeUnknownException("a bug was met: " + e, e)));
        }
    }

    /** False if it is too late. */
    private synchronized boolean ended(Runnable adding) {
        if (over) {
            return false;
        }
        adding.run();
        ended++;
        if (gathered.isSomething() || gathered.isTold() || ended == threads.size()) {
            enough.complete(true);
        }
        return true;
    }

    /** Returns when one has brought something, or none has in time. */
    Receipt receipt() throws OutcomeUnknownException, InterruptedException {
        threads.forEach(Thread::start);
        boolean waited = false;
        try {
            // Once one shard has had nothing for all of the time, the others' last answers may still be on their way.
            if (!await(patience.plus(ClusterLimits.LAST_ANSWERS)) && !isAnswered()) {
                var _ = await(ClusterLimits.ANSWER);
            }
            waited = true;
        } finally {
            end();
            if (!waited) {
                giveBack.accept(gathered.deliveries());
            }
        }
        giveBack.accept(gathered.cutTo(maxMessages));
        return gathered.isAnswered() ? gathered.receipt() : gathered.receiptOrUnknown();
    }

    private boolean await(Duration time) throws OutcomeUnknownException, InterruptedException {
        try {
            return Patience.get(enough, time.toNanos());
        } catch (TimeoutException _) {
            return false;
        } catch (ExecutionException e) {
            throw new OutcomeUnknownException("a bug was met: " + e, e);
        }
    }

    private synchronized boolean isAnswered() {
        return gathered.isAnswered();
    }

    /** Ends the others. From now on nobody but the caller touches what was gathered. */
    private void end() {
        synchronized (this) {
            over = true;
        }
        threads.forEach(Thread::interrupt);
    }
}
