package weir.cluster.forward;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import weir.cluster.ClusterLimits;
import weir.cluster.peer.PeerCalls;
import weir.cluster.peer.PeerRequest;
import weir.cluster.peer.PeerUnreachableException;
import weir.cluster.replication.Member;
import weir.cluster.shard.NotLeadingException;
import weir.cluster.shard.Patience;
import weir.cluster.shard.Shard;
import weir.cluster.shard.Wanted;
import weir.core.Bytes;
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
import weir.core.codec.CorruptDataException;
import weir.core.codec.FetchCodec;
import weir.core.codec.IdCodec;
import weir.core.codec.LookCodec;
import weir.core.codec.ReceiptCodec;
import weir.core.codec.Writer;
import weir.core.shard.Command;
import weir.core.shard.Reply;

/**
 * The leader's side of a shard on another node: each call is one request there, made once. Who is told that nothing was done
 * ({@link NotLeadingException}: the node does not lead, or was not reached) asks the next one; see {@link ShardRouter}.
 */
public final class RemoteShard implements Shard {
    /** Tells this process's receives from those of another, or of an earlier run of the same node. */
    private static final long ASKER = ThreadLocalRandom.current().nextLong();

    private static final AtomicLong RECEIVES = new AtomicLong();

    private final int shard;
    private final Member member;
    private final Whereabouts whereabouts;
    private final PeerCall call;
    private final Consumer<Command> late;
    private final long endNanos;

    /**
     * @param late takes the release of messages that came for a caller who had gone
     * @param endNanos until when its callers wait for answers, by {@link System#nanoTime}
     */
    RemoteShard(
            int shard, Member member, PeerCalls peers, Whereabouts whereabouts, Consumer<Command> late, long endNanos) {
        this.endNanos = endNanos;
        this.shard = shard;
        this.member = member;
        this.whereabouts = whereabouts;
        this.call = new PeerCall(peers, member, whereabouts);
        this.late = late;
    }

    /** Sends the commands in one request, to be begun there in this order. Each is answered for itself. */
    List<Wire.Answer<Reply>> submit(List<Command> commands, Duration patience)
            throws NotLeadingException, OutcomeUnknownException, InterruptedException {
        Wire.Submitted submitted = ask(PeerRequest.SUBMIT, Wire.submit(shard, commands), patience, Wire::submitted);
        if (submitted.answers().size() != commands.size()) {
            throw new OutcomeUnknownException(
                    member + " answered " + submitted.answers().size() + " of " + commands.size() + " commands");
        }
        for (Wire.Answer<Reply> answer : submitted.answers()) {
            if (answer instanceof Wire.Answer.NotLeading<Reply>(int leader)) {
                whereabouts.notAt(member.node(), leader);
            }
        }
        return submitted.answers();
    }

    /** Who leads the shard, as that node knows. */
    OptionalInt leader(Duration patience) throws InterruptedException {
        try {
            Wire.Answer<Wire.Submitted> answer =
                    call.answer(PeerRequest.SUBMIT, Wire.submit(shard, List.of()), patience, Wire::submitted);
            int leader =
                    switch (answer) {
                        case Wire.Answer.Ok<Wire.Submitted>(Wire.Submitted submitted) -> submitted.leader();
                        case Wire.Answer.NotLeading<Wire.Submitted>(int other) -> other;
                        case Wire.Answer.Unknown<Wire.Submitted> _, Wire.Answer.NothingDone<Wire.Submitted> _ -> 0;
                    };
            return leader == 0 ? OptionalInt.empty() : OptionalInt.of(leader);
        } catch (PeerUnreachableException | OutcomeUnknownException _) {
            return OptionalInt.empty(); // Another one is asked next.
        }
    }

    /** One command alone, sent by a thread of its own. Many are sent together by {@link ShardRouter#begin}. */
    @Override
    public CompletableFuture<Reply> begin(Command command) {
        CompletableFuture<Reply> reply = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try {
                reply.complete(
                        value(submit(List.of(command), Patience.left(endNanos)).getFirst()));
            } catch (NotLeadingException | OutcomeUnknownException | InterruptedException | RuntimeException e) {
                reply.completeExceptionally(e);
            }
        });
        return reply;
    }

    /**
     * Receives there. A caller that is interrupted, or whose node has ceased to lead, is taken out of the wait there; what it
     * is given all the same goes back at once.
     */
    @Override
    public Receipt receive(Wanted wanted, Duration patience)
            throws OutcomeUnknownException, NotLeadingException, InterruptedException {
        long id = RECEIVES.incrementAndGet();
        Writer out = Wire.receive(ASKER, id, shard, wanted, patience);
        Duration whole = Patience.left(endNanos); // Which has the patience in it.
        CompletableFuture<Bytes> answer = call.begin(PeerRequest.RECEIVE, out.bytes(), whole);
        if (patience.isPositive()) {
            wanted.waiting().run(); // As far as is known here.
        }
        try {
            return value(read(call.await(answer, whole), ReceiptCodec::read));
        } catch (InterruptedException | OutcomeUnknownException e) {
            leave(id);
            var _ = answer.thenAccept(this::giveBack);
            throw e;
        } catch (PeerUnreachableException _) {
            throw inVain(0);
        }
    }

    private <T> Wire.Answer<T> read(Bytes answer, Wire.Read<T> value) throws OutcomeUnknownException {
        try {
            return Wire.answer(answer, value);
        } catch (CorruptDataException e) {
            throw PeerCall.garbled(member, e);
        }
    }

    /** Nobody need know whether it arrives: a receive that is not told to leave ends by its own patience. */
    private void leave(long id) {
        Writer out = Wire.request(32).u8(ReceiveKind.LEAVE.code()).i64(ASKER).varint(id);
        var _ = call.begin(PeerRequest.RECEIVE, out.bytes(), ClusterLimits.ANSWER);
    }

    /** On a thread of the transport. */
    private void giveBack(Bytes answer) {
        if (Wire.answer(answer, ReceiptCodec::read)
                        instanceof Wire.Answer.Ok<Receipt>(Receipt.Received(List<Delivery> deliveries, boolean _))
                && !deliveries.isEmpty()) {
            Delivery.giveBack(deliveries).forEach(late);
        }
    }

    @Override
    public List<Peeked> peek(PartitionId partition, Position from, int max)
            throws OutcomeUnknownException, NotLeadingException, InterruptedException {
        List<Peeked> all = new ArrayList<>();
        Position next = from;
        boolean more = true;
        while (more && all.size() < max) {
            Writer out = Wire.request(64).varint(shard);
            IdCodec.write(out, partition);
            IdCodec.write(out, next);
            out.varint(max - all.size());
            Page page = ask(
                    PeerRequest.PEEK,
                    out.bytes(),
                    Patience.left(endNanos),
                    in -> new Page(LookCodec.readPeeked(in), in.bool()));
            all.addAll(page.messages());
            more = page.more() && !page.messages().isEmpty();
            if (more) {
                Position last = page.messages().getLast().position();
                next = new Position(last.level(), last.offset() + 1);
            }
        }
        return all;
    }

    /** @param more whether messages were left out for their size */
    private record Page(List<Peeked> messages, boolean more) {}

    @Override
    public Optional<PartitionStatus> status(PartitionId partition)
            throws OutcomeUnknownException, NotLeadingException, InterruptedException {
        Writer out = Wire.request(32).varint(shard);
        IdCodec.write(out, partition);
        return ask(PeerRequest.STATUS, out.bytes(), Patience.left(endNanos), LookCodec::readStatus);
    }

    /** A caller that goes ends its wait there, too; what it might have been told is no loss. */
    @Override
    public List<FetchOutcome> fetch(List<Fetch> fetches, int bytesMax, Duration patience)
            throws OutcomeUnknownException, NotLeadingException, InterruptedException {
        Writer out = Wire.request(64 + 24 * fetches.size()).varint(shard);
        FetchCodec.writeFetches(out, fetches);
        out.varint(bytesMax).varint(patience.toMillis());
        Duration whole = Patience.left(endNanos); // Which has the patience in it.
        CompletableFuture<Bytes> answer = call.begin(PeerRequest.FETCH, out.bytes(), whole);
        List<FetchOutcome> outcomes;
        try {
            outcomes = value(read(call.await(answer, whole), FetchCodec::read));
        } catch (PeerUnreachableException _) {
            throw inVain(0);
        } finally {
            answer.cancel(true); // Does nothing once it is there.
        }
        if (outcomes.size() != fetches.size()) {
            throw new OutcomeUnknownException(
                    member + " answered " + outcomes.size() + " of " + fetches.size() + " fetches");
        }
        return outcomes;
    }

    @Override
    public Optional<TopicOffsets> offsets(PartitionId partition, long atMillis)
            throws OutcomeUnknownException, NotLeadingException, InterruptedException {
        Writer out = Wire.request(32).varint(shard);
        IdCodec.write(out, partition);
        out.varint(atMillis);
        return ask(PeerRequest.OFFSETS, out.bytes(), Patience.left(endNanos), FetchCodec::readOffsets);
    }

    private <T> T ask(PeerRequest kind, Bytes request, Duration patience, Wire.Read<T> read)
            throws OutcomeUnknownException, NotLeadingException, InterruptedException {
        try {
            return value(call.answer(kind, request, patience, read));
        } catch (PeerUnreachableException _) {
            throw inVain(0);
        }
    }

    private <T> T value(Wire.Answer<T> answer) throws NotLeadingException, OutcomeUnknownException {
        return switch (answer) {
            case Wire.Answer.Ok<T>(T value) -> {
                whereabouts.isAt(member.node());
                yield value;
            }
            case Wire.Answer.NotLeading<T>(int leader) -> throw inVain(leader);
            case Wire.Answer.Unknown<T>(String why) -> throw new OutcomeUnknownException(member + ": " + why);
            case Wire.Answer.NothingDone<T>(String why) -> throw new OutcomeUnknownException(member + ": " + why);
        };
    }

    private NotLeadingException inVain(int leader) {
        whereabouts.notAt(member.node(), leader);
        return new NotLeadingException(shard);
    }
}
