package weir.cluster.checkpoint;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import weir.cluster.peer.PeerCalls;
import weir.cluster.peer.PeerFailedException;
import weir.cluster.peer.PeerRequest;
import weir.cluster.peer.PeerUnreachableException;
import weir.core.Bytes;
import weir.core.broker.OutcomeUnknownException;

/** The other node is in the same process; the way to it is cut or garbled on request. */
final class LocalPeers implements PeerCalls {
    private final CheckpointSource source;
    final AtomicInteger calls = new AtomicInteger();
    final AtomicInteger pieces = new AtomicInteger();
    /** So many of the next calls come to nothing, in one way or another. */
    final AtomicInteger failing = new AtomicInteger();

    volatile UnaryOperator<Bytes> garbled = UnaryOperator.identity();
    /** Run before each piece is answered. */
    volatile Runnable onPiece = () -> {};

    LocalPeers(CheckpointSource source) {
        this.source = source;
    }

    @Override
    public CompletableFuture<Bytes> call(String host, int port, PeerRequest kind, Bytes request, Duration patience) {
        int number = calls.incrementAndGet();
        boolean close = CheckpointCall.decode(request) instanceof CheckpointCall.Close;
        if (!close && failing.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
            return CompletableFuture.failedFuture(
                    number % 2 == 0
                            ? new PeerUnreachableException("cut", new java.io.IOException("cut"))
                            : new OutcomeUnknownException("no answer"));
        }
        try {
            if (CheckpointCall.decode(request) instanceof CheckpointCall.Read) {
                pieces.incrementAndGet();
                onPiece.run();
                return CompletableFuture.completedFuture(garbled.apply(source.answer(request)));
            }
            return CompletableFuture.completedFuture(source.answer(request));
        } catch (Exception e) {
            return CompletableFuture.failedFuture(new PeerFailedException(String.valueOf(e.getMessage())));
        }
    }
}
