package weir.sqs.wire;

/** SQS's error, or one of the frame that both services stand on. */
public final class SqsException extends ServiceException {
    private static final long serialVersionUID = 1;

    private final SqsError error;

    SqsException(SqsError error, String text) {
        super(text);
        this.error = error;
    }

    public SqsError error() {
        return error;
    }

    @Override
    public String code() {
        return error.code();
    }

    @Override
    public int status() {
        return error.status();
    }
}
