package weir.cluster.shard;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import weir.cluster.ClusterLimits;
import weir.core.Batch;
import weir.core.DeadLetterReason;
import weir.core.Envelope;
import weir.core.Origin;
import weir.core.PartitionId;
import weir.core.broker.Deadline;
import weir.core.broker.OutcomeUnknownException;
import weir.core.catalog.Queue;
import weir.core.shard.Command;
import weir.core.shard.Reply;

/**
 * Brings the messages that depart from a shard to where they go: dead letters, to begin with. To each target shard it sends
 * what there is for it in the order of their numbers, in one command at a time, and tells the source how each ended. A
 * command whose outcome is unknown is sent again, which the target's numbers make harmless. So a message is always in one of the
 * two places, or in both until the source knows; never in none.
 *
 * <p>Targets are independent: one that cannot be reached rests a while, and only its own messages wait. What must not happen is
 * that a message overtakes another one to the same partition, as the target takes a lower number for one that it has had;
 * so the numbers of a target's messages that were passed over are remembered ({@link Route#passedOver}), and it is gone on with
 * from there.
 *
 * <p>It lives with one {@link Leadership} and reports to that one alone: when a next leader reads what is to depart,
 * whatever this one reported is in the log before it or never will be. One thread owns all but what is volatile or concurrent.
 */
final class Courier implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Courier.class);

    private static final long NONE = Long.MAX_VALUE;

    private final int shard;
    private final ShardReplica replica;
    private final Leadership own;
    private final Directory directory;
    private final Thread thread;
    private final TreeMap<Integer, Route> routes = new TreeMap<>();
    /** Sent, and not yet known to be settled here. */
    private final Set<Long> underWay = new TreeSet<>();

    /** Every departure up to this number was looked at: it is under way, passed over, or settled. */
    private long lookedUpTo;

    /** Nothing is looked at beyond a departure whose queue cannot be told; it is asked for again then. */
    private long asksAgainNanos = System.nanoTime();

    private boolean asksAgain;

    private final ConcurrentLinkedQueue<Runnable> ended = new ConcurrentLinkedQueue<>();
    private volatile boolean closed;
    private volatile boolean woken;

    /** The way to one shard. */
    private static final class Route {
        boolean busy;
        long restsUntilNanos = System.nanoTime();
        /** The lowest number of a departure that waits for this route; {@link #NONE} if there is none. */
        long passedOver = NONE;

        boolean isFree() {
            return !busy && System.nanoTime() - restsUntilNanos >= 0;
        }

        void rest() {
            restsUntilNanos = System.nanoTime() + ClusterLimits.RETRY.toNanos();
        }

        void passOver(long number) {
            passedOver = Math.min(passedOver, number);
        }
    }

    /** What one target is sent in one command. */
    private static final class Load {
        final List<Command.Arrival> arrivals = new ArrayList<>();
        long bytes;

        boolean isFull() {
            return arrivals.size() >= ClusterLimits.DEPARTURES_AT_A_TIME
                    || bytes >= ClusterLimits.DEPARTURE_BYTES_AT_A_TIME;
        }

        List<Long> numbers() {
            return arrivals.stream().map(Command.Arrival::number).toList();
        }
    }

    Courier(int shard, ShardReplica replica, Leadership own, Directory directory) {
        this.shard = shard;
        this.replica = replica;
        this.own = own;
        this.directory = directory;
        this.thread =
                Thread.ofVirtual().name("weir-shard-" + shard + "-courier").unstarted(this::run);
    }

    void start() {
        woken = true;
        thread.start();
    }

    void wake() {
        if (!woken) {
            woken = true;
            LockSupport.unpark(thread);
        }
    }

    private void run() {
        while (!closed) {
            if (!woken) {
                park();
            }
            woken = false;
            try {
                do {
                    for (Runnable end = ended.poll(); end != null; end = ended.poll()) {
                        end.run();
                    }
                } while (!closed && round());
            } catch (IOException e) {
                if (!closed) {
                    LOG.warn("Shard {} cannot send its dead letters on, and will try again: {}", shard, e.getMessage());
                }
                LockSupport.parkNanos(ClusterLimits.RETRY.toNanos());
                woken = true;
            } catch (InterruptedException _) {
                return; // The leadership is over.
            } catch (RuntimeException e) {
                if (!closed) { // Else what it read may have been taken away under it.
                    replica.failed(
                            e); // The disk cannot be trusted, or there is a bug: no dead letter would leave again.
                }
                return;
            }
        }
    }

    /** Until it is woken, or a route that something waits for has rested. */
    private void park() {
        long nanos = asksAgain ? asksAgainNanos - System.nanoTime() : Long.MAX_VALUE;
        for (Route route : routes.values()) {
            if (!route.busy && route.passedOver != NONE) {
                nanos = Math.min(nanos, route.restsUntilNanos - System.nanoTime());
            }
        }
        if (nanos == Long.MAX_VALUE) {
            LockSupport.park(this);
        } else if (nanos > 0) {
            LockSupport.parkNanos(this, nanos);
        }
        woken = true;
    }

    /** Looks at what departs, and sends what can be sent. False if there was nothing to look at. */
    private boolean round() throws IOException, InterruptedException {
        long from = lookedUpTo;
        List<Route> goneOnWith = new ArrayList<>();
        for (Route route : routes.values()) {
            if (route.isFree() && route.passedOver != NONE) {
                from = Math.min(from, route.passedOver - 1);
                route.passedOver = NONE;
                goneOnWith.add(route);
            }
        }
        List<ShardReplica.Leaving> leaving = replica.departures(from, ClusterLimits.DEPARTURES_AT_A_TIME);
        TreeMap<Integer, Load> loads = new TreeMap<>();
        List<Long> refused = new ArrayList<>();
        long looked = from;
        boolean whole = false;
        try {
            for (ShardReplica.Leaving one : leaving) {
                if (!underWay.contains(one.departure().number()) && !look(one, loads, refused)) {
                    break;
                }
                looked = one.departure().number();
            }
            whole = true;
        } finally {
            leaving.forEach(one -> one.content().close());
            if (!whole) { // Nothing of it was sent.
                for (Map.Entry<Integer, Load> each : loads.entrySet()) {
                    each.getValue().numbers().forEach(route(each.getKey())::passOver);
                }
            }
            if (looked < lookedUpTo && !leaving.isEmpty()) { // What else waits for them was further on.
                for (Route route : goneOnWith) {
                    route.passOver(looked + 1);
                }
            }
            lookedUpTo = Math.max(lookedUpTo, looked);
        }
        for (Map.Entry<Integer, Load> each : loads.entrySet()) {
            send(each.getKey(), each.getValue());
        }
        if (!refused.isEmpty()) {
            underWay.addAll(refused);
            settle(List.of(), refused);
        }
        return looked > from;
    }

    private Route route(int target) {
        return routes.computeIfAbsent(target, _ -> new Route());
    }

    /** Returns false if it cannot be told now where it goes. */
    private boolean look(ShardReplica.Leaving one, Map<Integer, Load> loads, List<Long> refused)
            throws IOException, InterruptedException {
        Reply.Departure departure = one.departure();
        Optional<Queue> target = directory.find(departure.target());
        if (target.isEmpty()) {
            if (!isCaughtUp()) {
                return false;
            }
            target = directory.find(departure.target());
        }
        if (target.isEmpty() || departure.position().offset() != departure.baseOffset()) {
            refused.add(departure.number()); // Nowhere to go, or part of a batch that only its front can split.
            return true;
        }
        // What is sent again must come to where it may have come before, so a message's number is its turn.
        Envelope moved = moved(departure);
        PartitionId partition = target.get().partitionFor(moved, departure.number());
        int targetShard = directory.shardOf(partition);
        Route route = route(targetShard);
        Load load = loads.computeIfAbsent(targetShard, _ -> new Load());
        if (!route.isFree() || route.passedOver != NONE || load.isFull()) {
            route.passOver(departure.number());
            return true;
        }
        Batch batch = new Batch(
                departure.position().level(),
                one.content().format(),
                one.content().read(),
                List.of(moved));
        load.bytes += batch.payload().length();
        load.arrivals.add(new Command.Arrival(departure.number(), partition, batch));
        return true;
    }

    /**
     * Whether this node's catalog is up to date. One that is not must not say that there is no such queue: the message would be
     * handed out again here, though the courier before this one may have brought it there.
     */
    private boolean isCaughtUp() throws InterruptedException {
        if (asksAgain && asksAgainNanos - System.nanoTime() > 0) {
            return false;
        }
        asksAgain = false;
        try {
            return Deadline.until(Patience.endNanos(ClusterLimits.RETRY), () -> {
                directory.catchUp();
                return true;
            });
        } catch (OutcomeUnknownException e) {
            LOG.warn("Shard {} keeps dead letters of queues that it cannot find now: {}", shard, e.getMessage());
            asksAgain = true;
            asksAgainNanos = System.nanoTime() + ClusterLimits.RETRY.toNanos();
            return false;
        }
    }

    private void send(int target, Load load) throws InterruptedException {
        if (load.arrivals.isEmpty()) {
            return;
        }
        Route route = route(target);
        List<Long> numbers = load.numbers();
        route.busy = true;
        underWay.addAll(numbers);
        CompletableFuture<Reply> reply;
        try {
            reply = directory
                    .shard(target)
                    .begin(new Command.TakeIn(shard, replica.departuresSettledBelow(), load.arrivals));
        } catch (OutcomeUnknownException e) {
            reply = CompletableFuture.failedFuture(e);
        }
        var _ = reply.copy()
                .orTimeout(ClusterLimits.ANSWER.toNanos(), TimeUnit.NANOSECONDS)
                .whenComplete((answer, failure) -> end(() -> sent(target, numbers, answer, failure)));
    }

    /** On whatever thread brings the answer; what follows from it is the courier's own to do. */
    private void end(Runnable what) {
        ended.add(what);
        wake();
    }

    private void sent(int target, List<Long> numbers, @Nullable Reply answer, @Nullable Throwable failure) {
        Route route = route(target);
        route.busy = false;
        if (answer == null) {
            LOG.warn(
                    "Shard {} could not send {} dead letters to shard {}, and will try again: {}",
                    shard,
                    numbers.size(),
                    target,
                    String.valueOf(failure));
            route.rest();
            numbers.forEach(route::passOver);
            numbers.forEach(underWay::remove);
            return;
        }
        if (!(answer instanceof Reply.TakenIn(var outcomes))) {
            throw new IllegalStateException("arrivals were answered by " + answer);
        }
        List<Long> arrived = new ArrayList<>();
        List<Long> refused = new ArrayList<>();
        for (int i = 0; i < outcomes.size(); i++) {
            switch (outcomes.get(i)) {
                case TAKEN -> arrived.add(numbers.get(i));
                case REFUSED -> refused.add(numbers.get(i));
            }
        }
        settle(arrived, refused);
    }

    /** Until that is applied they stand among the departures. */
    private void settle(List<Long> arrived, List<Long> refused) {
        var _ = own.call(new Command.SettleDepartures(arrived, refused), 0)
                .reply
                .copy()
                .orTimeout(ClusterLimits.ANSWER.toNanos(), TimeUnit.NANOSECONDS)
                .whenComplete((_, failure) -> end(() -> settled(arrived, refused, failure)));
    }

    private void settled(List<Long> arrived, List<Long> refused, @Nullable Throwable failure) {
        if (failure == null) {
            arrived.forEach(underWay::remove);
            refused.forEach(underWay::remove);
        } else if (!closed) { // What was refused without being sent must not be sent now: later ones may have been.
            LOG.warn("Shard {} could not settle what has arrived, and will try again: {}", shard, failure.toString());
            LockSupport.parkNanos(ClusterLimits.RETRY.toNanos());
            settle(arrived, refused);
        }
    }

    /** What arrives: a dead letter remembers where it was, a message that was moved on request is new. */
    private static Envelope moved(Reply.Departure departure) {
        Envelope envelope = departure.envelope();
        DeadLetterReason reason = departure.reason();
        if (reason == null) {
            return new Envelope(
                    envelope.group(),
                    envelope.deduplicationId(),
                    Envelope.AT_ONCE,
                    envelope.expiresAtMillis(),
                    null,
                    envelope.variant());
        }
        Origin before = envelope.origin();
        Origin origin = new Origin(
                before == null ? departure.from() : before.partition(),
                before == null ? departure.position() : before.position(),
                departure.from(),
                reason,
                departure.attempts(),
                departure.publishedAtMillis());
        // What was moved does not wait for its new queue's delay, and is there to be looked at, however late.
        return new Envelope(
                envelope.group(),
                envelope.deduplicationId(),
                Envelope.AT_ONCE,
                Envelope.NEVER,
                origin,
                envelope.variant());
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
    }
}
