package weir.server.cli;

/** What a command's exit code means; shown by {@code weir help}. */
final class ExitCode {
    static final int DONE = 0;

    /** The server said no. */
    static final int REFUSED = 1;

    /** Unknown option, wrong value, or a configuration that cannot be used. */
    static final int USAGE = 2;

    /** No server was reached, or it did not answer: what was asked may or may not have been done. */
    static final int NO_ANSWER = 3;

    private ExitCode() {}
}
