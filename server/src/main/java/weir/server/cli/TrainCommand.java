package weir.server.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import weir.server.WeirServer;
import weir.server.config.ConfigException;
import weir.server.config.ConfigReader;

/**
 * {@code weir train}, for the launcher: a short life of a server and of every kind of request, during which the JVM
 * writes down which classes a start needs (JEP 483). Nothing depends on it but the time that starts take.
 */
@Command(name = "train", hidden = true)
final class TrainCommand implements Callable<Integer> {
    @Override
    public Integer call() throws IOException, InterruptedException, ConfigException {
        Path data = Files.createTempDirectory("weir-train");
        try (WeirServer server = WeirServer.start(ConfigReader.read(
                null, Map.of("WEIR_DATA", data.toString(), "WEIR_ADMIN_PORT", "0", "WEIR_SQS_PORT", "0")))) {
            String admin = "http://127.0.0.1:" + server.adminPort();
            run("queue", "create", "q", "--server", admin, "--lease", "30s");
            run("queue", "list", "--server", admin);
            run("send", "q", "hello", "--server", admin);
            run("peek", "q", "--server", admin);
            run("receive", "q", "--server", admin);
            run("queue", "describe", "q", "--server", admin);
            run("queue", "list", "--server", admin, "--json");
            run("queue", "delete", "q", "--server", admin);
        } finally {
            deleteTree(data);
        }
        return ExitCode.DONE;
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
