package weir.server;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import weir.cluster.forming.FormingException;
import weir.cluster.forming.Identity;
import weir.cluster.forming.IdentityFile;
import weir.cluster.restore.Target;
import weir.server.config.ConfigException;

/**
 * The directory that everything durable lies in, held by one server at a time.
 *
 * <p>{@code lock} is locked while the server lives and names its process; the operating system lets go of it when the
 * process dies, however it dies. {@code weir.format} says whose data it is, see {@link IdentityFile}.
 */
final class DataDirectory implements AutoCloseable {
    private final Path path;
    private final FileChannel lockFile;

    private DataDirectory(Path path, FileChannel lockFile) {
        this.path = path;
        this.lockFile = lockFile;
    }

    /**
     * Creates the directory if there is none.
     *
     * @param shards as configured; a directory that is there was created with so many
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
                check(path, shards);
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

    private static void check(Path path, int shards) throws IOException, ConfigException {
        if (Target.isUnfinished(path)) {
            throw new ConfigException("data is \"" + path + "\", to which something is being restored or copied, or was"
                    + " when it was stopped; allowed is a directory that is whole: let the command end, or repeat it");
        }
        Optional<Identity> known;
        try {
            known = new IdentityFile(path).read();
        } catch (FormingException e) {
            throw new ConfigException(String.valueOf(e.getMessage()));
        }
        boolean joined = known.isPresent()
                && known.get().founders().isEmpty()
                && known.get().node() != 1;
        if (known.isPresent() && !joined && known.get().shards() != shards) {
            throw new ConfigException("shards is " + shards + ", allowed is what the data directory " + path
                    + " was created with: " + known.get().shards());
        }
    }
}
