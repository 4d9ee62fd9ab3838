package weir.server.cli.ctl;

/** A command cannot go on: what to print on standard error, and the exit code, as RabbitMQ's tool has it. */
final class CtlFailure extends RuntimeException {
    private static final long serialVersionUID = 1;

    // Of sysexits(3).
    static final int USAGE = 64;
    static final int DATA = 65;
    static final int NO_USER = 67;
    static final int UNAVAILABLE = 69;
    static final int SOFTWARE = 70;
    static final int TEMPORARY = 75;

    private final int exitCode;

    CtlFailure(int exitCode, String message) {
        super(message, null, false, false);
        this.exitCode = exitCode;
    }

    int exitCode() {
        return exitCode;
    }

    static CtlFailure usage(String message) {
        return new CtlFailure(USAGE, message);
    }

    static CtlFailure noUser(String user) {
        return new CtlFailure(NO_USER, "User \"" + user + "\" does not exist");
    }

    static CtlFailure noVirtualHost(String host) {
        return new CtlFailure(DATA, "Virtual host '" + host + "' does not exist");
    }
}
