package weir.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The server as its own process: how it starts, refuses and stops, as a shell sees it. */
class ProcessTest {
    private static final Pattern READY = Pattern.compile(".* is ready after .* admin (http://127\\.0\\.0\\.1:\\d+).*");
    private static final int EXIT_AFTER_SIGTERM = 128 + 15;

    @TempDir
    private Path data;

    @Test
    void serverStopsOnSigtermAndKeepsItsMessages() throws Exception {
        Process server =
                start("WEIR_ADMIN_PORT", "0", "WEIR_AMQP_PORT", "0", "WEIR_KAFKA_PORT", "0", "WEIR_SQS_PORT", "0");
        try {
            String admin = awaitReady(server);
            assertThat(weir("queue", "create", "q", "--server", admin)).isZero();
            assertThat(weir("send", "q", "kept", "--server", admin)).isZero();
            server.destroy();
            assertThat(server.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(server.exitValue()).isEqualTo(EXIT_AFTER_SIGTERM);

            server = start("WEIR_ADMIN_PORT", "0", "WEIR_AMQP_PORT", "0", "WEIR_KAFKA_PORT", "0", "WEIR_SQS_PORT", "0");
            assertThat(weir("receive", "q", "--server", awaitReady(server))).isZero();
        } finally {
            server.destroyForcibly();
        }
    }

    @Test
    void unusableConfigurationIsOneLineAndExitCode2() throws Exception {
        Process server = start("WEIR_SQS_PORT", "nine");
        String output = new String(server.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(server.waitFor()).isEqualTo(2);
        assertThat(output)
                .isEqualTo("weir: sqs.port is \"nine\" (from WEIR_SQS_PORT), allowed is a port number from 0 to 65535,"
                        + " 0 for any free one\n");
    }

    @Test
    void damagedDataIsOneLineThatNamesTheFile() throws Exception {
        Process server =
                start("WEIR_ADMIN_PORT", "0", "WEIR_AMQP_PORT", "0", "WEIR_KAFKA_PORT", "0", "WEIR_SQS_PORT", "0");
        assertThat(weir("queue", "create", "q", "--server", awaitReady(server))).isZero();
        server.destroy();
        assertThat(server.waitFor(30, TimeUnit.SECONDS)).isTrue();
        Path manifest = onlyFile(data.resolve("catalog"), "manifest-");
        byte[] bytes = Files.readAllBytes(manifest);
        bytes[bytes.length / 2] ^= 1;
        Files.write(manifest, bytes);

        server = start("WEIR_ADMIN_PORT", "0", "WEIR_AMQP_PORT", "0", "WEIR_KAFKA_PORT", "0", "WEIR_SQS_PORT", "0");
        String output = new String(server.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(server.waitFor()).isEqualTo(1);
        assertThat(output.lines()).last().asString().startsWith("weir: " + manifest + " is damaged: ");
    }

    /** A limit on the size of files stands for a disk that is full. */
    @Test
    @DisabledOnOs(OS.WINDOWS)
    void startOnAFullDiskEndsWithItsReason() throws Exception {
        List<String> command = new ArrayList<>(List.of("sh", "-c", "ulimit -f 64; exec \"$@\"", "sh"));
        command.addAll(java("server"));
        Process server = start(
                command, "WEIR_ADMIN_PORT", "0", "WEIR_AMQP_PORT", "0", "WEIR_KAFKA_PORT", "0", "WEIR_SQS_PORT", "0");
        String output = new String(server.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(server.waitFor()).isEqualTo(1);
        assertThat(output).contains("File too large");
    }

    private static Path onlyFile(Path directory, String prefix) throws IOException {
        try (var files = Files.list(directory)) {
            return files.filter(file -> file.getFileName().toString().startsWith(prefix))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private Process start(String... variables) throws IOException {
        return start(java("server"), variables);
    }

    private Process start(List<String> command, String... variables) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("WEIR_DATA", data.toString());
        for (int i = 0; i < variables.length; i += 2) {
            builder.environment().put(variables[i], variables[i + 1]);
        }
        return builder.start();
    }

    private static int weir(String... arguments) throws IOException, InterruptedException {
        return new ProcessBuilder(java(arguments))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }

    private static List<String> java(String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "--sun-misc-unsafe-memory-access=allow",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                "weir.server.Main"));
        command.addAll(List.of(arguments));
        return command;
    }

    /** Reads what the server logs until it is ready, and returns its admin address. */
    private static String awaitReady(Process server) throws IOException {
        BufferedReader log = server.inputReader(StandardCharsets.UTF_8);
        StringBuilder read = new StringBuilder();
        for (String line = log.readLine(); line != null; line = log.readLine()) {
            Matcher ready = READY.matcher(line);
            if (ready.matches()) {
                return ready.group(1);
            }
            read.append(line).append('\n');
        }
        throw new AssertionError("the server ended before it was ready:\n" + read);
    }
}
