package weir.sqs.policy;

/** A text that is no policy. The front has its own words for it; the message is for whoever looks closer. */
public final class PolicyException extends Exception {
    private static final long serialVersionUID = 1;

    /** @param message what is wrong with it */
    PolicyException(String message) {
        super(message, null, false, false);
    }
}
