package weir.server.cli;

/** A command cannot go on. The message is for standard error: what is wrong, and what to do next. */
final class CommandFailure extends RuntimeException {
    private static final long serialVersionUID = 1;
    private final int exitCode;

    CommandFailure(int exitCode, String message) {
        super(message, null, false, false);
        this.exitCode = exitCode;
    }

    int exitCode() {
        return exitCode;
    }
}
