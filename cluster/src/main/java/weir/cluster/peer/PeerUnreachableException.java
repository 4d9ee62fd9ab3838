package weir.cluster.peer;

import java.io.IOException;

/** The other node did not get the request: nothing was done, and the same may be asked again or of somebody else. */
public final class PeerUnreachableException extends IOException {
    private static final long serialVersionUID = 1;

    public PeerUnreachableException(String message, Throwable cause) {
        super(message, cause);
    }
}
