package weir.sqs.wire;

/** SNS's error. */
public final class SnsException extends ServiceException {
    private static final long serialVersionUID = 1;

    private final SnsError error;

    SnsException(SnsError error, String text) {
        super(text);
        this.error = error;
    }

    public SnsError error() {
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
