package weir.cluster.forward;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import weir.cluster.ClusterLimits;
import weir.cluster.peer.PeerRequest;
import weir.cluster.peer.PeerService;
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
import weir.core.codec.EntryCodec;
import weir.core.codec.FetchCodec;
import weir.core.codec.IdCodec;
import weir.core.codec.LookCodec;
import weir.core.codec.Reader;
import weir.core.codec.ReceiptCodec;
import weir.core.shard.Command;
import weir.core.shard.Reply;

/**
 * Does on the leader's side of this node what other nodes ask for their callers: SUBMIT, RECEIVE, PEEK, STATUS, FETCH, OFFSETS. It never asks
 * a third node: who does not lead says who does, so that no request goes in circles.
 */
public final class ShardService implements PeerService {
    private static final Logger LOG = LoggerFactory.getLogger(ShardService.class);

    private final ClusterView view;
    private final ConcurrentMap<ReceiveId, Waiting> receives = new ConcurrentHashMap<>();
    private final Semaphore fetches = new Semaphore(ForwardLimits.WAITING);

    private record ReceiveId(long asker, long number) {}

    /** A receive on the thread that carries it out; ended at most once, by its caller's leaving or by itself. */
    private static final class Waiting {
        private final Thread thread = Thread.currentThread();
        private boolean ended;

        synchronized void leave() {
            if (!ended) {
                thread.interrupt();
            }
        }

        /** Whoever leaves from now on does not interrupt what the thread does next. */
        synchronized void end() {
            ended = true;
        }
    }

    public ShardService(ClusterView view) {
        this.view = view;
    }

    @Override
    public Bytes answer(PeerRequest kind, Bytes request) throws InterruptedException {
        Reader in = new Reader(request);
        if (!Wire.isKnown(in)) {
            return Wire.otherVersion();
        }
        try {
            return switch (kind) {
                case SUBMIT -> submit(in);
                case RECEIVE -> receive(in);
                case PEEK -> peek(in);
                case STATUS -> status(in);
                case FETCH -> fetch(in);
                case OFFSETS -> offsets(in);
                case HELLO, JOIN, CHANGE, CATALOG_INDEX, REPLICAS, CHECKPOINT, FRONT ->
                    throw new IllegalArgumentException(kind + " is not for a shard");
            };
        } catch (CorruptDataException e) {
            LOG.warn("A request of another node cannot be read: {}", e.getMessage());
            return Wire.nothingDone("the request cannot be read: " + e.getMessage());
        }
    }

    private Bytes submit(Reader in) throws InterruptedException {
        int shard = in.count(Integer.MAX_VALUE);
        List<Bytes> commands = Wire.commands(in);
        Optional<Shard> local = view.local(shard);
        if (local.isEmpty()) {
            return Wire.notLeading(leaderElsewhere(shard));
        }
        long end = System.nanoTime() + ClusterLimits.ANSWER.toNanos();
        List<CompletableFuture<Wire.Answer<Reply>>> begun = new ArrayList<>(commands.size());
        for (Bytes command : commands) {
            begun.add(begin(shard, local.get(), command, end));
        }
        List<Wire.Answer<Reply>> answers = new ArrayList<>(commands.size());
        for (CompletableFuture<Wire.Answer<Reply>> one : begun) {
            answers.add(await(one, end));
        }
        return Wire.submitted(view.leader(shard).orElse(0), answers);
    }

    private CompletableFuture<Wire.Answer<Reply>> begin(int shard, Shard local, Bytes bytes, long endNanos)
            throws InterruptedException {
        Command command;
        try {
            command = EntryCodec.read(new Reader(bytes));
        } catch (CorruptDataException e) {
            return done(new Wire.Answer.NothingDone<>("the command cannot be read: " + e.getMessage()));
        }
        if (System.nanoTime() - endNanos > 0) {
            return done(new Wire.Answer.NothingDone<>("those before it took too long; nothing was done"));
        }
        try {
            return local.begin(command).handle((reply, failure) -> answerOf(shard, reply, failure));
        } catch (OutcomeUnknownException e) {
            return done(new Wire.Answer.NothingDone<>(String.valueOf(e.getMessage())));
        }
    }

    private Wire.Answer<Reply> answerOf(
            int shard,
            @org.jspecify.annotations.Nullable Reply reply,
            @org.jspecify.annotations.Nullable Throwable failure) {
        if (reply != null) {
            return new Wire.Answer.Ok<>(reply);
        }
        return ShardRouter.causeOf(failure) instanceof NotLeadingException
                ? new Wire.Answer.NotLeading<>(leaderElsewhere(shard))
                : new Wire.Answer.Unknown<>(String.valueOf(failure));
    }

    private static CompletableFuture<Wire.Answer<Reply>> done(Wire.Answer<Reply> answer) {
        return CompletableFuture.completedFuture(answer);
    }

    private static Wire.Answer<Reply> await(CompletableFuture<Wire.Answer<Reply>> answer, long endNanos)
            throws InterruptedException {
        try {
            return Patience.get(answer, endNanos - System.nanoTime());
        } catch (TimeoutException _) {
            return new Wire.Answer.Unknown<>("no answer from the log within " + ClusterLimits.ANSWER);
        } catch (ExecutionException e) {
            return new Wire.Answer.Unknown<>("the log failed: " + e.getCause());
        }
    }

    private Bytes receive(Reader in) throws InterruptedException {
        int kind = in.u8();
        ReceiveId id = new ReceiveId(in.i64(), in.varint());
        if (kind == ReceiveKind.LEAVE.code()) {
            Waiting waiting = receives.get(id);
            if (waiting != null) {
                waiting.leave();
            }
            return Wire.ok(16, _ -> {});
        }
        if (kind != ReceiveKind.ARRIVE.code() && kind != ReceiveKind.ARRIVE_AT_ANY.code()) {
            throw new CorruptDataException("no receive has the kind " + kind);
        }
        int shard = in.count(Integer.MAX_VALUE);
        Wanted plain = Wire.wanted(in, kind == ReceiveKind.ARRIVE.code());
        Duration patience = Duration.ofMillis(in.count(Integer.MAX_VALUE));
        Wanted wanted = Wire.withRest(in, plain);
        Optional<Shard> local = view.local(shard);
        if (local.isEmpty()) {
            return Wire.notLeading(leaderElsewhere(shard));
        }
        if (receives.size() >= ForwardLimits.WAITING) {
            return tooManyWait();
        }
        Waiting waiting = new Waiting();
        receives.put(id, waiting);
        Receipt receipt;
        try {
            receipt = local.get().receive(wanted, patience);
        } catch (NotLeadingException _) {
            return Wire.notLeading(leaderElsewhere(shard));
        } catch (OutcomeUnknownException e) {
            return Wire.unknown(String.valueOf(e.getMessage()));
        } finally {
            receives.remove(id);
            waiting.end();
        }
        if (Thread.interrupted() && receipt instanceof Receipt.Received(List<Delivery> deliveries, boolean tooMany)) {
            giveBack(local.get(), deliveries); // The caller left when it had just been given something.
            receipt = new Receipt.Received(List.of(), tooMany);
        }
        return receipt(local.get(), wanted.partitions().getFirst(), receipt);
    }

    private static Bytes tooManyWait() {
        return Wire.nothingDone(
                "more than " + ForwardLimits.WAITING + " callers of other nodes wait here; nothing was done");
    }

    /** As much of it as one answer may hold; the rest is ready again at its old place. */
    private static Bytes receipt(Shard local, PartitionId partition, Receipt receipt) throws InterruptedException {
        Receipt fitting = receipt;
        PartitionId from = partition;
        long bytes = 0;
        if (receipt instanceof Receipt.Received(List<Delivery> deliveries, boolean tooMany)) {
            from = deliveries.isEmpty() ? partition : deliveries.getFirst().partition(); // All are from one.
            int count = 0;
            for (; count < deliveries.size(); count++) {
                boolean shared =
                        count > 0 && ReceiptCodec.sharesPayload(deliveries.get(count - 1), deliveries.get(count));
                long more = shared ? 0 : deliveries.get(count).payload().length();
                if (count > 0 && bytes + more > ForwardLimits.ANSWER_BYTES) {
                    break;
                }
                bytes += more;
            }
            if (count < deliveries.size()) {
                giveBack(local, deliveries.subList(count, deliveries.size()));
                fitting = new Receipt.Received(deliveries.subList(0, count), tooMany);
            }
        }
        Receipt answered = fitting;
        PartitionId of = from;
        return Wire.ok((int) bytes + 256, out -> ReceiptCodec.write(out, of, answered));
    }

    private static void giveBack(Shard local, List<Delivery> deliveries) throws InterruptedException {
        try {
            for (Command.Release release : Delivery.giveBack(deliveries)) {
                var _ = local.begin(release);
            }
        } catch (OutcomeUnknownException e) {
            LOG.warn("Messages that nobody was given stay leased until their time is over: {}", e.getMessage());
        }
    }

    private Bytes peek(Reader in) throws InterruptedException {
        int shard = in.count(Integer.MAX_VALUE);
        PartitionId partition = IdCodec.readPartition(in);
        Position from = IdCodec.readPosition(in);
        int max = in.count(Integer.MAX_VALUE);
        return look(shard, local -> {
            List<Peeked> all = local.peek(partition, from, max);
            int count = 0;
            long bytes = 0;
            for (; count < all.size(); count++) {
                long more = all.get(count).payload().length();
                if (count > 0 && bytes + more > ForwardLimits.ANSWER_BYTES) {
                    break;
                }
                bytes += more;
            }
            List<Peeked> page = all.subList(0, count);
            boolean cut = count < all.size();
            return Wire.ok((int) bytes + 256, out -> {
                LookCodec.write(out, page);
                out.bool(cut);
            });
        });
    }

    private Bytes status(Reader in) throws InterruptedException {
        int shard = in.count(Integer.MAX_VALUE);
        PartitionId partition = IdCodec.readPartition(in);
        return look(shard, local -> {
            Optional<PartitionStatus> status = local.status(partition);
            return Wire.ok(64, out -> LookCodec.write(out, status));
        });
    }

    private Bytes fetch(Reader in) throws InterruptedException {
        int shard = in.count(Integer.MAX_VALUE);
        List<Fetch> wanted = FetchCodec.readFetches(in);
        int bytesMax = Math.min(in.count(Integer.MAX_VALUE), ForwardLimits.ANSWER_BYTES);
        Duration patience = Duration.ofMillis(in.count(Integer.MAX_VALUE));
        if (!fetches.tryAcquire()) {
            return tooManyWait();
        }
        try {
            return look(shard, local -> {
                List<FetchOutcome> outcomes = local.fetch(wanted, bytesMax, patience);
                return Wire.ok(1024, out -> FetchCodec.write(out, outcomes));
            });
        } finally {
            fetches.release();
        }
    }

    private Bytes offsets(Reader in) throws InterruptedException {
        int shard = in.count(Integer.MAX_VALUE);
        PartitionId partition = IdCodec.readPartition(in);
        long atMillis = in.varint();
        return look(shard, local -> {
            Optional<TopicOffsets> offsets = local.offsets(partition, atMillis);
            return Wire.ok(64, out -> FetchCodec.write(out, offsets));
        });
    }

    private interface Look {
        Bytes at(Shard local) throws OutcomeUnknownException, NotLeadingException, InterruptedException;
    }

    private Bytes look(int shard, Look look) throws InterruptedException {
        Optional<Shard> local = view.local(shard);
        if (local.isEmpty()) {
            return Wire.notLeading(leaderElsewhere(shard));
        }
        try {
            return look.at(local.get());
        } catch (NotLeadingException _) {
            return Wire.notLeading(leaderElsewhere(shard));
        } catch (OutcomeUnknownException e) {
            return Wire.unknown(String.valueOf(e.getMessage()));
        }
    }

    /** Who leads, if not this node; 0 if it is not known. */
    private int leaderElsewhere(int shard) {
        int leader = view.leader(shard).orElse(0);
        return leader == view.self() ? 0 : leader;
    }
}
