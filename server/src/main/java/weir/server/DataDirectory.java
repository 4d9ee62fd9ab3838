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
import java.util.UUID;
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
    private final UUID cluster;
    private final FileChannel lockFile;

    private DataDirectory(Path path, UUID cluster, FileChannel lockFile) {
        this.path = path;
        this.cluster = cluster;
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
                return new DataDirectory(path, cluster(path, shards), lockFile);
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

    /** Names the cluster that the data is of, for ever. */
    UUID cluster() {
        return cluster;
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

    /** The cluster that {@code weir.format} names; a new one if the directory is new. */
    private static UUID cluster(Path path, int shards) throws IOException, ConfigException {
        Path file = path.resolve("weir.format");
        List<String> found;
        try {
            found = Files.readAllLines(file);
        } catch (NoSuchFileException _) {
            UUID cluster = UUID.randomUUID();
            create(file, List.of("format " + FORMAT, "shards " + shards, "cluster " + cluster));
            return cluster;
        }
        if (found.size() != 3 || !found.getFirst().equals("format " + FORMAT)) {
            throw new ConfigException("data is \"" + path + "\", whose weir.format says \"" + String.join(", ", found)
                    + "\"; this version reads format " + FORMAT);
        }
        if (!found.get(1).equals("shards " + shards)) {
            throw new ConfigException("shards is " + shards + ", allowed is what the data directory " + path
                    + " was created with: " + found.get(1).replace("shards ", ""));
        }
        try {
            return UUID.fromString(found.getLast().replace("cluster ", ""));
        } catch (IllegalArgumentException _) {
            throw new ConfigException("data is \"" + path + "\", whose weir.format says \"" + found.getLast()
                    + "\"; allowed is the cluster's UUID that was there when it was created");
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
