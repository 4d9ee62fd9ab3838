package weir.core.broker;

/**
 * No answer came in time, or the shard's leader was lost. The command may or may not be applied, so this is to be
 * reported neither as success nor as refusal, and a retry is safe only with a deduplication id.
 */
public final class OutcomeUnknownException extends Exception {
    private static final long serialVersionUID = 1;

    public OutcomeUnknownException(String message, Throwable cause) {
        super(message, cause);
    }

    public OutcomeUnknownException(String message) {
        super(message);
    }
}
