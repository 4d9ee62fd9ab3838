package weir.server;

import weir.server.cli.WeirCommand;

/** Where the process begins. */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        Logging.ownProcess();
        System.exit(WeirCommand.run(arguments));
    }
}
