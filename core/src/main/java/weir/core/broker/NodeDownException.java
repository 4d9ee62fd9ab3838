package weir.core.broker;

/** Nothing listens at the other node's address, and its machine says so: the process that was there has ended. */
public final class NodeDownException extends Exception {
    private static final long serialVersionUID = 1;

    public NodeDownException(String message, Throwable cause) {
        super(message, cause);
    }
}
