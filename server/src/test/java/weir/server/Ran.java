package weir.server;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Arrays;
import weir.server.cli.WeirCommand;

/** What a command came to that was run in this process. */
record Ran(int exitCode, String out, String err) {
    static Ran weir(String... words) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int exitCode = WeirCommand.run(new PrintWriter(out, true), new PrintWriter(err, true), words);
        return new Ran(exitCode, out.toString(), err.toString());
    }

    /** The same against that server. */
    static Ran at(WeirServer server, String... words) {
        String[] all = Arrays.copyOf(words, words.length + 2);
        all[words.length] = "--server";
        all[words.length + 1] = "http://127.0.0.1:" + server.adminPort();
        return weir(all);
    }
}
