package weir.cluster.forward;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import weir.cluster.peer.PeerCalls;
import weir.cluster.peer.PeerFailedException;
import weir.cluster.peer.PeerRequest;
import weir.cluster.peer.PeerUnreachableException;
import weir.cluster.replication.Member;
import weir.cluster.shard.Patience;
import weir.core.Bytes;
import weir.core.broker.OutcomeUnknownException;
import weir.core.codec.CorruptDataException;

/**
 * One question to one node that is believed to lead a group, on the caller's thread. Ends early when another node has come to
 * lead meanwhile: then no answer will come, or it does not count.
 */
public final class PeerCall {
    private final PeerCalls peers;
    private final Member member;
    private final Whereabouts whereabouts;

    public PeerCall(PeerCalls peers, Member member, Whereabouts whereabouts) {
        this.peers = peers;
        this.member = member;
        this.whereabouts = whereabouts;
    }

    /**
     * @throws PeerUnreachableException nothing was done
     * @throws OutcomeUnknownException no answer came, or none that can be understood
     */
    public <T> Wire.Answer<T> answer(PeerRequest kind, Bytes request, Duration patience, Wire.Read<T> read)
            throws PeerUnreachableException, OutcomeUnknownException, InterruptedException {
        Bytes answer = await(begin(kind, request, patience), patience);
        try {
            return Wire.answer(answer, read);
        } catch (CorruptDataException e) {
            throw garbled(member, e);
        }
    }

    static OutcomeUnknownException garbled(Member member, CorruptDataException cause) {
        return new OutcomeUnknownException(
                member + " gave an answer that cannot be read: " + cause.getMessage(), cause);
    }

    CompletableFuture<Bytes> begin(PeerRequest kind, Bytes request, Duration patience) {
        return peers.call(member.host(), member.port(), kind, request, patience);
    }

    Bytes await(CompletableFuture<Bytes> answer, Duration patience)
            throws PeerUnreachableException, OutcomeUnknownException, InterruptedException {
        try (Whereabouts.Watch watch = whereabouts.watch(member.node())) {
            long nanos = patience.plus(ForwardLimits.ON_THE_WAY).toNanos();
            Patience.get(CompletableFuture.anyOf(answer, watch.elsewhere()), nanos);
            if (!answer.isDone()) {
                throw new OutcomeUnknownException(member + " was asked and leads no more; it may have done it before");
            }
            return answer.get();
        } catch (TimeoutException _) {
            throw new OutcomeUnknownException("no answer from " + member + " within " + patience);
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case PeerUnreachableException unreachable -> throw unreachable;
                case OutcomeUnknownException unknown -> throw unknown;
                case PeerFailedException failed ->
                    throw new OutcomeUnknownException(member + " failed: " + failed.getMessage(), failed);
                case null, default -> throw new OutcomeUnknownException("asking " + member + " failed: " + e, e);
            }
        }
    }
}
