package weir.cluster.ratis;

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

/** Nothing acknowledged is lost, doubled, changed or moved by SIGKILL, at whatever instant it comes. */
final class KillTest {
    /** Few, for the sake of everyday builds; {@code -Dkills=30} and more for a change to this package. */
    private static final int KILLS = Integer.getInteger("kills", 12);

    private static final long SEED = Long.getLong("seed", System.nanoTime());

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    private long acknowledged;

    @Test
    void nothingAcknowledgedIsLostByAKill() throws Exception {
        System.err.println("KillTest seed " + SEED);
        var random = new SplittableRandom(SEED);
        for (int kill = 0; kill < KILLS; kill++) {
            var process = new ProcessBuilder(KilledProposer.command(directory, TestEngine.SEGMENT_BYTES))
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            try (var out =
                    new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
                // One in four is killed while it starts, the others after some acknowledgements.
                int lines = random.nextInt(4) == 0 ? 0 : 1 + random.nextInt(700);
                if (lines == 0) {
                    process.waitFor(random.nextInt(300, 1500), TimeUnit.MILLISECONDS);
                }
                read(out, lines);
                process.toHandle().destroyForcibly(); // Process.destroyForcibly would also close the pipe.
                read(out, Integer.MAX_VALUE); // What it had written to the pipe was acknowledged too.
            } finally {
                process.destroyForcibly().waitFor();
            }
        }
        assertThat(acknowledged).isPositive();
        System.err.println("KillTest: " + KILLS + " kills, " + acknowledged + " entries acknowledged");
    }

    private void read(BufferedReader out, int lines) throws IOException {
        for (int i = 0; i < lines; i++) {
            var line = out.readLine();
            if (line == null) {
                assertThat(lines).as("the process ended before it was killed").isEqualTo(Integer.MAX_VALUE);
                return;
            }
            var words = line.split(" ", -1);
            switch (words[0]) {
                case "A" -> acknowledged = Math.max(acknowledged, Long.parseLong(words[1]));
                case "R" ->
                    assertThat(Long.parseLong(words[1])).as("found again").isGreaterThanOrEqualTo(acknowledged);
                default -> throw new AssertionError(line);
            }
        }
    }
}
