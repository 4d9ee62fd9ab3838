package weir.storage;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import weir.core.Bytes;

/**
 * The directory of one store: names of its files, and how a manifest gets there. Other files in it are left alone.
 *
 * <p>A manifest is written under a temporary name and synced, then the directory, then it is renamed, then the directory
 * is synced again. So a manifest under its own name is complete, and so are the segments that it names: if it cannot be
 * read it was damaged later, and an older one is no substitute, for the log may have been cut since.
 */
final class StoreDirectory {
    private static final String MANIFEST = "manifest-";
    private static final String SEGMENT = "segment-";
    /** Segments that come from another replica and belong to no manifest yet. */
    private static final String FETCHED = "fetched-";

    private static final String UNFINISHED = ".tmp";

    private final FileSystem files;
    private final Path directory;
    /** How many read from the checkpoint of a generation. Guarded by itself, as is {@code superseded}. */
    private final Map<Long, Integer> held = new TreeMap<>();

    private final Set<Long> superseded = new TreeSet<>();

    private StoreDirectory(FileSystem files, Path directory) {
        this.files = files;
        this.directory = directory;
    }

    static StoreDirectory open(FileSystem files, Path directory) throws IOException {
        files.createDirectory(directory);
        return new StoreDirectory(files, directory);
    }

    FileSystem files() {
        return files;
    }

    Path manifest(long generation) {
        return directory.resolve(numbered(MANIFEST, generation));
    }

    Path segment(long id) {
        return directory.resolve(numbered(SEGMENT, id));
    }

    /**
     * The newest manifest, null in a new directory.
     *
     * @throws CorruptStoreException if it is damaged, or if segments show that there was a newer one
     */
    @Nullable
    Manifest newest() throws IOException {
        long newest = 0;
        long newestSegment = 0;
        long unfinished = 0; // The manifest of a checkpoint that was fetched explains as many segments as came.
        for (String name : files.list(directory)) {
            newest = Math.max(newest, number(MANIFEST, name).orElse(0));
            newestSegment = Math.max(newestSegment, number(SEGMENT, name).orElse(0));
            unfinished = Math.max(unfinished, number(MANIFEST, finished(name)).orElse(0));
        }
        if (newestSegment > Math.max(newest + 1, unfinished)) {
            throw CorruptStoreException.of(
                    manifest(newestSegment - 1),
                    "it is missing, and " + segment(newestSegment) + " was written after it");
        }
        return newest == 0 ? null : read(newest);
    }

    Manifest read(long generation) throws IOException {
        Path file = manifest(generation);
        Bytes content;
        try (FileSystem.RandomReader reader = files.open(file)) {
            long size = reader.size();
            if (size > Integer.MAX_VALUE - 16) {
                throw CorruptStoreException.of(file, "it has " + size + " bytes, more than any manifest");
            }
            content = SegmentFormat.read(reader, 0, (int) size);
        }
        Manifest manifest = Manifest.read(file, content);
        if (manifest.generation() != generation) {
            throw CorruptStoreException.of(file, "it holds the manifest of generation " + manifest.generation());
        }
        return manifest;
    }

    /** Makes every name that was found durable: nothing may be deleted, here or in a log, by what can still go back. */
    void sync() throws IOException {
        files.syncDirectory(directory);
    }

    /** Deletes the files of unfinished and superseded checkpoints. Only after everything in {@code kept} was verified. */
    void deleteAllBut(@Nullable Manifest kept) throws IOException {
        Set<String> named = new HashSet<>();
        if (kept != null) {
            named.add(numbered(MANIFEST, kept.generation()));
            kept.segments().forEach(segment -> named.add(numbered(SEGMENT, segment.id())));
        }
        long newest = kept == null ? 0 : kept.generation();
        List<String> last = new ArrayList<>();
        boolean unexplained = false;
        for (String name : files.list(directory)) {
            if (named.contains(name) || !isOurs(name)) {
                continue;
            }
            if (name.endsWith(UNFINISHED)) {
                last.add(name);
            } else {
                unexplained |= number(SEGMENT, name).orElse(0) > newest + 1;
                files.delete(directory.resolve(name));
            }
        }
        if (unexplained) {
            sync(); // Else a segment could come back after the unfinished manifest that explains it has gone.
        }
        for (String name : last) {
            files.delete(directory.resolve(name));
        }
    }

    /** Writes the manifest, and makes it and the new segment durable, without publishing it. */
    void prepare(Manifest manifest) throws IOException {
        Path file = unfinished(manifest.generation());
        try (FileSystem.Appender out = files.create(file)) {
            manifest.write(out);
            out.force();
        } catch (IOException e) {
            deleteAfter(e, file);
            throw e;
        }
        files.syncDirectory(directory);
    }

    /** Publishes a prepared manifest. If it throws, the manifest may or may not be published: it must stay valid. */
    void publish(Manifest manifest) throws IOException {
        files.rename(unfinished(manifest.generation()), manifest(manifest.generation()));
        files.syncDirectory(directory);
    }

    /** Deletes a manifest that was superseded. One that cannot be deleted is harmless, and tried again at the next start. */
    void deleteManifest(long generation) {
        synchronized (held) {
            if (held.containsKey(generation)) {
                superseded.add(generation);
                return;
            }
        }
        try {
            files.delete(manifest(generation));
        } catch (IOException _) {
            // See above.
        }
    }

    /** Keeps a manifest until {@link #release}, also if it is superseded meanwhile. */
    void hold(long generation) {
        synchronized (held) {
            held.merge(generation, 1, Integer::sum);
        }
    }

    void release(long generation) {
        boolean delete;
        synchronized (held) {
            held.computeIfPresent(generation, (_, holders) -> holders == 1 ? null : holders - 1);
            delete = !held.containsKey(generation) && superseded.remove(generation);
        }
        if (delete) {
            deleteManifest(generation);
        }
    }

    // ---- Segments of another replica's

    /** Where a segment waits that was fetched and is whole. */
    Path fetched(long id) {
        return directory.resolve(numbered(FETCHED, id));
    }

    /** Where it is written. */
    Path fetching(long id) {
        return directory.resolve(numbered(FETCHED, id) + UNFINISHED);
    }

    /** Numbers of those that wait, rising. */
    List<Long> fetched() throws IOException {
        List<Long> ids = new ArrayList<>();
        for (String name : files.list(directory)) {
            number(FETCHED, name).ifPresent(ids::add);
        }
        return ids;
    }

    /** One that cannot be deleted is tried again the next time. */
    void deleteFetched(long id) {
        quietly(fetched(id));
    }

    /** The replica goes on without them. */
    void deleteFetched() {
        try {
            for (String name : files.list(directory)) {
                if (number(FETCHED, finished(name)).isPresent()) {
                    quietly(directory.resolve(name));
                }
            }
        } catch (IOException _) {
            // They cost room only, and are deleted after the next checkpoint.
        }
    }

    private void quietly(Path file) {
        try {
            files.delete(file);
        } catch (IOException _) {
            // See the callers.
        }
    }

    /** Segments that were fetched and named, but whose manifest was not published: they wait again under the other name. */
    void takeBack(long newest) throws IOException {
        for (String name : files.list(directory)) {
            OptionalLong id = number(SEGMENT, name);
            if (id.isPresent() && id.getAsLong() > newest) {
                files.rename(directory.resolve(name), fetched(id.getAsLong()));
            }
        }
    }

    /** Deletes a file that an attempt left, usually to make room on a full disk; {@code failure} is what is reported. */
    void deleteAfter(Exception failure, Path file) {
        try {
            files.delete(file);
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }

    private Path unfinished(long generation) {
        return directory.resolve(numbered(MANIFEST, generation) + UNFINISHED);
    }

    private static boolean isOurs(String name) {
        return number(MANIFEST, finished(name)).isPresent()
                || number(SEGMENT, name).isPresent()
                || (name.endsWith(UNFINISHED) && number(FETCHED, finished(name)).isPresent());
    }

    private static String finished(String name) {
        return name.endsWith(UNFINISHED) ? name.substring(0, name.length() - UNFINISHED.length()) : name;
    }

    private static String numbered(String kind, long number) {
        String digits = Long.toString(number);
        return kind + "0".repeat(19 - digits.length()) + digits;
    }

    private static OptionalLong number(String kind, String name) {
        if (!name.startsWith(kind) || name.length() != kind.length() + 19) {
            return OptionalLong.empty();
        }
        try {
            return OptionalLong.of(Long.parseLong(name, kind.length(), name.length(), 10));
        } catch (NumberFormatException _) {
            return OptionalLong.empty(); // Somebody else's file.
        }
    }
}
