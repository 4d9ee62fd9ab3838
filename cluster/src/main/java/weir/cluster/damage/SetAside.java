package weir.cluster.damage;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import weir.cluster.ClusterLimits;
import weir.cluster.replication.GroupId;

/**
 * The replicas of this node that were damaged: their files under {@code damaged/}, for whoever wants to look at them, and
 * for each a mark that it waits to be made anew.
 *
 * <pre>
 * damaged/1.reset        group 1 (shard 0) waits; the text says why
 * damaged/1-1/shard-0    what was set aside, newest number last
 * damaged/1-1/...
 * </pre>
 *
 * The mark is durable before anything is moved, so a replica that was found damaged never comes back empty by itself.
 */
public final class SetAside {
    private static final Logger LOG = LoggerFactory.getLogger(SetAside.class);
    private static final String MARK = ".reset";
    private static final String UNFINISHED = ".tmp";

    private final Path data;
    private final Path directory;
    /** Group to reason. Guarded by this. */
    private final SortedMap<Integer, String> waiting = new TreeMap<>();

    private SetAside(Path data) {
        this.data = data;
        this.directory = data.resolve("damaged");
    }

    /** @param data the node's data directory */
    public static SetAside open(Path data) throws IOException {
        SetAside found = new SetAside(data);
        if (Files.isDirectory(found.directory)) {
            try (DirectoryStream<Path> marks = Files.newDirectoryStream(found.directory, "*" + MARK)) {
                for (Path mark : marks) {
                    String name = String.valueOf(mark.getFileName());
                    int group = Integer.parseInt(name.substring(0, name.length() - MARK.length()));
                    found.waiting.put(group, Files.readString(mark));
                }
            }
        }
        return found;
    }

    /** Why a replica waits to be made anew; none if it may be opened. To be asked before each is opened. */
    public synchronized Optional<String> reason(GroupId group) {
        return Optional.ofNullable(waiting.get(group.number()));
    }

    public ReplicaState state(GroupId group) {
        return reason(group).isEmpty() ? ReplicaState.OPEN : ReplicaState.DAMAGED;
    }

    /** Those that wait, with their reasons. */
    public synchronized Map<GroupId, String> waiting() {
        Map<GroupId, String> all = new TreeMap<>(Comparator.comparingInt(GroupId::number));
        waiting.forEach((group, reason) -> all.put(new GroupId(group), reason));
        return all;
    }

    /** The replica is damaged: from now on it waits to be made anew, also after a restart. It may still be closing. */
    public synchronized void mark(GroupId group, Throwable why) throws IOException {
        String reason = why.getMessage() == null ? why.toString() : why.getMessage();
        createDirectory();
        Path mark = mark(group);
        Path unfinished = directory.resolve(group.number() + MARK + UNFINISHED);
        try (FileChannel file = FileChannel.open(
                unfinished,
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE)) {
            file.write(StandardCharsets.UTF_8.encode(reason));
            file.force(true);
        }
        Files.move(unfinished, mark, StandardCopyOption.ATOMIC_MOVE);
        sync(directory);
        waiting.put(group.number(), reason);
        LOG.error(
                "The replica of the {} on this node is damaged. It is closed and waits to be made anew from the others: {}",
                group,
                reason);
    }

    /**
     * Moves the files of a marked replica, which must be closed, under {@code damaged/}, and deletes what was set aside of
     * the group long before. May be repeated: what is not there any more was moved.
     *
     * @param files directories of the replica's, in the node's data directory
     */
    public synchronized void move(GroupId group, List<Path> files) throws IOException {
        if (!waiting.containsKey(group.number())) {
            throw new IllegalStateException("the " + group + " is not marked as damaged");
        }
        List<Integer> earlier = numbers(group);
        Path target = directory.resolve(group.number() + "-" + (earlier.isEmpty() ? 1 : earlier.getLast() + 1));
        for (Path path : files) {
            if (!path.startsWith(data)) {
                throw new IllegalArgumentException(path + " is not in " + data);
            }
            if (Files.exists(path)) {
                Files.createDirectories(target);
                Files.move(path, target.resolve(path.getFileName()), StandardCopyOption.ATOMIC_MOVE);
                sync(path.toAbsolutePath().resolveSibling(""));
            }
        }
        if (Files.exists(target)) {
            sync(target);
            sync(directory);
            LOG.error("What was damaged of the {} is in {} now; it may be deleted", group, target);
        }
        List<Integer> all = numbers(group);
        for (int number : all.subList(0, Math.max(0, all.size() - ClusterLimits.DAMAGED_KEPT_MAX))) {
            delete(directory.resolve(group.number() + "-" + number));
        }
    }

    /**
     * The replica may be opened again, empty and without founders: this node was removed from the group's members, and is to
     * be added as a new one. Only the one who removed it may say so.
     */
    public synchronized void readmit(GroupId group) throws IOException {
        if (waiting.containsKey(group.number())) {
            Files.deleteIfExists(mark(group));
            sync(directory);
            waiting.remove(group.number());
            LOG.info("The replica of the {} is made anew on this node", group);
        }
    }

    private Path mark(GroupId group) {
        return directory.resolve(group.number() + MARK);
    }

    /** Of the directories that were set aside for a group, rising. */
    private List<Integer> numbers(GroupId group) throws IOException {
        String prefix = group.number() + "-";
        List<Integer> numbers = new ArrayList<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(directory, prefix + "*")) {
            for (Path path : found) {
                numbers.add(Integer.parseInt(String.valueOf(path.getFileName()).substring(prefix.length())));
            }
        }
        numbers.sort(Comparator.naturalOrder());
        return numbers;
    }

    private void createDirectory() throws IOException {
        if (!Files.isDirectory(directory)) {
            Files.createDirectories(directory);
            sync(data);
        }
    }

    private static void sync(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /** Deletes a directory with all that is in it, if it is there. */
    public static void delete(Path tree) throws IOException {
        try {
            Files.walkFileTree(tree, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.delete(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(
                        Path visited, @org.jspecify.annotations.Nullable IOException e) throws IOException {
                    if (e != null) {
                        throw e;
                    }
                    Files.delete(visited);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (NoSuchFileException _) {
            // Somebody tidied up.
        }
    }
}
