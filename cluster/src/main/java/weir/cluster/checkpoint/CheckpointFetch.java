package weir.cluster.checkpoint;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.zip.CRC32C;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import weir.cluster.ClusterLimits;
import weir.cluster.peer.PeerCalls;
import weir.cluster.peer.PeerFailedException;
import weir.cluster.peer.PeerRequest;
import weir.cluster.replication.GroupId;
import weir.cluster.replication.LogPosition;
import weir.cluster.replication.Member;
import weir.core.Bytes;
import weir.core.codec.Reader;
import weir.storage.Checkpoint;
import weir.storage.Intake;
import weir.storage.Pace;
import weir.storage.PinnedCheckpoint;

/**
 * Copies a leader's checkpoint to this node: what of it is not here already, piece by piece, each file verified before it is
 * used. What fails is asked again; what has arrived whole is there for the next try. The other side is {@link
 * CheckpointSource}.
 */
public final class CheckpointFetch {
    private static final Logger LOG = LoggerFactory.getLogger(CheckpointFetch.class);

    private final PeerCalls calls;
    private final Duration retry;

    public CheckpointFetch(PeerCalls calls) {
        this(calls, ClusterLimits.RETRY);
    }

    CheckpointFetch(PeerCalls calls, Duration retry) {
        this.calls = calls;
        this.retry = retry;
    }

    /**
     * Takes over a checkpoint of the leader's that ends at {@code firstKept - 1} or later. On a thread of its own; nothing is
     * applied meanwhile.
     *
     * @return where the replica stands now
     * @throws IOException if it did not succeed; the replica is what it was, and may try again
     */
    LogPosition takeOver(GroupId group, Member leader, long firstKept, Checkpointer into)
            throws IOException, InterruptedException {
        try {
            into.suspend();
            return takeOverSuspended(group, leader, firstKept, into);
        } finally {
            into.resume();
        }
    }

    private LogPosition takeOverSuspended(GroupId group, Member leader, long firstKept, Checkpointer into)
            throws IOException, InterruptedException {
        long began = System.nanoTime();
        Offer offer = open(group, leader, firstKept);
        try {
            Source from = new Source(leader, offer);
            if (offer.position().index()
                    < Math.max(firstKept - 1, into.applied().index())) {
                throw new IOException(leader + " offers a checkpoint of the " + group + " at "
                        + offer.position().index() + ", which is too old");
            }
            Bytes state = from.state();
            int fetched = 0;
            try (Intake intake = into.intake()) {
                intake.begin(Pace.NONE);
                for (int part = 0; part < offer.parts().size(); part++) {
                    fetched += take(from, part, intake) ? 1 : 0;
                }
                into.adopt(
                        intake,
                        new Checkpoint(offer.position().term(), offer.position().index(), state));
            }
            LOG.info(
                    "The {} has taken over a checkpoint of {} at {}: {} of its {} segments were not here; it took {} ms",
                    group,
                    leader,
                    offer.position().index(),
                    fetched,
                    offer.parts().size(),
                    Duration.ofNanos(System.nanoTime() - began).toMillis());
            return offer.position();
        } finally {
            var _ = call(leader, new CheckpointCall.Close(offer.reader()), ClusterLimits.ANSWER);
        }
    }

    private Offer open(GroupId group, Member leader, long firstKept) throws IOException, InterruptedException {
        Bytes answer =
                ask(leader, new CheckpointCall.Open(group, Math.max(0, firstKept - 1)), ClusterLimits.CHECKPOINT_MADE);
        try {
            return Offer.decode(answer);
        } catch (RuntimeException e) {
            throw new IOException(leader + " gave an answer that cannot be read: " + e.getMessage(), e);
        }
    }

    /** @return whether it had to be fetched */
    private static boolean take(Source from, int part, Intake intake) throws IOException, InterruptedException {
        PinnedCheckpoint.Part wanted = from.offer.parts().get(part);
        int crc = from.verify(part);
        if (intake.reuse(wanted, crc, Pace.NONE)) {
            return false;
        }
        try (Intake.Arriving arriving = intake.fetch(wanted, crc)) {
            from.read(part, wanted.bodyBytes(), arriving::write);
            arriving.finish();
        }
        return true;
    }

    /** The leader's side of one copy. */
    private final class Source {
        private final Member leader;
        private final Offer offer;

        Source(Member leader, Offer offer) {
            this.leader = leader;
            this.offer = offer;
        }

        Bytes state() throws IOException, InterruptedException {
            byte[] state = new byte[offer.stateBytes()];
            int[] at = {0};
            read(CheckpointCall.STATE, state.length, piece -> {
                System.arraycopy(piece.array(), piece.offset(), state, at[0], piece.length());
                at[0] += piece.length();
            });
            CRC32C crc = new CRC32C();
            crc.update(state);
            if ((int) crc.getValue() != offer.stateCrc()) {
                throw new IOException("the state that arrived from " + leader + " does not match its checksum");
            }
            return Bytes.of(state);
        }

        int verify(int part) throws IOException, InterruptedException {
            Bytes answer = again(new CheckpointCall.Verify(offer.reader(), part), ClusterLimits.SEGMENT_VERIFIED);
            if (answer.length() != Integer.BYTES) {
                throw new IOException(leader + " answered with " + answer.length() + " bytes in place of a checksum");
            }
            return new Reader(answer).i32();
        }

        void read(int part, long bytes, Pieces to) throws IOException, InterruptedException {
            for (long at = 0; at < bytes; at += ClusterLimits.CHECKPOINT_PIECE_BYTES) {
                int length = (int) Math.min(ClusterLimits.CHECKPOINT_PIECE_BYTES, bytes - at);
                Bytes piece =
                        again(new CheckpointCall.Read(offer.reader(), part, at, length), ClusterLimits.PIECE_SENT);
                if (piece.length() != length) {
                    throw new IOException(leader + " sent " + piece.length() + " bytes in place of " + length);
                }
                to.write(piece);
            }
        }

        /** Asks until it is answered, a bounded number of times: every call may be repeated. */
        private Bytes again(CheckpointCall call, Duration patience) throws IOException, InterruptedException {
            for (int tries = 1; ; tries++) {
                try {
                    return ask(leader, call, patience);
                } catch (PeerFailedException e) {
                    throw e; // It will say the same again: what it keeps for us is gone, or it has found damage.
                } catch (IOException e) {
                    if (tries >= ClusterLimits.PIECE_TRIES) {
                        throw e;
                    }
                    LOG.debug("Asking {} again: {}", leader, e.getMessage());
                    Thread.sleep(retry);
                }
            }
        }
    }

    private interface Pieces {
        void write(Bytes piece) throws IOException;
    }

    private Bytes ask(Member leader, CheckpointCall call, Duration patience) throws IOException, InterruptedException {
        CompletableFuture<Bytes> answer = call(leader, call, patience);
        try {
            return answer.get();
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            if (cause instanceof PeerFailedException failed) {
                throw failed;
            }
            throw new IOException("no answer from " + leader + ": " + (cause == null ? e : cause).getMessage(), e);
        } catch (InterruptedException e) {
            answer.cancel(true);
            throw e;
        }
    }

    private CompletableFuture<Bytes> call(Member leader, CheckpointCall call, Duration patience) {
        return calls.call(leader.host(), leader.port(), PeerRequest.CHECKPOINT, CheckpointCall.encode(call), patience);
    }
}
