package weir.chaos.lab;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs the system's own tools: ip, tc, mount. */
final class Shell {
    /** They take milliseconds; one that hangs (a mount on a broken loop device, say) is told rather than waited for. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private Shell() {}

    /** @throws LabException if it fails, with what it printed */
    static String run(String... command) throws IOException, InterruptedException {
        return run(List.of(command));
    }

    static String run(List<String> command) throws IOException, InterruptedException {
        return run(command, PATIENCE);
    }

    static String run(List<String> command, Duration patience) throws IOException, InterruptedException {
        Path output = Files.createTempFile("weir-chaos", ".out");
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
                throw new LabException(String.join(" ", command) + " took longer than " + patience.toSeconds() + " s");
            }
            String text = Files.readString(output, StandardCharsets.UTF_8).strip();
            if (process.exitValue() != 0) {
                throw new LabException(String.join(" ", command) + " failed with " + process.exitValue() + ": " + text);
            }
            return text;
        } finally {
            Files.deleteIfExists(output);
        }
    }
}
