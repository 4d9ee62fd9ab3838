package weir.cluster.restore;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import weir.cluster.forming.FormingException;
import weir.cluster.forming.Identity;
import weir.cluster.forming.IdentityFile;
import weir.cluster.ratis.StoppedLog;
import weir.cluster.replication.GroupId;

/** A copy of a node's data directory, or one whose server does not run. */
record Copy(Path directory, Identity identity) {
    private static final String CATALOG = "catalog";
    private static final String SHARD = "shard-";

    static boolean isStore(String name) {
        return name.equals(CATALOG) || name.startsWith(SHARD);
    }

    static String storeOf(GroupId group) {
        return group.equals(GroupId.CATALOG) ? CATALOG : SHARD + (group.number() - 1);
    }

    static Copy of(Path directory) throws IOException, RestoreException {
        if (Target.isUnfinished(directory)) {
            throw new RestoreException("\"" + directory
                    + "\" is a copy that was not finished; make it again with the command that made it");
        }
        Optional<Identity> identity;
        try {
            identity = new IdentityFile(directory).read();
        } catch (FormingException e) {
            throw new RestoreException(String.valueOf(e.getMessage()));
        }
        if (identity.isEmpty()) {
            throw new RestoreException("\"" + directory
                    + "\" is no copy of a node's data: it has no weir.format; give the directory that was WEIR_DATA");
        }
        requireStopped(directory);
        return new Copy(directory, identity.get());
    }

    private static void requireStopped(Path directory) throws IOException, RestoreException {
        Path file = directory.resolve("lock");
        if (!Files.exists(file)) {
            return;
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            @Nullable FileLock lock;
            try {
                lock = channel.tryLock();
            } catch (OverlappingFileLockException _) {
                lock = null;
            }
            if (lock == null) {
                throw new RestoreException(
                        "\"" + directory + "\" is used by a server; stop it, or make a copy with weir cluster backup");
            }
        }
    }

    /** Whether a replica of the group was on that node. */
    boolean has(GroupId group) {
        return Files.isDirectory(store(group)) && !isSetAside(group);
    }

    /** A damaged replica that was waiting to be made anew. */
    private boolean isSetAside(GroupId group) {
        return Files.exists(directory.resolve("damaged").resolve(group.number() + ".reset"));
    }

    Path store(GroupId group) {
        return directory.resolve(storeOf(group));
    }

    StoppedLog log(GroupId group) {
        return StoppedLog.of(directory.resolve("raft"), identity.cluster(), group, identity.node());
    }
}
