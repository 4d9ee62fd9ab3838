package weir.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import weir.chaos.lab.Namespaces;

/**
 * A short run of {@code weir chaos}, in namespaces where they can be made, and else on loopback with processes alone
 * being harmed. {@code -Dseed=...} repeats what is done.
 */
@EnabledOnOs(OS.LINUX) // Elsewhere 127.0.0.1 is the only address of loopback.
class ChaosTest {
    private static final long SEED = Long.getLong("seed", System.nanoTime() % 1_000_000);
    private static final String NODES = "3";

    @TempDir
    private Path directory;

    @Test
    void everyPromiseHoldsWhileNodesAreHarmed() throws Exception {
        assertThat(chaos("0.7", "--nodes", NODES))
                .as("exit code; -Dseed=" + SEED)
                .isZero();
        assertThat(directory.resolve("report.html")).isNotEmptyFile();
        assertThat(directory.resolve("disks")).doesNotExist();
    }

    /** A server that loses data is found out: its directory is deleted between kill and restart. */
    @Test
    void whatIsLostIsFound() throws Exception {
        assertThat(chaos("0.2", "--nodes", "1", "--nemesis", "wipe")).isOne();
        assertThat(Files.readString(directory.resolve("report.txt"))).contains("BROKEN   nothing lost");
    }

    private int chaos(String minutes, String... options) throws IOException, InterruptedException {
        Optional<String> hindrance = Namespaces.hindrance();
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-cp",
                System.getProperty("java.class.path"),
                "weir.server.Main",
                "chaos",
                "--minutes",
                minutes,
                "--seed",
                Long.toString(SEED),
                "--report",
                directory.toString()));
        command.addAll(List.of(options));
        hindrance.ifPresent(why -> {
            System.out.println("ChaosTest: only processes are harmed: " + why);
            command.add("--loopback");
        });
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        System.out.print(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
        return process.waitFor();
    }
}
