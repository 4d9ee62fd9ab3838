package weir.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A whole node is killed with SIGKILL, at whatever instant, again and again: every acknowledged publish is there or was
 * acknowledged by a consumer, nothing acknowledged comes back, and message groups stay in order. {@code -Dkills=N} tries N
 * kills.
 */
final class NodeKillTest {
    private static final int KILLS = Integer.getInteger("kills", 30);
    private static final long SEED = Long.getLong("seed", System.nanoTime());
    /** Told by a node between its start and its end; some are killed with the first, some run on for a while. */
    private static final int LINES_MAX = 3000;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    private final KillLedger ledger = new KillLedger();

    @Test
    void nothingAcknowledgedIsLostOrComesBackWhenTheNodeIsKilled() throws Exception {
        System.err.println("NodeKillTest seed " + SEED);
        SplittableRandom random = new SplittableRandom(SEED);
        for (int life = 0; life < KILLS; life++) {
            boolean early = random.nextInt(5) == 0;
            live(life, early ? 0 : random.nextInt(1, LINES_MAX), random.nextInt(100, 1500));
        }
        live(KILLS, 1, 0); // To see what the last one left.
        System.err.printf(
                "NodeKillTest: %d kills, %d starts, %d published, %d acknowledged, %d dead-lettered%n",
                KILLS, ledger.lives(), ledger.published(), ledger.acknowledged(), ledger.deadLetters());
        assertThat(ledger.acknowledged()).isPositive();
    }

    private void live(int life, int lines, int millis) throws Exception {
        Process process = new ProcessBuilder(KilledNode.command(directory, life))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        ledger.begin();
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            if (lines == 0) {
                process.waitFor(millis, TimeUnit.MILLISECONDS); // Killed while it starts, or soon after.
            } else {
                int before = ledger.lives();
                while (ledger.lives() == before) {
                    read(out, 1);
                }
                read(out, lines);
            }
            process.toHandle().destroyForcibly(); // Process.destroyForcibly would also close the pipe.
            read(out, Integer.MAX_VALUE); // What it had written to the pipe counts, too.
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    private void read(BufferedReader out, int lines) throws IOException {
        for (int i = 0; i < lines; i++) {
            String line = out.readLine();
            if (line == null) {
                assertThat(lines).as("the process ended before it was killed").isEqualTo(Integer.MAX_VALUE);
                return;
            }
            ledger.read(line);
        }
    }
}
