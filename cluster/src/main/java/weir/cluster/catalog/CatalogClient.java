package weir.cluster.catalog;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import weir.cluster.ClusterLimits;
import weir.cluster.forward.PeerCall;
import weir.cluster.forward.Whereabouts;
import weir.cluster.forward.Wire;
import weir.cluster.peer.PeerCalls;
import weir.cluster.peer.PeerRequest;
import weir.cluster.peer.PeerUnreachableException;
import weir.cluster.replication.Member;
import weir.cluster.replication.ReplicatedLog;
import weir.cluster.shard.Patience;
import weir.core.Bytes;
import weir.core.broker.OutcomeUnknownException;
import weir.core.catalog.CatalogCommand;
import weir.core.catalog.CatalogReply;
import weir.core.codec.CatalogCodec;
import weir.core.codec.CatalogReplyCodec;
import weir.core.codec.Reader;

/**
 * The catalog for callers on this node, whichever node leads it. A change is made at the leader, and answered when this
 * node's own replica has it, so that its caller sees it here. Looking up is this replica's, at once; {@link #catchUp} is for
 * who is about to say that something is not there.
 */
public final class CatalogClient implements AutoCloseable {
    private final int self;
    private final CatalogReplica replica;
    private final ReplicatedLog log;
    private final IntFunction<Optional<Member>> nodes;
    private final PeerCalls peers;
    private final Whereabouts whereabouts;

    private volatile boolean closed;
    // Guarded by this:
    private @Nullable CompletableFuture<Void> nextQuestion;
    private boolean asking;

    /** @param nodes where a node is, by its number */
    public CatalogClient(
            int self, CatalogReplica replica, ReplicatedLog log, IntFunction<Optional<Member>> nodes, PeerCalls peers) {
        this.self = self;
        this.replica = replica;
        this.log = log;
        this.nodes = nodes;
        this.peers = peers;
        this.whereabouts = new Whereabouts(log::leader, this::others, _ -> OptionalInt.empty());
    }

    private List<Integer> others() {
        return log.members().stream()
                .map(Member::node)
                .filter(node -> node != self)
                .toList();
    }

    /** For the node: its replica has come to lead the catalog, or has ceased to. Those who wait look again. */
    public void leadershipMoved() {
        whereabouts.wake();
    }

    // ---- Changes

    /**
     * Makes a change; when this returns, this node's replica has it. A change of unknown outcome is made again, as {@link
     * Repetition} says.
     *
     * @throws OutcomeUnknownException if no answer came in time, or it cannot be told whether the change was made
     */
    public CatalogReply change(CatalogCommand command) throws OutcomeUnknownException, InterruptedException {
        Repetition repetition = Repetition.of(command, replica.machine());
        boolean unknown = false;
        Search search = new Search();
        while (true) {
            try {
                if (unknown && repetition.looksFirst()) {
                    replica.awaitApplied(askIndex(search), search.left());
                    Optional<CatalogReply> done = repetition.carriedOut(replica.machine());
                    if (done.isPresent()) {
                        return done.get();
                    }
                }
                Changed changed = submit(command, search);
                replica.awaitApplied(changed.index(), search.left());
                return unknown ? repetition.answer(changed.reply(), replica.machine()) : changed.reply();
            } catch (OutcomeUnknownException e) {
                if (search.isOver() || repetition.isBlind()) {
                    throw e;
                }
                unknown = true;
                search.rest();
            }
        }
    }

    private Changed submit(CatalogCommand command, Search search) throws OutcomeUnknownException, InterruptedException {
        return search.ask(
                () -> replica.submit(command, search.left()),
                PeerRequest.CHANGE,
                () -> Wire.request(256)
                        .raw(CatalogCodec.encode(0, List.of(command)))
                        .bytes(),
                CatalogClient::changed);
    }

    private static Changed changed(Reader in) {
        long index = in.varint();
        return new Changed(CatalogReplyCodec.read(in), index);
    }

    /** How far the catalog was, at some moment after this was called. */
    private long askIndex(Search search) throws OutcomeUnknownException, InterruptedException {
        while (true) {
            try {
                return search.ask(
                        () -> replica.barrier(search.left()),
                        PeerRequest.CATALOG_INDEX,
                        () -> Wire.request(2).bytes(),
                        Reader::varint);
            } catch (OutcomeUnknownException e) {
                if (search.isOver()) {
                    throw e;
                }
                search.rest(); // An entry with nothing in it may as well be written twice.
            }
        }
    }

    private interface Here<T> {
        T ask() throws CatalogLedElsewhereException, OutcomeUnknownException, InterruptedException;
    }

    private interface Request {
        Bytes bytes();
    }

    /** The search for the leader, on behalf of one caller. */
    private final class Search {
        private final long endNanos = Patience.endNanos(ClusterLimits.ANSWER);
        private int pauses;

        boolean isOver() {
            return endNanos - System.nanoTime() <= 0 || closed;
        }

        Duration left() {
            return Duration.ofNanos(Math.max(0, endNanos - System.nanoTime()));
        }

        void rest() throws InterruptedException {
            pauses++;
            whereabouts.pause(pauses, Math.max(0, endNanos - System.nanoTime()));
        }

        /** @throws OutcomeUnknownException if whoever was asked did not answer, or nobody was found in time */
        <T> T ask(Here<T> here, PeerRequest kind, Request request, Wire.Read<T> read)
                throws OutcomeUnknownException, InterruptedException {
            while (!isOver()) {
                OptionalInt node = whereabouts.next();
                if (node.isPresent() && node.getAsInt() == self) {
                    try {
                        return here.ask();
                    } catch (CatalogLedElsewhereException _) {
                        whereabouts.notAt(self, 0);
                    }
                } else if (node.isPresent()) {
                    Optional<Wire.Answer<T>> answer = askNode(node.getAsInt(), kind, request.bytes(), read);
                    if (answer.isPresent()) {
                        switch (answer.get()) {
                            case Wire.Answer.Ok<T>(T value) -> {
                                whereabouts.isAt(node.getAsInt());
                                return value;
                            }
                            case Wire.Answer.NotLeading<T>(int leader) -> whereabouts.notAt(node.getAsInt(), leader);
                            case Wire.Answer.Unknown<T>(String why) -> throw new OutcomeUnknownException(why);
                            case Wire.Answer.NothingDone<T>(String why) -> throw new OutcomeUnknownException(why);
                        }
                    }
                }
                rest();
            }
            throw new OutcomeUnknownException("no node was found that leads the catalog in time");
        }

        private <T> Optional<Wire.Answer<T>> askNode(int node, PeerRequest kind, Bytes request, Wire.Read<T> read)
                throws OutcomeUnknownException, InterruptedException {
            Optional<Member> member = nodes.apply(node);
            try {
                if (member.isPresent()) {
                    PeerCall call = new PeerCall(peers, member.get(), whereabouts);
                    return Optional.of(call.answer(kind, request, left(), read));
                }
            } catch (PeerUnreachableException _) { // Then nothing was done, and the next one is asked.
            } catch (OutcomeUnknownException e) {
                whereabouts.notAt(node, 0);
                throw e;
            }
            whereabouts.notAt(node, 0);
            return Optional.empty();
        }
    }

    // ---- Catching up

    /**
     * Returns when this node's replica has everything that was answered, by whichever node, before this was called. Callers
     * at the same time share one question to the leader, and questions keep a distance, so that a flood of names that do
     * not exist is no flood at the leader.
     *
     * @throws OutcomeUnknownException if no leader was found, or this replica could not catch up, in time
     */
    public void catchUp() throws OutcomeUnknownException, InterruptedException {
        if (log.members().size() <= 1 && log.isLeader()) {
            return; // Whatever was answered was answered by this node.
        }
        long end = Patience.endNanos(ClusterLimits.ANSWER);
        CompletableFuture<Void> question;
        synchronized (this) {
            if (nextQuestion == null) {
                nextQuestion = new CompletableFuture<>();
            }
            question = nextQuestion;
            if (!asking) {
                asking = true;
                Thread.ofVirtual().name("weir-catalog-questions").start(this::askQuestions);
            }
        }
        try {
            question.get(Patience.nanosLeft(end), TimeUnit.NANOSECONDS);
        } catch (TimeoutException _) {
            throw new OutcomeUnknownException("the catalog's leader has not said how far it is");
        } catch (ExecutionException e) {
            throw e.getCause() instanceof OutcomeUnknownException unknown
                    ? unknown
                    : new OutcomeUnknownException("the catalog's leader cannot be asked: " + e.getCause(), e);
        }
    }

    /** One question after the other, each for all who came before it was begun. */
    private void askQuestions() {
        while (true) {
            CompletableFuture<Void> question;
            synchronized (this) {
                if (nextQuestion == null) {
                    asking = false;
                    return;
                }
                question = nextQuestion;
                nextQuestion = null;
            }
            try {
                Search search = new Search();
                replica.awaitApplied(askIndex(search), search.left());
                question.complete(null);
                TimeUnit.NANOSECONDS.sleep(ClusterLimits.CATALOG_QUESTIONS_APART.toNanos());
            } catch (OutcomeUnknownException | InterruptedException | RuntimeException e) {
                question.completeExceptionally(e);
            }
        }
    }

    /** Ends the search for a leader; to be called when the node stops. */
    @Override
    public void close() {
        closed = true;
        whereabouts.wake();
    }
}
