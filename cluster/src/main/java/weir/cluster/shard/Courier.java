package weir.cluster.shard;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import weir.cluster.ClusterLimits;
import weir.core.Batch;
import weir.core.DeadLetterReason;
import weir.core.Envelope;
import weir.core.Origin;
import weir.core.PartitionId;
import weir.core.broker.OutcomeUnknownException;
import weir.core.catalog.Queue;
import weir.core.shard.Command;
import weir.core.shard.Reply;

/**
 * Brings the messages that depart from a shard to where they go: dead letters, to begin with. It sends them in the order
 * of their numbers, one round at a time, and tells the source how each ended; a round whose outcome is unknown is sent
 * again, which the target's numbers make harmless. So a message is always in one of the two places, or in both until the
 * source knows; never in none.
 *
 * <p>It lives with one {@link Leadership} and reports to that one alone: when a next leader reads what is to depart,
 * whatever this one reported is in the log before it or never will be.
 */
final class Courier implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Courier.class);
    private final int shard;
    private final ShardReplica replica;
    private final Leadership own;
    private final Directory directory;
    private final Thread thread;
    private volatile boolean closed;
    private volatile boolean woken;

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
                LockSupport.park(this);
                continue;
            }
            woken = false;
            try {
                while (!closed && round()) {}
            } catch (OutcomeUnknownException | NotLeadingException | IOException e) {
                if (!closed) {
                    LOG.warn("Shard {} cannot send its dead letters on, and will try again: {}", shard, e.getMessage());
                }
                woken = true;
                LockSupport.parkNanos(ClusterLimits.RETRY.toNanos());
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

    /** Sends the oldest departures. False if there are none. */
    private boolean round() throws OutcomeUnknownException, NotLeadingException, IOException, InterruptedException {
        long settledBelow = replica.departuresSettledBelow();
        Map<Integer, List<Command.Arrival>> byShard = new TreeMap<>();
        List<Long> arrived = new ArrayList<>();
        List<Long> refused = new ArrayList<>();
        List<ShardReplica.Leaving> leaving = replica.departures(0, ClusterLimits.DEPARTURES_AT_A_TIME);
        try {
            long bytes = 0;
            for (ShardReplica.Leaving one : leaving) {
                Reply.Departure departure = one.departure();
                Optional<Queue> target = find(departure.target());
                if (target.isEmpty() || departure.position().offset() != departure.baseOffset()) {
                    refused.add(departure.number()); // Nowhere to go, or part of a batch that only its front can split.
                    continue;
                }
                Envelope moved = moved(departure);
                Batch batch = new Batch(
                        departure.position().level(),
                        one.content().format(),
                        one.content().read(),
                        List.of(moved));
                // A round that is repeated must bring each message where it brought it before, so its number is its
                // turn.
                PartitionId partition = target.get().partitionFor(moved, departure.number());
                byShard.computeIfAbsent(directory.shardOf(partition), _ -> new ArrayList<>())
                        .add(new Command.Arrival(departure.number(), partition, batch));
                bytes += batch.payload().length();
                if (bytes >= ClusterLimits.DEPARTURE_BYTES_AT_A_TIME) {
                    break;
                }
            }
        } finally {
            leaving.forEach(one -> one.content().close());
        }
        for (var sent : byShard.entrySet()) {
            send(sent.getKey(), settledBelow, sent.getValue(), arrived, refused);
        }
        if (!arrived.isEmpty() || !refused.isEmpty()) {
            var _ = ShardLeader.await(own.call(new Command.SettleDepartures(arrived, refused), 0).reply);
        }
        return !arrived.isEmpty();
    }

    /**
     * The queue of that name. A catalog that is not up to date must not say that there is none: the message would be handed out
     * again here, though the courier before this one may have brought it there.
     */
    private Optional<Queue> find(String target) throws OutcomeUnknownException, InterruptedException {
        Optional<Queue> known = directory.find(target);
        if (known.isPresent()) {
            return known;
        }
        directory.catchUp();
        return directory.find(target);
    }

    private void send(
            int target, long settledBelow, List<Command.Arrival> arrivals, List<Long> arrived, List<Long> refused)
            throws OutcomeUnknownException, NotLeadingException, InterruptedException {
        Reply reply =
                ShardLeader.await(directory.shard(target).begin(new Command.TakeIn(shard, settledBelow, arrivals)));
        if (!(reply instanceof Reply.TakenIn(var outcomes))) {
            throw new IllegalStateException("arrivals were answered by " + reply);
        }
        for (int i = 0; i < outcomes.size(); i++) {
            switch (outcomes.get(i)) {
                case TAKEN -> arrived.add(arrivals.get(i).number());
                case REFUSED -> refused.add(arrivals.get(i).number());
            }
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
        long expiresAt = reason == DeadLetterReason.EXPIRED ? Envelope.NEVER : envelope.expiresAtMillis();
        // What was moved does not wait for its new queue's delay.
        return new Envelope(
                envelope.group(), envelope.deduplicationId(), Envelope.AT_ONCE, expiresAt, origin, envelope.variant());
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
    }
}
