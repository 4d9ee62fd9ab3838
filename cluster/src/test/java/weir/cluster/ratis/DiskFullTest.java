package weir.cluster.ratis;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A write that the operating system refuses; a limit on the size of files stands for a disk that is full. */
final class DiskFullTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void aFailedWriteStopsTheReplicaWithItsReasonAndLosesNothingAcknowledged() throws Exception {
        long acknowledged = run(List.of("sh", "-c", "ulimit -f 6000; exec \"$@\"", "sh"), false);
        assertThat(acknowledged).isPositive();
        assertThat(run(List.of(), true)).as("found again").isGreaterThanOrEqualTo(acknowledged);
    }

    /** @return the highest number that was acknowledged, or that was found at the start */
    private long run(List<String> prefix, boolean onlyRecover) throws Exception {
        var command = new ArrayList<>(prefix);
        command.addAll(KilledProposer.command(directory, 8 * 1024 * 1024));
        var process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        long number = 0;
        boolean failed = false;
        try (var out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (var line = out.readLine(); line != null; line = out.readLine()) {
                var words = line.split(" ", -1);
                if (words[0].equals("R") && onlyRecover) {
                    return Long.parseLong(words[1]);
                } else if (words[0].equals("A")) {
                    number = Math.max(number, Long.parseLong(words[1]));
                } else if (words[0].equals("F")) {
                    failed |= line.contains("the log of shard 0 cannot be written: File too large");
                }
            }
        } finally {
            process.destroyForcibly().waitFor();
        }
        assertThat(failed).as("the failure was told with its reason").isTrue();
        return number;
    }
}
