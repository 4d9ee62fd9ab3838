package weir.server.cli.ctl;

import java.util.function.Function;

/**
 * One subcommand.
 *
 * @param usage what follows its name
 * @param least how many arguments it takes, and {@code most}
 * @param banner the line that says what is done; empty for none
 */
record Verb(String usage, int least, int most, Function<Line, String> banner, Work work) {
    /** As many as one likes. */
    static final int ANY = Integer.MAX_VALUE;

    /** What it does. */
    interface Work {
        Output run(Line line, Node node);
    }

    /** One that has nothing to say when it is done. */
    interface Quiet {
        void run(Line line, Node node);
    }

    static Work quiet(Quiet work) {
        return (line, node) -> {
            work.run(line, node);
            return new Output.Nothing();
        };
    }
}
