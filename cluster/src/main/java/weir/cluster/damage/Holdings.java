package weir.cluster.damage;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.SortedSet;
import java.util.TreeSet;
import weir.cluster.replication.GroupId;

/**
 * Which groups this node has a replica of, noted apart from the replicas' own files: {@code held/1} for group 1 (shard 0).
 *
 * <p>A replica whose directories were lost as a whole leaves nothing behind that could be found damaged. Opened anew it would
 * be an empty one with a seat, whose vote could elect a leader that lacks what this node had acknowledged. So one that is held
 * and has no log is taken for damaged.
 *
 * <p>The note is made when the replica has been opened, and its log has files: one that is lost before is seen to be lost by
 * nobody, and one that was noted before could be taken for lost after a crash in the midst of founding.
 */
public final class Holdings {
    private final Path data;
    private final Path directory;
    /** Guarded by this. */
    private final SortedSet<GroupId> held = new TreeSet<>(Comparator.comparingInt(GroupId::number));

    private Holdings(Path data) {
        this.data = data;
        this.directory = data.resolve("held");
    }

    /** @param data the node's data directory, which exists */
    public static Holdings open(Path data) throws IOException {
        Holdings found = new Holdings(data);
        if (Files.isDirectory(found.directory)) {
            try (DirectoryStream<Path> notes = Files.newDirectoryStream(found.directory)) {
                for (Path note : notes) {
                    found.held.add(new GroupId(Integer.parseInt(String.valueOf(note.getFileName()))));
                }
            }
        }
        return found;
    }

    public synchronized boolean has(GroupId group) {
        return held.contains(group);
    }

    /** Sorted by number. */
    public synchronized SortedSet<GroupId> all() {
        return new TreeSet<>(held);
    }

    /** From now on, and durably, this node has a replica of the group. */
    public synchronized void add(GroupId group) throws IOException {
        if (held.contains(group)) {
            return;
        }
        if (!Files.isDirectory(directory)) {
            Files.createDirectories(directory);
            sync(data);
        }
        Path note = directory.resolve(Integer.toString(group.number()));
        if (!Files.exists(note)) {
            Files.createFile(note);
        }
        sync(directory);
        held.add(group);
    }

    /** It has none any more: it was dropped, as one who is no member may. */
    public synchronized void remove(GroupId group) throws IOException {
        if (held.contains(group)) {
            Files.deleteIfExists(directory.resolve(Integer.toString(group.number())));
            sync(directory);
            held.remove(group);
        }
    }

    private static void sync(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
