package weir.cluster.restore;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.SortedSet;
import weir.cluster.forming.FormingException;
import weir.cluster.forming.Identity;
import weir.cluster.forming.IdentityFile;
import weir.storage.CorruptStoreException;
import weir.storage.DiskFileSystem;
import weir.storage.ShardStore;

/**
 * Copies the data of a node, which may run meanwhile.
 *
 * <p>The logs first, the checkpoints after them: a log is cut only up to a checkpoint that is durable, so whatever is cut while
 * it is copied is in the checkpoint that is copied later. The end of the open log file may be copied in the midst of an entry, as
 * after a crash. Files of a checkpoint do not change, but the next checkpoint deletes them; then that shard is copied again.
 */
public final class Backup {
    /** A checkpoint is made once a minute, or each few megabytes: nobody is that unlucky so often. */
    private static final int TRIES = 20;

    private static final String RAFT = "raft";
    private static final String CURRENT = "current";

    private final Path data;
    private final Target to;

    private Backup(Path data, Target to) {
        this.data = data;
        this.to = to;
    }

    /**
     * @param data a node's directory
     * @param directory new or empty
     */
    public static void make(Path data, Path directory) throws IOException, RestoreException {
        Optional<Identity> identity;
        try {
            identity = new IdentityFile(data).read();
        } catch (FormingException e) {
            throw new RestoreException(String.valueOf(e.getMessage()));
        }
        if (identity.isEmpty() || Target.isUnfinished(data)) {
            throw new RestoreException("\"" + data + "\" is no data directory of a server: it has no weir.format");
        }
        if (directory
                .toAbsolutePath()
                .normalize()
                .startsWith(data.toAbsolutePath().normalize())) {
            throw new RestoreException(
                    "\"" + directory + "\" lies in the data directory itself; allowed is one outside of it");
        }
        Target to = Target.begin(directory);
        Backup backup = new Backup(data, to);
        backup.logs();
        for (String name : Trees.names(data)) {
            if (Copy.isStore(name)) {
                backup.store(name);
            }
        }
        backup.file("opened");
        backup.file("weir.format");
        to.finish();
    }

    private void file(String name) throws IOException {
        Trees.copy(data.resolve(name), to.directory().resolve(name));
    }

    private void logs() throws IOException {
        for (String group : Trees.names(data.resolve(RAFT))) {
            Path from = data.resolve(RAFT).resolve(group);
            Path target = Files.createDirectories(
                    to.directory().resolve(RAFT).resolve(group).resolve(CURRENT));
            SortedSet<String> copied;
            do { // An open log file that is closed meanwhile has another name then.
                copied = Trees.names(from.resolve(CURRENT));
                for (String name : copied) {
                    if (!name.endsWith(".tmp")) {
                        Trees.copy(from.resolve(CURRENT).resolve(name), target.resolve(name));
                    }
                }
            } while (!Trees.names(from.resolve(CURRENT)).equals(copied));
            for (String name : Trees.names(target)) {
                if (!copied.contains(name)) {
                    Files.delete(target.resolve(name));
                }
            }
            Trees.sync(target);
        }
    }

    private void store(String name) throws IOException, RestoreException {
        String last = "";
        for (int tries = 0; tries < TRIES; tries++) {
            Path target = to.directory().resolve(name);
            Trees.delete(target);
            Files.createDirectories(target);
            for (String file : Trees.names(data.resolve(name))) {
                Trees.copy(data.resolve(name).resolve(file), target.resolve(file));
            }
            Trees.sync(target);
            try (ShardStore copy = ShardStore.open(new DiskFileSystem(), target)) {
                if (copy.checkpoint().isPresent() || Trees.names(target).isEmpty()) {
                    return;
                }
                last = "there is no checkpoint in it";
            } catch (CorruptStoreException e) {
                last = String.valueOf(e.getMessage());
            }
        }
        throw new RestoreException("\"" + data.resolve(name) + "\" cannot be copied: " + last);
    }
}
