package weir.core.broker;

import org.jspecify.annotations.Nullable;

/**
 * Nothing listens at the other node's address, and its machine says so: the process that was there has ended. Or there is no node
 * of that number.
 */
public final class NodeDownException extends Exception {
    private static final long serialVersionUID = 1;

    public NodeDownException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
