package weir.chaos.workload;

/** What was asked for is certainly not done: the server said so, or there was nobody to ask. */
public final class RefusedException extends Exception {
    private static final long serialVersionUID = 1;

    public RefusedException(String reason) {
        super(reason);
    }

    String reason() {
        return String.valueOf(getMessage());
    }
}
