package weir.amqp.session;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import weir.amqp.queue.AmqpQueue;
import weir.core.LeaseId;
import weir.core.PartitionId;
import weir.core.broker.Broker;
import weir.core.broker.Outcome;
import weir.core.shard.Command;
import weir.core.shard.Reply;

/**
 * Carries out the settlements of one channel on a thread of its own: what gathers while some are on their way goes together
 * next. What waits here is bounded by what may be leased.
 */
final class Settler {
    private static final Logger LOG = LoggerFactory.getLogger(Settler.class);

    /** How a delivery ends. */
    enum Way {
        /** It is done. */
        ACKNOWLEDGE,
        /** It is ready again, and the delivery counts as an attempt. */
        RETURN,
        /** It is ready again as if it had not been handed out: nobody looked at it, or a client only passes it on. */
        RELEASE,
        /** It is dead-lettered, or dropped. */
        REJECT
    }

    private final Broker broker;
    private final String name;
    /** What waits, by the way it ends. Guarded by this, as all below. */
    private Map<Way, List<Held>> gathered = new EnumMap<>(Way.class);

    /** Whether all that was settled since this was last asked for is certainly done. */
    private boolean whole = true;

    private int waiting;
    private boolean busy;
    private @Nullable Thread thread;

    Settler(Broker broker, String name) {
        this.broker = broker;
        this.name = name;
    }

    /** What was read from a stream stays where it is. */
    synchronized void settle(Way way, List<Held> all) {
        List<Held> held = all.stream().noneMatch(Held::isOfStream)
                ? all
                : all.stream().filter(each -> !each.isOfStream()).toList();
        if (held.isEmpty()) {
            return;
        }
        gathered.computeIfAbsent(way, _ -> new ArrayList<>()).addAll(held);
        waiting += held.size();
        if (thread == null) {
            thread = Thread.ofVirtual().name(name).start(this::run);
        } else {
            notifyAll();
        }
    }

    /** Returns when all that was to be settled before is, for as long as the broker answers at all. */
    synchronized void drain() throws InterruptedException {
        while (waiting > 0 || busy) {
            wait();
        }
    }

    /**
     * The same, for who has to know.
     *
     * @return false if something was not done since this was last asked, or that is not known: a lease that ran out meanwhile
     *     may be somebody else's
     */
    synchronized boolean drainWhole() throws InterruptedException {
        drain();
        boolean all = whole;
        whole = true;
        return all;
    }

    /** The thread ends once all is settled that waits; so it does by itself when the channel has nothing to hold any more. */
    synchronized void end() {
        if (thread != null && waiting == 0 && !busy) {
            thread.interrupt();
        }
    }

    private void run() {
        try {
            while (true) {
                Map<Way, List<Held>> next = next();
                try {
                    settleAll(next);
                } catch (RuntimeException e) {
                    LOG.error("Deliveries that were settled will come again", e);
                } finally {
                    done();
                }
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt(); // The channel has ended.
        }
    }

    private synchronized Map<Way, List<Held>> next() throws InterruptedException {
        while (waiting == 0) {
            wait();
        }
        Map<Way, List<Held>> next = gathered;
        gathered = new EnumMap<>(Way.class);
        waiting = 0;
        busy = true;
        return next;
    }

    private synchronized void done() {
        busy = false;
        notifyAll();
    }

    private void settleAll(Map<Way, List<Held>> settlements) throws InterruptedException {
        List<Command.OfPartition> commands = new ArrayList<>();
        settlements.forEach((way, held) -> commands.addAll(commands(way, held)));
        for (Outcome outcome : broker.submitAll(commands)) {
            boolean done =
                    switch (outcome) {
                        case Outcome.Replied(Reply.Settled(var each)) ->
                            each.stream().allMatch(Settler::isOver);
                        case Outcome.Replied _ -> true; // The queue is gone, and its messages with it.
                        case Outcome.Unknown(var cause) -> {
                            LOG.warn("Deliveries that were settled may come again: {}", cause.getMessage());
                            yield false;
                        }
                    };
            if (!done) {
                synchronized (this) {
                    whole = false;
                }
            }
        }
    }

    private static boolean isOver(Reply.LeaseOutcome outcome) {
        return switch (outcome) {
            case DONE, GONE -> true;
            case EXPIRED, SUPERSEDED, HELD_TOO_LONG -> false;
        };
    }

    /** What one command can do. */
    private record Together(PartitionId partition, long delayMillis) implements Comparable<Together> {
        private static final Comparator<Together> ORDER =
                Comparator.comparing(Together::partition).thenComparingLong(Together::delayMillis);

        @Override
        public int compareTo(Together other) {
            return ORDER.compare(this, other);
        }
    }

    private static List<Command.OfPartition> commands(Way way, List<Held> held) {
        Map<Together, List<LeaseId>> together = new TreeMap<>();
        for (Held each : held) {
            together.computeIfAbsent(new Together(each.partition(), delayMillis(way, each)), _ -> new ArrayList<>())
                    .add(each.lease());
        }
        List<Command.OfPartition> commands = new ArrayList<>();
        together.forEach((of, leases) -> {
            for (List<LeaseId> some : pieces(leases)) {
                commands.add(command(way, of, some));
            }
        });
        return commands;
    }

    /** No more than one command may carry, each. */
    static List<List<LeaseId>> pieces(List<LeaseId> leases) {
        List<List<LeaseId>> pieces = new ArrayList<>();
        for (int from = 0; from < leases.size(); from += SessionLimits.SETTLED_AT_A_TIME) {
            pieces.add(leases.subList(from, Math.min(leases.size(), from + SessionLimits.SETTLED_AT_A_TIME)));
        }
        return pieces;
    }

    private static long delayMillis(Way way, Held held) {
        int deliveries = held.lease().delivery();
        return switch (way) {
            case ACKNOWLEDGE, REJECT -> 0;
            case RETURN -> held.queue().retryDelayMillis(AmqpQueue.Return.FAILED, deliveries);
            case RELEASE -> held.queue().retryDelayMillis(AmqpQueue.Return.RETURNED, deliveries);
        };
    }

    private static Command.OfPartition command(Way way, Together of, List<LeaseId> leases) {
        return switch (way) {
            case ACKNOWLEDGE -> new Command.Acknowledge(of.partition(), leases, true);
            case RETURN -> new Command.Release(of.partition(), leases, of.delayMillis(), true);
            case RELEASE -> new Command.Release(of.partition(), leases, of.delayMillis(), false);
            case REJECT -> new Command.Reject(of.partition(), leases);
        };
    }
}
