package weir.cluster.forward;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import weir.cluster.ClusterLimits;
import weir.cluster.peer.PeerCalls;
import weir.cluster.replication.Member;
import weir.cluster.shard.NotLeadingException;
import weir.cluster.shard.Patience;
import weir.cluster.shard.Shard;
import weir.cluster.shard.Wanted;
import weir.core.Batch;
import weir.core.PartitionId;
import weir.core.PartitionStatus;
import weir.core.Position;
import weir.core.broker.Deadline;
import weir.core.broker.Fetch;
import weir.core.broker.FetchOutcome;
import weir.core.broker.OutcomeUnknownException;
import weir.core.broker.PartitionPlace;
import weir.core.broker.Peeked;
import weir.core.broker.Receipt;
import weir.core.broker.TopicOffsets;
import weir.core.shard.Command;
import weir.core.shard.Reply;

/**
 * A shard, wherever its leader is, for callers on this node. If this node leads, a call goes straight to the leader's side
 * here; else to the node that does. Where nobody leads at the moment, or the one that was asked does so no more, the call
 * goes on to the next one, with pauses, until {@link ClusterLimits#ANSWER} is over; it fails with {@link
 * OutcomeUnknownException} then, and never with {@link NotLeadingException}.
 *
 * <p>A command whose outcome is unknown is sent again if {@link Repeatable} says that this is harmless; else its caller is
 * told. Commands of one partition are sent in the order in which they were begun. After the loss of a leader those whose
 * outcome is unknown may be missing before later ones.
 */
public final class ShardRouter implements Shard, AutoCloseable {
    private static final int KIB = 1024;

    private final int shard;
    private final ClusterView view;
    private final PeerCalls peers;
    private final Whereabouts whereabouts;
    private final Lane[] publishLanes = new Lane[ForwardLimits.PUBLISH_LANES];
    private final Lane[] otherLanes = new Lane[ForwardLimits.OTHER_LANES];
    private final AtomicLong numbers = new AtomicLong();
    /** As the leader's side has one: what callers of this node have on its way elsewhere. */
    private final Semaphore publishRoom = new Semaphore(ClusterLimits.PUBLISH_BYTES_QUEUED / KIB);

    private volatile boolean closed;

    public ShardRouter(int shard, ClusterView view, PeerCalls peers) {
        this.shard = shard;
        this.view = view;
        this.peers = peers;
        this.whereabouts = new Whereabouts(() -> view.leader(shard), () -> others(view.replicas(shard)), this::probe);
        for (int i = 0; i < publishLanes.length; i++) {
            publishLanes[i] = lane("publish-" + i);
        }
        for (int i = 0; i < otherLanes.length; i++) {
            otherLanes[i] = lane("other-" + i);
        }
    }

    private Lane lane(String name) {
        return new Lane("weir-shard-" + shard + "-to-leader-" + name, new Lane.Sender() {
            @Override
            public void send(List<Sent> batch) throws InterruptedException {
                ShardRouter.this.send(batch);
            }

            @Override
            public void pause(int times) throws InterruptedException {
                whereabouts.pause(times, Long.MAX_VALUE);
            }
        });
    }

    /** This node asks itself only if its own replica says that it leads. */
    private List<Integer> others(List<Integer> nodes) {
        return nodes.stream().filter(node -> node != view.self()).toList();
    }

    private OptionalInt probe(int node) {
        try {
            Optional<RemoteShard> remote = remote(node);
            return remote.isEmpty() ? OptionalInt.empty() : remote.get().leader(ForwardLimits.PROBE);
        } catch (InterruptedException _) {
            return OptionalInt.empty(); // Nobody interrupts it.
        }
    }

    private Optional<RemoteShard> remote(int node) {
        return remote(node, System.nanoTime() + ClusterLimits.ANSWER.toNanos());
    }

    private Optional<RemoteShard> remote(int node, long endNanos) {
        Optional<Member> member = view.member(node);
        return member.map(at -> new RemoteShard(shard, at, peers, whereabouts, this::beginLate, endNanos));
    }

    /** Whether this node knows who leads, so that a call need not wait to find out. */
    public boolean knowsLeader() {
        return whereabouts.isKnown();
    }

    /** Asks nobody. Who has no replica takes the one for the leader that was last seen to lead, else the one that is meant to. */
    public PartitionPlace place() {
        List<Integer> placed = view.replicas(shard);
        boolean own = view.local(shard).isPresent();
        return new PartitionPlace(own ? view.leader(shard) : whereabouts.guess(placed), placed);
    }

    /** For the node: its own replica has come to lead the shard, or has ceased to. Those who wait look again. */
    public void leadershipMoved() {
        whereabouts.wake();
    }

    // ---- Commands

    @Override
    public CompletableFuture<Reply> begin(Command command) throws OutcomeUnknownException, InterruptedException {
        Lane lane = laneOf(command);
        Sent sent = new Sent(command, numbers.incrementAndGet(), publishRoom);
        if (!lane.isBusy() && leadsHere()) {
            Optional<Shard> local = view.local(shard);
            if (local.isPresent()) {
                beginHere(local.get(), sent, lane);
                return sent.reply;
            }
        }
        int room = kibOf(command);
        if (room > 0) {
            if (!publishRoom.tryAcquire(room, Math.max(0, sent.nanosLeft()), TimeUnit.NANOSECONDS)) {
                throw new OutcomeUnknownException("the shard takes no more publishes for now; nothing was done");
            }
            sent.holds(room);
        }
        lane.add(sent);
        return sent.reply;
    }

    /** Of a caller who does not wait; it takes no room. */
    private void beginLate(Command command) {
        laneOf(command).add(new Sent(command, numbers.incrementAndGet(), publishRoom));
    }

    /** Whether this node leads the shard, as far as it knows. */
    public boolean leadsHere() {
        OptionalInt leader = view.leader(shard);
        return leader.isPresent() && leader.getAsInt() == view.self();
    }

    private void beginHere(Shard local, Sent sent, Lane lane) throws OutcomeUnknownException, InterruptedException {
        var begun = Deadline.until(sent.endNanos, () -> local.begin(sent.command));
        var _ = begun.whenComplete((reply, failure) -> {
            if (reply != null) {
                sent.answered(reply);
            } else {
                Throwable cause = causeOf(failure);
                if (cause instanceof NotLeadingException) {
                    whereabouts.notAt(view.self(), 0);
                }
                failed(sent, lane, cause);
            }
        });
    }

    /** Sends a batch, on the lane's thread, and waits for the answers of another node. */
    private void send(List<Sent> batch) throws InterruptedException {
        Lane lane = laneOf(batch.getFirst().command);
        OptionalInt node = whereabouts.next();
        if (node.isPresent() && node.getAsInt() == view.self()) {
            sendHere(batch, lane);
            return;
        }
        Optional<RemoteShard> remote = node.isEmpty() ? Optional.empty() : remote(node.getAsInt());
        if (remote.isEmpty()) {
            node.ifPresent(unknown -> whereabouts.notAt(unknown, 0));
            lane.back(batch);
            return;
        }
        try {
            // Who has less left gives up sooner by himself.
            long nanos = batch.stream().mapToLong(Sent::nanosLeft).max().orElseThrow();
            Duration patience = Duration.ofNanos(Math.max(1, nanos));
            List<Wire.Answer<Reply>> answers =
                    remote.get().submit(batch.stream().map(sent -> sent.command).toList(), patience);
            for (int i = 0; i < answers.size(); i++) {
                settle(batch.get(i), lane, answers.get(i));
            }
        } catch (NotLeadingException _) {
            lane.back(batch);
        } catch (OutcomeUnknownException | RuntimeException e) {
            whereabouts.notAt(node.getAsInt(), 0);
            batch.forEach(sent -> failed(sent, lane, e));
        } catch (InterruptedException e) {
            batch.forEach(sent -> sent.failed(
                    new OutcomeUnknownException("the server is stopping; the command may have been carried out")));
            throw e;
        }
    }

    private void sendHere(List<Sent> batch, Lane lane) throws InterruptedException {
        Optional<Shard> local = view.local(shard);
        if (local.isEmpty()) {
            lane.back(batch);
            return;
        }
        for (Sent sent : batch) {
            try {
                beginHere(local.get(), sent, lane);
            } catch (OutcomeUnknownException e) {
                sent.failed(e); // There was no room, for all of the caller's time.
            }
        }
    }

    private void settle(Sent sent, Lane lane, Wire.Answer<Reply> answer) {
        switch (answer) {
            case Wire.Answer.Ok<Reply>(Reply reply) -> sent.answered(reply);
            case Wire.Answer.NotLeading<Reply> _ -> lane.back(List.of(sent));
            case Wire.Answer.Unknown<Reply>(String why) -> failed(sent, lane, new OutcomeUnknownException(why));
            case Wire.Answer.NothingDone<Reply>(String why) -> sent.failed(new OutcomeUnknownException(why));
        }
    }

    private void failed(Sent sent, Lane lane, @Nullable Throwable cause) {
        if (cause instanceof NotLeadingException) {
            lane.back(List.of(sent));
            return;
        }
        OutcomeUnknownException unknown = cause instanceof OutcomeUnknownException known
                ? known
                : new OutcomeUnknownException("the shard's leader failed: " + cause, new IllegalStateException(cause));
        if (!closed && Repeatable.is(sent.command, view::queue)) {
            sent.mayHaveBeenDone(unknown);
            lane.back(List.of(sent));
        } else {
            sent.failed(unknown);
        }
    }

    static @Nullable Throwable causeOf(@Nullable Throwable failure) {
        return failure instanceof CompletionException || failure instanceof ExecutionException
                ? failure.getCause()
                : failure;
    }

    static OutcomeUnknownException stopping() {
        return new OutcomeUnknownException("the server is stopping");
    }

    /** One partition's publishes take one lane, its other commands another. */
    private Lane laneOf(Command command) {
        return switch (command) {
            case Command.Publish publish -> laneOf(publishLanes, publish.partition());
            case Command.Fanout _ -> publishLanes[0];
            case Command.OfPartition other -> laneOf(otherLanes, other.partition());
            case Command.TakeIn _, Command.SettleDepartures _, Command.Tick _, Command.Raise _ -> otherLanes[0];
        };
    }

    private static Lane laneOf(Lane[] lanes, PartitionId partition) {
        return lanes[Math.floorMod(Long.hashCode(partition.queue() * 31 + partition.partition()), lanes.length)];
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

    // ---- Questions

    private interface Question<T> {
        T ask(Shard shard) throws OutcomeUnknownException, NotLeadingException, InterruptedException;
    }

    /**
     * As {@link Shard#receive(Wanted, Duration)}. A receive that waits goes on with the next leader for the rest of its
     * patience.
     *
     * <p>If the outcome at a lost leader is unknown, that one may have leased messages to nobody. They are ready again when
     * their leases run out, as on any loss of an answer between a client and SQS itself. Naming every acquire, so that the
     * next leader could give the same messages, would cost a log entry for each long poll on an empty queue, and take room
     * from receives that clients have named.
     */
    @Override
    public Receipt receive(Wanted wanted, Duration patience) throws OutcomeUnknownException, InterruptedException {
        long patientUntil = System.nanoTime() + patience.toNanos();
        return ask(
                leader -> {
                    long left = Math.max(0, patientUntil - System.nanoTime());
                    return leader.receive(wanted, patience.isPositive() ? Duration.ofNanos(left) : patience);
                },
                patience,
                ForwardLimits.UNKNOWN_RECEIVES);
    }

    @Override
    public Receipt receive(Command.Acquire acquire, Duration patience)
            throws OutcomeUnknownException, InterruptedException {
        return receive(Wanted.of(acquire), patience);
    }

    /** As {@link Shard#fetch}. One that waits goes on with the next leader for the rest of its patience. */
    @Override
    public List<FetchOutcome> fetch(List<Fetch> fetches, int bytesMax, Duration patience)
            throws OutcomeUnknownException, InterruptedException {
        long patientUntil = System.nanoTime() + patience.toNanos();
        return ask(leader -> leader.fetch(fetches, bytesMax, Patience.left(patientUntil)), patience, Integer.MAX_VALUE);
    }

    @Override
    public Optional<TopicOffsets> offsets(PartitionId partition, long atMillis)
            throws OutcomeUnknownException, InterruptedException {
        return ask(leader -> leader.offsets(partition, atMillis), Duration.ZERO, Integer.MAX_VALUE);
    }

    @Override
    public List<Peeked> peek(PartitionId partition, Position from, int max)
            throws OutcomeUnknownException, InterruptedException {
        return ask(leader -> leader.peek(partition, from, max), Duration.ZERO, Integer.MAX_VALUE);
    }

    @Override
    public Optional<PartitionStatus> status(PartitionId partition)
            throws OutcomeUnknownException, InterruptedException {
        return ask(leader -> leader.status(partition), Duration.ZERO, Integer.MAX_VALUE);
    }

    /**
     * @param patience how long the question itself may wait, once there is a leader
     * @param unknownMax how often the outcome may be unknown before the caller is told
     */
    private <T> T ask(Question<T> question, Duration patience, int unknownMax)
            throws OutcomeUnknownException, InterruptedException {
        // What a receive waits for messages is beside what it may wait for answers.
        long endNanos = Patience.endNanos(ClusterLimits.ANSWER) + patience.toNanos();
        int unknown = 0;
        int pauses = 0;
        while (!closed) {
            OptionalInt node = whereabouts.next();
            try {
                Optional<? extends Shard> leader = at(node, endNanos);
                if (leader.isPresent()) {
                    return question.ask(leader.get());
                }
                node.ifPresent(nobody -> whereabouts.notAt(nobody, 0));
            } catch (NotLeadingException _) {
                if (node.getAsInt() == view.self()) {
                    whereabouts.notAt(view.self(), 0);
                }
            } catch (OutcomeUnknownException e) {
                unknown++;
                if (unknown >= unknownMax || endNanos - System.nanoTime() <= 0) {
                    throw e;
                }
                whereabouts.notAt(node.getAsInt(), 0);
            }
            if (endNanos - System.nanoTime() <= 0) {
                throw new OutcomeUnknownException("no node was found that leads the shard in time; nothing was done");
            }
            pauses++;
            whereabouts.pause(pauses, Patience.nanosLeft(endNanos));
        }
        throw stopping();
    }

    private Optional<? extends Shard> at(OptionalInt node, long endNanos) {
        if (node.isEmpty()) {
            return Optional.empty();
        }
        return node.getAsInt() == view.self() ? view.local(shard) : remote(node.getAsInt(), endNanos);
    }

    /** Fails whoever waits for a leader; to be called when the node stops. */
    @Override
    public void close() {
        closed = true;
        for (Lane lane : publishLanes) {
            lane.close();
        }
        for (Lane lane : otherLanes) {
            lane.close();
        }
        whereabouts.wake();
    }
}
