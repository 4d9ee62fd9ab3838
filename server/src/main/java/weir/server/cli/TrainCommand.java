package weir.server.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import weir.server.WeirServer;
import weir.server.config.ConfigException;
import weir.server.config.ConfigReader;
import weir.server.http.HttpConnection;

/**
 * {@code weir train}, for the launcher: a short life of a server and of every kind of request, during which the JVM
 * writes down which classes a start needs (JEP 483) and what its methods do when they are hot (JEP 515). Nothing depends
 * on it but the time that starts take, and how soon a server is as quick as it gets.
 */
@Command(name = "train", hidden = true)
final class TrainCommand implements Callable<Integer> {
    @Override
    public Integer call() throws IOException, InterruptedException, ConfigException {
        Path data = Files.createTempDirectory("weir-train");
        try (WeirServer server = WeirServer.start(ConfigReader.read(
                null,
                Map.of(
                        "WEIR_DATA",
                        data.toString(),
                        "WEIR_ADMIN_PORT",
                        "0",
                        "WEIR_SQS_PORT",
                        "0",
                        "WEIR_AMQP_PORT",
                        "0",
                        "WEIR_KAFKA_PORT",
                        "0")))) {
            String admin = "http://127.0.0.1:" + server.adminPort();
            run("queue", "create", "q", "--server", admin, "--lease", "30s");
            run("queue", "list", "--server", admin);
            run("send", "q", "hello", "--server", admin);
            run("peek", "q", "--server", admin);
            run("receive", "q", "--server", admin);
            run("queue", "describe", "q", "--server", admin);
            run("queue", "list", "--server", admin, "--json");
            run("queue", "delete", "q", "--server", admin);
            String sqs = "http://127.0.0.1:" + server.sqsPort();
            load(sqs, "singles", "--batch", "1");
            load(sqs, "batches", "--batch", "10");
            load(sqs, "groups.fifo", "--batch", "1", "--groups", "50");
            query(sqs);
            AmqpTraining.run(server.amqpPort());
        } finally {
            deleteTree(data);
        }
        return ExitCode.DONE;
    }

    /** Enough of each kind that the JVM takes it for hot, and writes down what it saw: the next one compiles it sooner. */
    private static void load(String sqs, String queue, String... more) {
        String[] arguments = {
            "bench", "--url", sqs, "--queue", queue, "--warmup", "0s", "--duration", "4s", "--delete-queue"
        };
        run(Stream.concat(Stream.of(arguments), Stream.of(more)).toArray(String[]::new));
    }

    /** Old clients speak the Query protocol. */
    private static void query(String sqs) throws IOException {
        try (HttpConnection connection = new HttpConnection(URI.create(sqs), Duration.ofSeconds(10))) {
            byte[] body = "Action=ListQueues&Version=2012-11-05".getBytes(StandardCharsets.UTF_8);
            connection.send("POST", "/", "Content-Type: application/x-www-form-urlencoded\r\n", body);
        }
    }

    private static void run(String... arguments) {
        PrintWriter nowhere = new PrintWriter(Writer.nullWriter());
        int exitCode = WeirCommand.run(nowhere, nowhere, arguments);
        if (exitCode != ExitCode.DONE) {
            throw new CommandFailure(exitCode, "training failed at: weir " + String.join(" ", arguments));
        }
    }

    private static void deleteTree(Path root) throws IOException {
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(
                    Path directory, java.io.@org.jspecify.annotations.Nullable IOException e) throws IOException {
                Files.delete(directory);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
