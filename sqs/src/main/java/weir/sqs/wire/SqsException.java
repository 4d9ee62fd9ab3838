package weir.sqs.wire;

/** A request, or one entry of a batch, is answered with an error. Part of normal work, so it carries no stack trace. */
public final class SqsException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final SqsError error;
    private final String text;

    SqsException(SqsError error, String text) {
        super(text, null, false, false);
        this.error = error;
        this.text = text;
    }

    public SqsError error() {
        return error;
    }

    /** What the client reads. */
    public String text() {
        return text;
    }
}
