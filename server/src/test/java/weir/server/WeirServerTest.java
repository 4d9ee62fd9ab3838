package weir.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import weir.server.config.ConfigException;
import weir.server.config.WeirConfig;

class WeirServerTest {
    @TempDir
    private Path data;

    /** What a command came to. */
    @Test
    void everyCommandDoesWhatItSaysAndMessagesOutliveARestart() throws Exception {
        try (WeirServer server = WeirServer.start(config())) {
            assertThat(Ran.at(server, "queue", "create", "dead")).isEqualTo(done("queue dead is there\n"));
            assertThat(Ran.at(server, "queue", "create", "q", "--lease", "1m", "--dead-letter", "dead"))
                    .isEqualTo(done("queue q is there\n"));
            assertThat(Ran.at(server, "queue", "update", "q", "--delay", "0s", "--messages-max", "3")
                            .exitCode())
                    .isZero();
            assertThat(Ran.at(server, "queue", "describe", "q").out()).containsPattern("settings.messagesMax +3\n");
            assertThat(Ran.at(server, "send", "q", "hello", "-H", "colour=blue").out())
                    .isEqualTo("sent: 0:0\n");
            assertThat(Ran.at(server, "send", "q", "world").out()).isEqualTo("sent: 0:1\n");
            assertThat(Ran.at(server, "queue", "list", "q").out()).containsPattern("(?m)^q +1 +2 +0 +0 ");
            assertThat(Ran.at(server, "queue", "pause", "q", "--publish").exitCode())
                    .isZero();
            Ran refused = Ran.at(server, "send", "q", "x");
            assertThat(refused.exitCode()).isEqualTo(1);
            assertThat(refused.err()).isEqualTo("weir: queue \"q\" is paused for publishing; resume it first\n");
            assertThat(Ran.at(server, "queue", "resume", "q").exitCode()).isZero();
            assertThat(Ran.at(server, "receive", "q", "--wait", "5s").out()).endsWith("-- colour: blue\nhello\n");
        }
        try (WeirServer server = WeirServer.start(config())) {
            assertThat(Ran.at(server, "peek", "q").out())
                    .contains("0:1  state ready")
                    .endsWith("world\n")
                    .doesNotContain("hello");
            assertThat(Ran.at(server, "queue", "purge", "q").exitCode()).isZero();
            assertThat(Ran.at(server, "receive", "q").err()).contains("no message is ready");
            assertThat(Ran.at(server, "queue", "delete", "q").exitCode()).isZero();
            assertThat(Ran.at(server, "queue", "describe", "q").exitCode()).isEqualTo(1);
        }
    }

    @Test
    void loadThroughSqsIsSentReceivedAndDeleted() throws Exception {
        try (WeirServer server = WeirServer.start(config())) {
            String url = "http://127.0.0.1:" + server.sqsPort();
            Ran ran = Ran.weir(
                    "bench",
                    "--url",
                    url,
                    "--messages",
                    "200",
                    "--warmup",
                    "0s",
                    "--producers",
                    "2",
                    "--consumers",
                    "2",
                    "--batch",
                    "5");
            assertThat(ran.exitCode()).as(ran.err()).isZero();
            assertThat(ran.out())
                    .containsPattern("(?m)^send +200 ")
                    .containsPattern("(?m)^delete +200 ")
                    .contains(" 0 errors");
            assertThat(Ran.at(server, "queue", "list").out()).containsPattern("(?m)^weir-bench +1 +0 +0 +0 ");
        }
    }

    @Test
    void secondServerOnTheSameDataIsRefused() throws Exception {
        try (WeirServer _ = WeirServer.start(config())) {
            assertThatThrownBy(() -> WeirServer.start(config()))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("which another server uses (process "
                            + ProcessHandle.current().pid() + ")");
        }
    }

    @Test
    void otherNumberOfShardsThanTheDataHasIsRefused() throws Exception {
        WeirServer.start(config()).close();
        assertThatThrownBy(() -> WeirServer.start(config("WEIR_SHARDS", "3")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("shards is 3, allowed is what the data directory")
                .hasMessageEndingWith("was created with: 2");
    }

    @Test
    void portInUseIsRefusedAndTheDataLetGo() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = Integer.toString(taken.getLocalPort());
            assertThatThrownBy(() -> WeirServer.start(config("WEIR_ADMIN_PORT", port)))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("admin.port is " + port + ", which cannot be listened on");
        }
        WeirServer.start(config()).close();
    }

    @Test
    void commandWithoutAServerSaysHowToStartOne() throws Exception {
        int free;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = socket.getLocalPort();
        }
        Ran ran = Ran.weir("queue", "list", "--server", "http://127.0.0.1:" + free);
        assertThat(ran.exitCode()).isEqualTo(3);
        assertThat(ran.err()).contains("start one with: weir server");
    }

    @Test
    void misspeltCommandIsAnsweredWithTheRightOne() {
        Ran ran = Ran.weir("queu");
        assertThat(ran.exitCode()).isEqualTo(2);
        assertThat(ran.err()).contains("queue");
    }

    @Test
    void completionIsAScriptForBash() {
        assertThat(Ran.weir("completion", "bash").out())
                .startsWith("#!/usr/bin/env bash")
                .contains("queue");
    }

    private static Ran done(String out) {
        return new Ran(0, out, "");
    }

    private WeirConfig config(String... variables) throws ConfigException {
        return TestServer.config(data, variables);
    }
}
