package weir.chaos.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A node's clock, which libfaketime moves as a file says. Only the time of day: what waits goes by another clock. */
public final class Clock {
    /** Where Debian, Ubuntu and Fedora put it. The variant for threads, as every JVM has many. */
    private static final List<Path> LIBRARIES = List.of(
            Path.of("/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1"),
            Path.of("/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1"),
            Path.of("/usr/lib64/faketime/libfaketimeMT.so.1"));

    private final Path library;
    private final Path file;

    private Clock(Path library, Path file) {
        this.library = library;
        this.file = file;
    }

    /** Empty if libfaketime is not installed. */
    static Optional<Clock> create(Path file) throws IOException {
        Optional<Path> library = LIBRARIES.stream().filter(Files::exists).findFirst();
        if (library.isEmpty()) {
            return Optional.empty();
        }
        Clock clock = new Clock(library.get(), file);
        clock.skew(0);
        return Optional.of(clock);
    }

    /** From now on the node is so far ahead; behind, if negative. Noticed within a second. */
    public void skew(double seconds) throws IOException {
        Path written = file.resolveSibling(file.getFileName() + ".new");
        Files.writeString(written, "%+.3f%n".formatted(seconds));
        Files.move(written, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    Map<String, String> environment() {
        return Map.of(
                "LD_PRELOAD", library.toString(),
                "FAKETIME_TIMESTAMP_FILE", file.toString(),
                "FAKETIME_CACHE_DURATION", "1",
                "FAKETIME_DONT_FAKE_MONOTONIC", "1",
                "DONT_FAKE_MONOTONIC", "1");
    }
}
