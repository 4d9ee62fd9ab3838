package weir.cluster.shard;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import weir.cluster.ClusterLimits;
import weir.cluster.replication.ReplicatedLog;
import weir.core.Batch;
import weir.core.Bytes;
import weir.core.LeaseId;
import weir.core.PartitionId;
import weir.core.PartitionStatus;
import weir.core.Position;
import weir.core.broker.Delivery;
import weir.core.broker.Fetch;
import weir.core.broker.FetchOutcome;
import weir.core.broker.OutcomeUnknownException;
import weir.core.broker.Peeked;
import weir.core.broker.Receipt;
import weir.core.broker.TopicOffsets;
import weir.core.codec.EntryCodec;
import weir.core.shard.Command;
import weir.core.shard.Refusal;
import weir.core.shard.Reply;
import weir.storage.Payload;

/**
 * The leader's side of a shard on one node: takes the commands of all its queues and connections to the log, gives the
 * answers to those who wait for them, and keeps the receivers that wait for messages. Callers block on their own threads.
 *
 * <p>It leads from {@link #lead} to {@link #cease}, any number of times; in between every call fails with {@link
 * NotLeadingException}, and nothing was done. A call that is under way when leadership ends fails so, too, unless its command
 * is with the log already: then it is told what the log tells.
 *
 * <p>A node that was cut off learns only from its log, after an election timeout, that another leads: until then {@link
 * #status} and {@link #peek} may show what was true before. Nothing else can: what takes effect goes through the log.
 */
public final class ShardLeader implements Shard, AutoCloseable {
    private static final int KIB = 1024;
    private static final Receipt NOTHING = new Receipt.Received(List.of(), false);

    private final ReplicatedLog log;
    private final ShardReplica replica;
    private final Directory directory;
    private final InstantSource clock;
    private final Semaphore publishRoom = new Semaphore(ClusterLimits.PUBLISH_BYTES_QUEUED / KIB);
    /** Null while this node does not lead. Written under this object's monitor. */
    private volatile @Nullable Leadership leadership;
    /** Guarded by the monitor. */
    private boolean closed;

    ShardLeader(ReplicatedLog log, ShardReplica replica, Directory directory, InstantSource clock) {
        this.log = log;
        this.replica = replica;
        this.directory = directory;
        this.clock = clock;
    }

    // ---- The log says

    /**
     * This node leads, and all that earlier leaders left is applied. Called on the shard's thread.
     *
     * <p>That may have ended before this thread came to say so, and its end told on another: so the log is asked when the end
     * can no longer be missed.
     *
     * @param dueMillis when the machine next wants an entry
     */
    void lead(long machineMillis, long dueMillis) {
        Leadership next;
        synchronized (this) {
            if (closed) {
                return;
            }
            cease();
            next = new Leadership(replica.shard(), log, replica, directory, publishRoom, clock, machineMillis);
            leadership = next;
            next.start(dueMillis);
        }
        if (!log.isLeader()) {
            cease(next);
        }
    }

    /** This node leads no longer, if it did. Any thread. */
    synchronized void cease() {
        Leadership last = leadership;
        leadership = null;
        if (last != null) {
            last.end();
        }
    }

    private synchronized void cease(Leadership which) {
        if (leadership == which) {
            cease();
        }
    }

    /** What is to be told of applied entries; null while this node does not lead. */
    @Nullable
    Leadership leadership() {
        return leadership;
    }

    private Leadership now() throws NotLeadingException {
        Leadership current = leadership;
        if (current == null) {
            throw notLeading();
        }
        return current;
    }

    private NotLeadingException notLeading() {
        return new NotLeadingException(replica.shard());
    }

    /** The last leadership is over, and there will be no other. */
    @Override
    public synchronized void close() {
        closed = true;
        cease();
    }

    // ---- Callers

    /**
     * Replicates a command and waits for its reply.
     *
     * @throws OutcomeUnknownException if none came in time
     */
    public Reply submit(Command command) throws OutcomeUnknownException, NotLeadingException, InterruptedException {
        return await(begin(command));
    }

    /** {@inheritDoc} {@link #await} brings the reply. */
    @Override
    public CompletableFuture<Reply> begin(Command command) throws OutcomeUnknownException, InterruptedException {
        Leadership current = leadership;
        if (current == null) {
            return CompletableFuture.failedFuture(notLeading());
        }
        int edition = EntryCodec.editionOf(command);
        if (edition > replica.edition() && command instanceof Command.Configure) {
            awaitAgreed(edition);
        }
        if (edition > replica.edition() && edition <= replica.agreedEdition()) {
            var _ = current.call(
                    new Command.Raise(replica.agreedEdition()), 0); // Which is in the log before the command.
        } else if (edition > replica.edition() && !(command instanceof Command.Raise)) {
            throw new OutcomeUnknownException("nothing was done: this takes edition " + edition + ", and shard "
                    + replica.shard() + " is at " + replica.edition()
                    + " until every node of the cluster runs a release that knows it");
        }
        int room = kibOf(command);
        if (room > 0) {
            if (replica.isDiskLow()) {
                return CompletableFuture.completedFuture(refused(command, Refusal.DISK_FULL));
            }
            takeRoom(room, current);
        }
        return current.call(command, room).reply; // Which fails at once if it is over by now.
    }

    /**
     * What a queue is was let into the catalog, so the cluster has come to that edition: this node's replica of the catalog may
     * only be a moment behind that of the node which asks.
     */
    private void awaitAgreed(int edition) throws InterruptedException {
        long end = Math.min(
                System.nanoTime() + ClusterLimits.EDITION_HEARD_OF.toNanos(), Patience.endNanos(ClusterLimits.ANSWER));
        while (edition > replica.agreedEdition() && Patience.nanosLeft(end) > 0) {
            TimeUnit.NANOSECONDS.sleep(ClusterLimits.EDITION_LOOK.toNanos());
        }
    }

    /** A publish that is refused before it comes to the log; of a fan-out each target is. */
    private static Reply refused(Command command, Refusal reason) {
        Reply refusal = new Reply.Refused(reason);
        return command instanceof Command.Fanout fanout
                ? new Reply.FannedOut(fanout.messages().stream()
                        .map(copies -> Collections.nCopies(copies.targets().size(), refusal))
                        .toList())
                : refusal;
    }

    /** Returns with so much room taken, be the leadership over or not. */
    private void takeRoom(int room, Leadership current) throws OutcomeUnknownException, InterruptedException {
        long end = Patience.endNanos(ClusterLimits.ANSWER);
        if (!publishRoom.tryAcquire(room, Patience.nanosLeft(end), TimeUnit.NANOSECONDS)) {
            throw new OutcomeUnknownException("the shard takes no more publishes for now; nothing was done");
        }
        try {
            replica.room().await(current, end);
        } catch (OutcomeUnknownException | InterruptedException e) {
            publishRoom.release(room);
            throw e;
        }
    }

    /** The part of {@link ClusterLimits#PUBLISH_BYTES_QUEUED} that a command takes; 0 for one that makes room. */
    private static int kibOf(Command command) {
        long bytes = 0;
        if (command instanceof Command.Publish publish) {
            for (Batch batch : publish.batches()) {
                bytes += batch.payload().length();
            }
        } else if (command instanceof Command.Fanout fanout) {
            for (Command.Copies copies : fanout.messages()) {
                bytes += copies.payload().length();
            }
        } else {
            return 0;
        }
        return (int) Math.min(1 + bytes / KIB, ClusterLimits.PUBLISH_BYTES_QUEUED / KIB);
    }

    @Override
    public Receipt receive(Wanted wanted, Duration patience)
            throws OutcomeUnknownException, NotLeadingException, InterruptedException {
        Leadership current = now();
        Wanted asked = wanted.onlyAgain() ? givenBefore(wanted) : wanted;
        if (asked == null) {
            checkLeading();
            return NOTHING;
        }
        boolean patient = patience.isPositive() && !wanted.onlyAgain();
        Receiver receiver = new Receiver(asked, patient, current);
        try {
            if (current.arrive(receiver) == Receiver.State.DONE) {
                return NOTHING;
            }
            if (patient) {
                try {
                    return receipt(current, receiver, Patience.get(receiver.answer, patience.toNanos()));
                } catch (TimeoutException _) {
                    if (current.outOfPatience(receiver) == Receiver.State.WAITING) {
                        return NOTHING;
                    }
                }
            }
            return receipt(current, receiver, await(receiver.answer));
        } catch (InterruptedException | OutcomeUnknownException e) {
            current.abandon(receiver);
            throw e;
        } catch (ExecutionException e) {
            throw failure(e.getCause());
        }
    }

    /** The partition that remembers a receive of that name. If there is none, nothing need be asked of the log. */
    private @Nullable Wanted givenBefore(Wanted wanted) {
        String attempt = wanted.attempt();
        for (PartitionId partition : wanted.partitions()) {
            if (attempt != null && replica.remembers(partition, attempt)) {
                return Wanted.of(wanted.from(partition));
            }
        }
        return null;
    }

    private Receipt receipt(Leadership current, Receiver receiver, Receiver.Answer answer)
            throws OutcomeUnknownException {
        return switch (answer.reply()) {
            case Reply.Acquired acquired ->
                new Receipt.Received(
                        deliveries(current, answer, acquired, receiver.wanted.bytesMax()), acquired.tooManyInFlight());
            case Reply.Refused(var reason) -> new Receipt.Refused(reason);
            case Reply.Done _, Reply.Published _, Reply.FannedOut _, Reply.Settled _, Reply.TakenIn _ ->
                throw new IllegalStateException("an acquire was answered by " + answer.reply());
        };
    }

    /**
     * Reads the contents, on the caller's thread, up to so many bytes: how large messages are is known when they are read. What
     * is left over is ready again at its old place.
     */
    private List<Delivery> deliveries(Leadership current, Receiver.Answer answer, Reply.Acquired acquired, int bytesMax)
            throws OutcomeUnknownException {
        List<Reply.Leased> leased = acquired.leased();
        List<Delivery> deliveries = new ArrayList<>(leased.size());
        long bytes = 0;
        try {
            while (deliveries.size() < leased.size() && bytes < bytesMax) {
                int at = deliveries.size();
                Payload content = answer.contents().get(at);
                LeaseId lease = leased.get(at).lease();
                int index = (int) (lease.position().offset() - leased.get(at).baseOffset());
                Bytes payload = content.read();
                bytes += payload.length();
                deliveries.add(new Delivery(answer.partition(), leased.get(at), content.format(), payload, index));
            }
        } catch (IOException | RuntimeException e) {
            throw replica.unreadable(e);
        } finally {
            answer.contents().forEach(content -> content.close());
        }
        List<Reply.Leased> left = leased.subList(deliveries.size(), leased.size());
        if (!left.isEmpty()) {
            current.giveBack(answer.partition(), left);
        }
        return deliveries;
    }

    /**
     * {@inheritDoc} What is read is applied here, so it is committed, whoever leads by now. A leader that was cut off and has not
     * noticed yet shows what was there before, and nothing that was not.
     */
    @Override
    public List<FetchOutcome> fetch(List<Fetch> fetches, int bytesMax, Duration patience)
            throws OutcomeUnknownException, NotLeadingException, InterruptedException {
        Leadership current = now();
        if (!patience.isPositive()) {
            return fetchNow(fetches, bytesMax);
        }
        long endNanos = System.nanoTime() + patience.toNanos();
        try (Readers.Reader reader =
                current.read(fetches.stream().map(Fetch::partition).toList())) {
            while (true) {
                CompletableFuture<Void> news = reader.nextNews();
                List<FetchOutcome> outcomes = fetchNow(fetches, bytesMax);
                if (!outcomes.stream().allMatch(FetchOutcome::isNothing)) {
                    return outcomes;
                }
                try {
                    Patience.get(news, Patience.nanosLeft(endNanos));
                } catch (TimeoutException _) {
                    return outcomes;
                } catch (ExecutionException e) {
                    throw failure(e.getCause());
                }
            }
        }
    }

    private List<FetchOutcome> fetchNow(List<Fetch> fetches, int bytesMax)
            throws OutcomeUnknownException, NotLeadingException {
        List<FetchOutcome> outcomes = replica.fetch(fetches, bytesMax);
        checkLeading();
        return outcomes;
    }

    @Override
    public Optional<TopicOffsets> offsets(PartitionId partition, long atMillis)
            throws OutcomeUnknownException, NotLeadingException {
        var _ = now();
        Optional<TopicOffsets> offsets = replica.offsets(partition, atMillis);
        checkLeading();
        return offsets;
    }

    @Override
    public List<Peeked> peek(PartitionId partition, Position from, int max)
            throws OutcomeUnknownException, NotLeadingException {
        var _ = now();
        List<Peeked> seen = replica.peek(partition, from, max);
        checkLeading();
        return seen;
    }

    @Override
    public Optional<PartitionStatus> status(PartitionId partition) throws OutcomeUnknownException, NotLeadingException {
        var _ = now();
        Optional<PartitionStatus> status = replica.status(partition);
        checkLeading();
        return status;
    }

    /** Asked after looking, so that what was seen was this leader's, as far as the log knows. */
    private void checkLeading() throws NotLeadingException {
        if (!log.isLeader()) {
            throw notLeading();
        }
    }

    /**
     * The answer to what {@link Shard#begin} began.
     *
     * @throws OutcomeUnknownException if none came in time
     */
    public static <T> T await(CompletableFuture<T> future)
            throws OutcomeUnknownException, NotLeadingException, InterruptedException {
        try {
            return Patience.get(future, Patience.nanosLeft(Patience.endNanos(ClusterLimits.ANSWER)));
        } catch (TimeoutException _) {
            throw new OutcomeUnknownException("no answer from the log in time");
        } catch (ExecutionException e) {
            throw failure(e.getCause());
        }
    }

    /** To be thrown: what a call failed with, unless nothing was done; that is thrown here. */
    private static OutcomeUnknownException failure(@Nullable Throwable cause) throws NotLeadingException {
        return switch (cause) {
            case NotLeadingException notLeading -> throw notLeading;
            case OutcomeUnknownException unknown -> unknown;
            case null -> new OutcomeUnknownException("the log failed");
            default -> new OutcomeUnknownException("the log failed: " + cause, cause);
        };
    }
}
