package weir.cluster.peer;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import weir.core.Bytes;

/** The way to other nodes. Safe for use by many threads; calls do not wait for each other. */
public interface PeerCalls {
    /** The largest request or answer: a fan-out or ten of the largest messages, with what stands around them. */
    int BYTES_MAX = 32 * 1024 * 1024;

    /**
     * Asks a node. The future completes on a thread of the transport: do little there and do not wait. It fails with
     * <ul>
     *   <li>{@link PeerUnreachableException}: the node did not get the request, nothing was done;
     *   <li>{@link PeerFailedException}: its {@link PeerService} threw, the message says what;
     *   <li>{@link weir.core.broker.OutcomeUnknownException}: no answer came, in time or at all.
     * </ul>
     *
     * @param host and {@code port}: of the node's cluster listener
     */
    CompletableFuture<Bytes> call(String host, int port, PeerRequest kind, Bytes request, Duration patience);
}
