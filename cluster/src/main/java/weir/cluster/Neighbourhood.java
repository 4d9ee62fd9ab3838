package weir.cluster;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import weir.cluster.forward.ClusterView;
import weir.cluster.forward.Wire;
import weir.cluster.peer.PeerCalls;
import weir.cluster.peer.PeerRequest;
import weir.cluster.peer.PeerUnreachableException;
import weir.cluster.placement.Definitions;
import weir.cluster.placement.Node;
import weir.cluster.replication.Member;
import weir.cluster.shard.Patience;
import weir.core.Bytes;
import weir.core.broker.Neighbours;
import weir.core.broker.NodeDownException;
import weir.core.broker.OutcomeUnknownException;
import weir.core.codec.CorruptDataException;
import weir.core.codec.Reader;

/** The fronts of other nodes, over the calls between nodes; and what is asked of this node's own. */
final class Neighbourhood implements Neighbours {
    private static final Logger LOG = LoggerFactory.getLogger(Neighbourhood.class);
    private static final int FRAME_BYTES = 64;

    private final ClusterView view;
    private final Definitions definitions;
    private final PeerCalls peers;
    private final Map<String, Answering> served = new ConcurrentHashMap<>();

    Neighbourhood(ClusterView view, Definitions definitions, PeerCalls peers) {
        this.view = view;
        this.definitions = definitions;
        this.peers = peers;
    }

    @Override
    public int self() {
        return view.self();
    }

    @Override
    public List<Integer> others() {
        return definitions.nodes().stream()
                .map(Node::number)
                .filter(number -> number != view.self())
                .toList();
    }

    @Override
    public void serve(String front, Answering answering) {
        served.put(front, answering);
    }

    // ---- Answering

    /** For the desk: another node's front asks its namesake here. */
    Bytes answer(Bytes request) throws InterruptedException {
        Reader in = new Reader(request);
        if (!Wire.isKnown(in)) {
            return Wire.otherVersion();
        }
        try {
            String front = in.text();
            Bytes question = in.raw(in.remaining());
            Answering answering = served.get(front);
            if (answering == null) {
                return Wire.nothingDone("the front " + front + " is not open here");
            }
            Bytes answer = answering.answer(question);
            return Wire.ok(answer.length() + FRAME_BYTES, out -> out.raw(answer));
        } catch (CorruptDataException e) {
            LOG.warn("A question of another node's front cannot be read: {}", e.getMessage());
            return Wire.nothingDone("the question cannot be read: " + e.getMessage());
        }
    }

    // ---- Asking

    @Override
    public Bytes ask(int node, String front, Bytes question, Duration patience)
            throws NodeDownException, OutcomeUnknownException, InterruptedException {
        return await(node, begin(node, front, question, patience), patience);
    }

    private CompletableFuture<Bytes> begin(int node, String front, Bytes question, Duration patience) {
        Optional<Member> member = view.member(node);
        if (member.isEmpty()) {
            return CompletableFuture.failedFuture(new NodeDownException("there is no node " + node, null));
        }
        Bytes request = Wire.request(question.length() + FRAME_BYTES)
                .text(front)
                .raw(question)
                .bytes();
        return peers.call(member.get().host(), member.get().port(), PeerRequest.FRONT, request, patience);
    }

    private static Bytes await(int node, CompletableFuture<Bytes> call, Duration patience)
            throws NodeDownException, OutcomeUnknownException, InterruptedException {
        Bytes answer;
        try {
            answer = Patience.get(call, patience.toNanos());
        } catch (TimeoutException _) {
            throw new OutcomeUnknownException("no answer from node " + node + " within " + patience);
        } catch (ExecutionException e) {
            throw failure(node, e);
        }
        try {
            return switch (Wire.answer(answer, in -> in.raw(in.remaining()))) {
                case Wire.Answer.Ok<Bytes>(Bytes said) -> said;
                case Wire.Answer.NotLeading<Bytes> _ ->
                    throw new OutcomeUnknownException("node " + node + " gave an answer that means nothing here");
                case Wire.Answer.Unknown<Bytes>(String why) -> throw new OutcomeUnknownException(why);
                case Wire.Answer.NothingDone<Bytes>(String why) -> throw new OutcomeUnknownException(why);
            };
        } catch (CorruptDataException e) {
            throw new OutcomeUnknownException("node " + node + " gave an answer that cannot be read", e);
        }
    }

    private static OutcomeUnknownException failure(int node, ExecutionException failed) throws NodeDownException {
        return switch (failed.getCause()) {
            case PeerUnreachableException unreachable
            when unreachable.isRefused() -> throw new NodeDownException("node " + node + " does not run", unreachable);
            case NodeDownException none -> throw none;
            case OutcomeUnknownException unknown -> unknown;
            case null, default ->
                new OutcomeUnknownException("node " + node + " did not answer: " + failed.getCause(), failed);
        };
    }
}
