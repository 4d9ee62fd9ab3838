package weir.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/** A directory of ours, deleted with all that is in it when it is closed, or else when the program ends in good order. */
final class TemporaryDirectory implements AutoCloseable {
    private final Path path;
    private final Thread atExit;
    /** Lets go of the directory; nothing to do until somebody {@link #usedBy uses} it. */
    private volatile Runnable stopUse = () -> {};

    private TemporaryDirectory(Path path) {
        this.path = path;
        this.atExit = new Thread(this::end, "weir-delete-" + path.getFileName());
    }

    static TemporaryDirectory create() {
        try {
            TemporaryDirectory directory = new TemporaryDirectory(Files.createTempDirectory("weir-"));
            Runtime.getRuntime().addShutdownHook(directory.atExit);
            return directory;
        } catch (IOException e) {
            throw new UncheckedIOException("no temporary directory can be made", e);
        }
    }

    Path path() {
        return path;
    }

    /** When the program ends, what uses the directory is stopped before the files go from under it. */
    void usedBy(Runnable stop) {
        stopUse = stop;
    }

    /** What is done when the program ends. */
    void end() {
        stopUse.run();
        delete();
    }

    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException _) {
            return; // The program is ending, and the hook does it.
        }
        delete();
    }

    private void delete() {
        if (Files.notExists(path)) {
            return; // Closed before.
        }
        try {
            Files.walkFileTree(path, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.deleteIfExists(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException e) throws IOException {
                    Files.deleteIfExists(directory);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(path + " cannot be deleted", e);
        }
    }
}
