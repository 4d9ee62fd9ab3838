package weir.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import weir.server.cli.WeirCommand;

/** {@code weir cluster} where there is none. */
class ClusterCommandTest {
    @TempDir
    private Path data;

    @SuppressWarnings("NullAway.Init")
    private WeirServer server;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeEach
    void start() throws Exception {
        server = TestServer.start(data);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private int weir(String... words) {
        String[] arguments = new String[words.length + 3];
        arguments[0] = "cluster";
        System.arraycopy(words, 0, arguments, 1, words.length);
        arguments[words.length + 1] = "--server";
        arguments[words.length + 2] = "http://127.0.0.1:" + server.adminPort();
        return WeirCommand.run(new PrintWriter(out, true), new PrintWriter(err, true), arguments);
    }

    @Test
    void singleNodeSaysSoPolitely() {
        assertThat(weir("status")).isZero();
        assertThat(out.toString()).startsWith("this server is a single node, not a cluster");
        assertThat(weir("status", "--json")).isZero();
        assertThat(out.toString()).contains("\"clustered\" : false");
    }

    @Test
    void singleNodeTakesNoWishes() {
        assertThat(weir("drain", "2")).isEqualTo(1);
        assertThat(weir("add", "2")).isEqualTo(1);
        assertThat(weir("remove", "2", "--force")).isEqualTo(1);
        assertThat(weir("rebalance", "--dry-run")).isEqualTo(1);
        assertThat(weir("transfer", "0", "2")).isEqualTo(1);
        assertThat(err.toString())
                .contains("weir: this server is a single node, not a cluster")
                .doesNotContain("Exception");
        assertThat(weir("transfer", "0")).isEqualTo(2);
    }
}
