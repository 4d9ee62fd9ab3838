package weir.storage;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Files in memory that behave as badly as real ones may, and do it again from the same seed.
 *
 * <p>A {@link #crash} loses or tears what was not synced, page by page, and takes back any of the creations, renamings
 * and deletions whose directory was not synced. Each change is a <em>step</em>: a test can have the machine crash or the
 * disk fail at the n-th. Safe for several threads.
 */
public final class SimulatedFileSystem implements FileSystem {
    /** A change of a directory: a name gets a file, or loses it. */
    private record Change(Path directory, Map<Path, @Nullable SimulatedFile> names) {}

    private static final long NEVER = Long.MAX_VALUE;

    private final SplittableRandom random;
    private final Map<Path, SimulatedFile> files = new TreeMap<>();
    private final Map<Path, SimulatedFile> durable = new TreeMap<>();
    private final List<Change> unsynced = new ArrayList<>();
    private long steps;
    private long crashAt = NEVER;
    private long failAt = NEVER;
    private long capacityBytes = NEVER;
    private int boots;

    public SimulatedFileSystem(long seed) {
        random = new SplittableRandom(seed);
    }

    /** Changes so far. */
    public synchronized long steps() {
        return steps;
    }

    /** Crashes in the midst of the n-th change from now; 1 is the next. */
    public synchronized void crashAfter(long changes) {
        crashAt = steps + changes;
    }

    /** Lets the n-th change from now fail with an {@code IOException}, done or not done or by half; 1 is the next. */
    public synchronized void failAfter(long changes) {
        failAt = steps + changes;
    }

    /** Fails every write beyond so many bytes in all files. */
    public synchronized void capacity(long bytes) {
        capacityBytes = bytes;
    }

    public synchronized long usedBytes() {
        return files.values().stream().mapToLong(SimulatedFile::size).sum();
    }

    public synchronized List<Path> files() {
        return List.copyOf(files.keySet());
    }

    public synchronized byte[] content(Path file) {
        return existing(file).content();
    }

    /** The disk has a bad day: one bit of what it holds is another, durably. */
    public synchronized void flipBit(Path file, long bit) {
        existing(file).flip(bit);
    }

    public synchronized void truncate(Path file, int length) {
        existing(file).truncate(length);
    }

    private SimulatedFile existing(Path file) {
        SimulatedFile found = files.get(file);
        if (found == null) {
            throw new IllegalArgumentException("there is no " + file);
        }
        return found;
    }

    /** The machine loses its power, and is started again. Whoever had a file open has it no more. */
    public synchronized void crash() {
        for (Change change : unsynced) {
            if (random.nextBoolean()) {
                apply(change.names(), durable);
            }
        }
        unsynced.clear();
        files.clear();
        files.putAll(durable);
        files.values().forEach(file -> file.crashed(random));
        crashAt = NEVER;
        failAt = NEVER;
        boots++;
    }

    private static void apply(Map<Path, @Nullable SimulatedFile> names, Map<Path, SimulatedFile> to) {
        names.forEach((name, file) -> {
            if (file == null) {
                to.remove(name);
            } else {
                to.put(name, file);
            }
        });
    }

    private void change(Path directory, Map<Path, @Nullable SimulatedFile> names) {
        apply(names, files);
        unsynced.add(new Change(directory, names));
    }

    /** What the step that is about to be done comes to. */
    private enum Fate {
        DONE,
        FAILS,
        CRASHES
    }

    private Fate step() {
        if (steps >= crashAt) {
            throw new SimulatedCrash(); // It has no power since an earlier step, and was not started again.
        }
        steps++;
        return steps == crashAt ? Fate.CRASHES : steps == failAt ? Fate.FAILS : Fate.DONE;
    }

    private static void end(Fate fate) throws IOException {
        switch (fate) {
            case DONE -> {}
            case FAILS -> throw new IOException("the disk failed");
            case CRASHES -> throw new SimulatedCrash();
        }
    }

    /** Whether a step that does not succeed has its effect all the same. */
    private boolean takesEffect(Fate fate) {
        return fate == Fate.DONE || random.nextBoolean();
    }

    private static Path directoryOf(Path file) {
        Path parent = file.getParent();
        if (parent == null) {
            throw new IllegalArgumentException(file + " is in no directory");
        }
        return parent;
    }

    @Override
    public void createDirectory(Path directory) {} // Every directory is there.

    @Override
    public synchronized List<String> list(Path directory) {
        return files.keySet().stream()
                .filter(file -> directory.equals(file.getParent()))
                .map(file -> String.valueOf(file.getFileName()))
                .sorted()
                .toList();
    }

    @Override
    public synchronized Appender create(Path file) throws IOException {
        Fate fate = step();
        SimulatedFile created = new SimulatedFile();
        if (takesEffect(fate)) {
            Map<Path, @Nullable SimulatedFile> names = new TreeMap<>();
            names.put(file, created);
            change(directoryOf(file), names);
        }
        end(fate);
        return new SimulatedAppender(created, boots);
    }

    @Override
    public synchronized RandomReader open(Path file) throws IOException {
        SimulatedFile found = files.get(file);
        if (found == null) {
            throw new NoSuchFileException(file.toString());
        }
        return new SimulatedReader(found, boots);
    }

    @Override
    public synchronized void rename(Path from, Path to) throws IOException {
        Fate fate = step();
        SimulatedFile found = files.get(from);
        if (found == null) {
            throw new NoSuchFileException(from.toString());
        }
        if (takesEffect(fate)) {
            Map<Path, @Nullable SimulatedFile> names = new TreeMap<>();
            names.put(from, null);
            names.put(to, found);
            change(directoryOf(to), names);
        }
        end(fate);
    }

    @Override
    public synchronized void delete(Path file) throws IOException {
        Fate fate = step();
        if (takesEffect(fate) && files.containsKey(file)) {
            Map<Path, @Nullable SimulatedFile> names = new TreeMap<>();
            names.put(file, null);
            change(directoryOf(file), names);
        }
        end(fate);
    }

    @Override
    public synchronized void syncDirectory(Path directory) throws IOException {
        Fate fate = step();
        if (takesEffect(fate)) {
            for (Change change : unsynced) {
                if (change.directory().equals(directory)) {
                    apply(change.names(), durable);
                }
            }
            unsynced.removeIf(change -> change.directory().equals(directory));
        }
        end(fate);
    }

    private void checkBoot(int boot) throws IOException {
        if (boot != boots) {
            throw new IOException("opened before the crash");
        }
    }

    private final class SimulatedAppender implements Appender {
        private final SimulatedFile file;
        private final int boot;

        SimulatedAppender(SimulatedFile file, int boot) {
            this.file = file;
            this.boot = boot;
        }

        @Override
        public void write(ByteBuffer bytes) throws IOException {
            synchronized (SimulatedFileSystem.this) {
                checkBoot(boot);
                Fate fate = step();
                byte[] array = new byte[bytes.remaining()];
                bytes.get(array);
                long room = capacityBytes - usedBytes();
                if (room < array.length) {
                    file.append(array, (int) Math.max(0, room));
                    throw new IOException("no space left on device");
                }
                file.append(array, fate == Fate.DONE ? array.length : random.nextInt(array.length + 1));
                end(fate);
            }
        }

        @Override
        public void force() throws IOException {
            synchronized (SimulatedFileSystem.this) {
                checkBoot(boot);
                Fate fate = step();
                switch (fate) {
                    case DONE -> file.force();
                    case FAILS -> file.failForce(random);
                    case CRASHES -> {} // The crash decides for each page.
                }
                end(fate);
            }
        }

        @Override
        public void close() {}
    }

    private final class SimulatedReader implements RandomReader {
        private final SimulatedFile file;
        private final int boot;
        private boolean closed;

        SimulatedReader(SimulatedFile file, int boot) {
            this.file = file;
            this.boot = boot;
        }

        @Override
        public long size() throws IOException {
            synchronized (SimulatedFileSystem.this) {
                checkOpen();
                return file.size();
            }
        }

        @Override
        public void read(long position, ByteBuffer into) throws IOException {
            synchronized (SimulatedFileSystem.this) {
                checkOpen();
                if (position + into.remaining() > file.size()) {
                    throw new EOFException("the file has " + file.size() + " bytes");
                }
                byte[] bytes = new byte[into.remaining()];
                file.read((int) position, bytes);
                into.put(bytes);
            }
        }

        private void checkOpen() throws IOException {
            checkBoot(boot);
            if (closed) {
                throw new IOException("closed");
            }
        }

        @Override
        public void close() {
            synchronized (SimulatedFileSystem.this) {
                closed = true;
            }
        }
    }
}
