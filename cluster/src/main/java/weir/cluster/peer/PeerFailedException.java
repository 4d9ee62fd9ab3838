package weir.cluster.peer;

import java.io.IOException;

/** The other node could not do what it was asked; the message is its own. */
public final class PeerFailedException extends IOException {
    private static final long serialVersionUID = 1;

    public PeerFailedException(String message) {
        super(message);
    }
}
