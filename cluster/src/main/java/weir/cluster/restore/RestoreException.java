package weir.cluster.restore;

/** A copy cannot be made or used. The message says why and what to do; nothing of the source was changed. */
public final class RestoreException extends Exception {
    private static final long serialVersionUID = 1;

    RestoreException(String message) {
        super(message);
    }
}
