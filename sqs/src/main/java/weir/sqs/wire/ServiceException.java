package weir.sqs.wire;

/** A request, or one entry of a batch, is answered with an error. Part of normal work, so it carries no stack trace. */
public abstract sealed class ServiceException extends RuntimeException permits SqsException, SnsException {
    private static final long serialVersionUID = 1;

    private final String text;

    ServiceException(String text) {
        super(text, null, false, false);
        this.text = text;
    }

    /** What the Query protocol calls the error. */
    public abstract String code();

    /** Of the HTTP answer. */
    public abstract int status();

    /** What the client reads. */
    public String text() {
        return text;
    }

    public boolean isSendersFault() {
        return status() < 500;
    }
}
