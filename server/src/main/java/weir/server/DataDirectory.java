package weir.server;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.jspecify.annotations.Nullable;
import weir.server.config.ConfigException;

/**
 * The directory that everything durable lies in, held by one server at a time.
 *
 * <p>{@code lock} is locked while the server lives and names its process; the operating system lets go of it when the
 * process dies, however it dies. {@code weir.format} says what the directory was created with.
 */
final class DataDirectory implements AutoCloseable {
    private static final String FORMAT = "1";

    private final Path path;
    private final FileChannel lockFile;

    private DataDirectory(Path path, FileChannel lockFile) {
        this.path = path;
        this.lockFile = lockFile;
    }

    /**
     * Creates the directory if there is none.
     *
     * @throws ConfigException if another server has it, it was created with another number of shards or by another
     *     version, or it cannot be written
     */
    static DataDirectory open(Path path, int shards) throws ConfigException {
        try {
            Files.createDirectories(path);
            FileChannel lockFile = FileChannel.open(
                    path.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            try {
                lock(lockFile, path);
                checkFormat(path, shards);
                return new DataDirectory(path, lockFile);
            } catch (ConfigException | IOException | RuntimeException e) {
                lockFile.close();
                throw e;
            }
        } catch (IOException e) {
            throw new ConfigException("data is \"" + path + "\", which cannot be used (" + e
                    + "); allowed is a directory" + " that this user can write, see WEIR_DATA");
        }
    }

    Path path() {
        return path;
    }

    @Override
    public void close() throws IOException {
        lockFile.close();
    }

    private static void lock(FileChannel lockFile, Path path) throws IOException, ConfigException {
        @Nullable FileLock lock;
        try {
            lock = lockFile.tryLock();
        } catch (OverlappingFileLockException _) { // Another server in this very process has it.
            lock = null;
        }
        if (lock == null) {
            ByteBuffer owner = ByteBuffer.allocate(32);
            lockFile.read(owner, 0);
            String pid = new String(owner.array(), 0, owner.position(), StandardCharsets.UTF_8).strip();
            throw new ConfigException("data is \"" + path + "\", which another server uses (process " + pid
                    + "); allowed is one server for each data directory: stop that one, or set WEIR_DATA");
        }
        lockFile.truncate(0);
        lockFile.write(StandardCharsets.UTF_8.encode(ProcessHandle.current().pid() + "\n"), 0);
    }

    private static void checkFormat(Path path, int shards) throws IOException, ConfigException {
        Path file = path.resolve("weir.format");
        List<String> wanted = List.of("format " + FORMAT, "shards " + shards);
        List<String> found;
        try {
            found = Files.readAllLines(file);
        } catch (NoSuchFileException _) { // The directory is new.
            create(file, wanted);
            return;
        }
        if (found.size() != 2 || !found.getFirst().equals(wanted.getFirst())) {
            throw new ConfigException("data is \"" + path + "\", whose weir.format says \"" + String.join(", ", found)
                    + "\"; this version reads format " + FORMAT);
        }
        if (!found.equals(wanted)) {
            throw new ConfigException("shards is " + shards + ", allowed is what the data directory " + path
                    + " was created with: " + found.getLast().replace("shards ", ""));
        }
    }

    /** Whole or not at all, and durable before anything else is. */
    private static void create(Path file, List<String> lines) throws IOException {
        Path draft = file.resolveSibling("weir.format.new");
        try (FileChannel out = FileChannel.open(
                draft, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            ByteBuffer content = StandardCharsets.UTF_8.encode(String.join("\n", lines) + "\n");
            while (content.hasRemaining()) {
                out.write(content);
            }
            out.force(true);
        }
        Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
        try (FileChannel directory = FileChannel.open(file.toAbsolutePath().getParent(), StandardOpenOption.READ)) {
            directory.force(true);
        }
    }
}
