package weir.chaos.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;

/**
 * A node's time of day, which the server lets a file put wrong. (libfaketime does that to any program, but slows the
 * waiting of a JVM so much that it is no server any more.)
 */
public final class Clock {
    private final Path file;

    Clock(Path file) throws IOException {
        this.file = file;
        skew(Duration.ZERO);
    }

    Path file() {
        return file;
    }

    /** From now on the node is so far ahead; behind, if negative. Noticed within a second. */
    public void skew(Duration by) throws IOException {
        Path written = file.resolveSibling(file.getFileName() + ".new");
        Files.writeString(written, by.toMillis() + "\n");
        Files.move(written, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
