package weir.chaos.lab;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a node has on its disk, to be damaged behind its back. The one thing that this program knows of the server beyond its
 * command and its protocols is how its files are named.
 */
public final class DataFiles {
    private static final Pattern STORE = Pattern.compile("(catalog|shard-(\\d+))/(segment|manifest)-\\d+");
    /** The last four digits of a log's directory are the number of its group: the catalog is 0, shard 0 is 1. */
    private static final Pattern LOG =
            Pattern.compile("raft/[0-9a-f-]{32}([0-9a-f]{4})/current/log_(inprogress_\\d+|\\d+-\\d+)");

    private static final Pattern LOG_DIRECTORY = Pattern.compile("raft/[0-9a-f-]{32}([0-9a-f]{4})");
    private static final Pattern STORE_DIRECTORY = Pattern.compile("catalog|shard-(\\d+)");

    private final Path data;

    DataFiles(Path data) {
        this.data = data;
    }

    /** What may be damaged. */
    public enum Kind {
        /** Of the messages in a checkpoint, or the checkpoint itself. */
        STORE_FILE,
        /** Of what came after it. */
        LOG_FILE,
        /** The one that is being written. */
        OPEN_LOG_FILE,
        LOG_DIRECTORY,
        STORE_DIRECTORY
    }

    /**
     * @param group 0 is the catalog, 1 is shard 0
     * @param name its path in the node's data
     */
    public record Item(int group, String name) {
        /** As it is called in reports. */
        @Override
        public String toString() {
            return name.replaceFirst("[0-9a-f-]{32}", "");
        }
    }

    /** What is there of that kind, in the order of names. The node may tidy up meanwhile. */
    public List<Item> list(Kind kind) throws IOException {
        List<Item> items = new ArrayList<>();
        Files.walkFileTree(data, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                return visitFile(directory, attributes);
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                Item item = item(kind, data.relativize(file).toString());
                if (item != null) {
                    items.add(item);
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) {
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException e) {
                return FileVisitResult.CONTINUE;
            }
        });
        items.sort(Comparator.comparing(Item::name));
        return items;
    }

    private static @Nullable Item item(Kind kind, String name) {
        Matcher matcher =
                switch (kind) {
                    case STORE_FILE -> STORE.matcher(name);
                    case LOG_FILE, OPEN_LOG_FILE -> LOG.matcher(name);
                    case LOG_DIRECTORY -> LOG_DIRECTORY.matcher(name);
                    case STORE_DIRECTORY -> STORE_DIRECTORY.matcher(name);
                };
        if (!matcher.matches() || (kind == Kind.OPEN_LOG_FILE && !name.contains("inprogress"))) {
            return null;
        }
        int group =
                switch (kind) {
                    case STORE_FILE -> shard(matcher.group(2));
                    case STORE_DIRECTORY -> shard(matcher.group(1));
                    case LOG_FILE, OPEN_LOG_FILE, LOG_DIRECTORY -> Integer.parseInt(matcher.group(1), 16);
                };
        return new Item(group, name);
    }

    private static int shard(@Nullable String number) {
        return number == null ? 0 : Integer.parseInt(number) + 1;
    }

    /** Its bytes without the zeros at its end, which a log has in advance. 0 if it is gone. */
    public long bytes(Item file) throws IOException {
        try (RandomAccessFile in =
                new RandomAccessFile(data.resolve(file.name()).toFile(), "r")) {
            byte[] block = new byte[1 << 16];
            for (long end = in.length(); end > 0; ) {
                int length = (int) Math.min(block.length, end);
                in.seek(end - length);
                in.readFully(block, 0, length);
                for (int i = length - 1; i >= 0; i--) {
                    if (block[i] != 0) {
                        return end - length + i + 1;
                    }
                }
                end -= length;
            }
            return 0;
        } catch (FileNotFoundException _) {
            return 0;
        }
    }

    /** Turns one bit over. Whether the file was still there. */
    public boolean flip(Item file, long bit) throws IOException {
        try (FileChannel both = open(file)) {
            ByteBuffer one = ByteBuffer.allocate(1);
            if (both.read(one, bit / 8) < 1) {
                return false;
            }
            one.put(0, (byte) (one.get(0) ^ 1 << (int) (bit % 8))).flip();
            both.write(one, bit / 8);
            return true;
        } catch (NoSuchFileException _) {
            return false;
        }
    }

    /** Leaves only its first bytes. */
    public void cut(Item file, long bytes) throws IOException {
        try (FileChannel both = open(file)) {
            both.truncate(bytes);
        }
    }

    private FileChannel open(Item file) throws IOException {
        return FileChannel.open(data.resolve(file.name()), StandardOpenOption.READ, StandardOpenOption.WRITE);
    }

    /** Deletes a file, or a directory with all that is in it. */
    public void delete(Item item) throws IOException {
        try (Stream<Path> files = Files.walk(data.resolve(item.name()))) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    /** Which file this is, whatever stands in its place later; empty if it is gone. */
    public String identity(Item item) throws IOException {
        try {
            return String.valueOf(Files.readAttributes(data.resolve(item.name()), BasicFileAttributes.class)
                    .fileKey());
        } catch (NoSuchFileException _) {
            return "";
        }
    }

    /** How many damaged replicas the node has set aside so far, and of which groups. */
    public List<String> setAside() throws IOException {
        Path damaged = data.resolve("damaged");
        if (!Files.isDirectory(damaged)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(damaged)) {
            return files.map(path -> String.valueOf(path.getFileName()))
                    .sorted()
                    .toList();
        }
    }
}
