package weir.cluster.peer;

import java.io.IOException;

/** The other node did not get the request: nothing was done, and the same may be asked again or of somebody else. */
public final class PeerUnreachableException extends IOException {
    private static final long serialVersionUID = 1;

    private final boolean refused;

    public PeerUnreachableException(String message, Throwable cause) {
        this(message, cause, false);
    }

    /** @param refused whether its machine says that nothing listens at that port */
    public PeerUnreachableException(String message, Throwable cause, boolean refused) {
        super(message, cause);
        this.refused = refused;
    }

    /** Whether its machine has said that nothing listens there: then the process is not running. Else it may be. */
    public boolean isRefused() {
        return refused;
    }
}
