package weir.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * The clients of other languages in {@code clients/}, each against this server; a line of theirs is a test here. One that
 * is not installed is skipped, unless {@code CLIENTS=required} says that every one is to be there.
 */
@DisabledOnOs(OS.WINDOWS)
class ClientsTest {
    private static final Path RUN = Path.of("..", "clients", "run");
    private static final int NOT_INSTALLED = 77;
    private static final boolean REQUIRED = "required".equals(System.getenv("CLIENTS"));

    @TempDir
    private static Path data;

    @SuppressWarnings("NullAway.Init")
    private static WeirServer server;

    @BeforeAll
    static void start() throws Exception {
        server = TestServer.start(data);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @TestFactory
    List<DynamicContainer> clients() throws Exception {
        List<DynamicContainer> clients = new ArrayList<>();
        String sqs = "http://127.0.0.1:" + server.sqsPort();
        for (String name : List.of("boto3", "awscli", "sdk-v3", "sdk-v2", "sqs-consumer", "sns")) {
            clients.add(DynamicContainer.dynamicContainer(name, facts(name, sqs)));
        }
        String amqp = "amqp://guest:guest@127.0.0.1:" + server.amqpPort() + "/%2f";
        for (String name : List.of("pika", "pika-async", "pika-tutorials", "kombu", "celery", "amqplib")) {
            clients.add(DynamicContainer.dynamicContainer(name, facts(name, amqp)));
        }
        String kafka = "kafka://127.0.0.1:" + server.kafkaPort();
        for (String name : List.of("kcat", "kafkajs")) {
            clients.add(DynamicContainer.dynamicContainer(name, facts(name, kafka)));
        }
        return clients;
    }

    private static List<DynamicTest> facts(String name, String endpoint) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(RUN.toString(), "--endpoint", endpoint, name)
                .redirectErrorStream(true)
                .start();
        List<String> lines = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .toList();
        int exit = process.waitFor();
        if (exit == NOT_INSTALLED) {
            return List.of(DynamicTest.dynamicTest(name + " is installed", () -> skipped(name)));
        }
        List<DynamicTest> facts = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            if (line.startsWith("ok - ")) {
                facts.add(DynamicTest.dynamicTest(name + ": " + line.substring("ok - ".length()), () -> {}));
            } else if (line.startsWith("not ok - ")) {
                String reason = String.join("\n", lines.subList(i, lines.size()));
                facts.add(DynamicTest.dynamicTest(name + ": " + line.substring("not ok - ".length()), () -> {
                    throw new AssertionError(reason);
                }));
            }
        }
        boolean held = !facts.isEmpty() && exit == 0;
        boolean told = lines.stream().anyMatch(line -> line.startsWith("not ok - "));
        facts.add(DynamicTest.dynamicTest(name + " ran to its end", () -> assertThat(held || told)
                .as("exit code " + exit + "\n" + String.join("\n", lines))
                .isTrue()));
        return facts;
    }

    private static void skipped(String name) {
        String what = name + " is not installed, so nothing was tried with it; install it with: clients/run --install";
        if (REQUIRED) {
            throw new AssertionError(what);
        }
        abort(what);
    }
}
