package weir.storage;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Checkpoints of a machine that is all state and keeps no messages: the catalog. The same manifests, without segments.
 * One thread at a time.
 */
public final class StateStore {
    private final StoreDirectory directory;
    private long generation;
    private @Nullable Checkpoint recovered;

    private StateStore(StoreDirectory directory, @Nullable Manifest manifest) {
        this.directory = directory;
        generation = manifest == null ? 0 : manifest.generation();
        recovered = manifest == null ? null : manifest.checkpoint();
    }

    /**
     * Finds the newest checkpoint, and deletes what unfinished and superseded ones left.
     *
     * @throws CorruptStoreException if it is damaged, or was written by a newer program; nothing is deleted then
     */
    public static StateStore open(FileSystem files, Path path) throws IOException {
        StoreDirectory directory = StoreDirectory.open(files, path);
        Manifest manifest = directory.newest();
        if (manifest != null && !manifest.segments().isEmpty()) {
            throw CorruptStoreException.of(
                    directory.manifest(manifest.generation()), "it names segments, so it is the manifest of a shard");
        }
        directory.deleteAllBut(manifest);
        return new StateStore(directory, manifest);
    }

    /** What was found when the store was opened. Empty in a new one, and after the first {@link #save}. */
    public Optional<Checkpoint> checkpoint() {
        return Optional.ofNullable(recovered);
    }

    /**
     * Replaces the checkpoint; returns when the new one is durable.
     *
     * @throws IOException if the disk is full or failing: after a restart there is the old one or this one. This may be
     *     called again, also with a later one
     */
    public void save(Checkpoint checkpoint) throws IOException {
        Manifest manifest = new Manifest(generation + 1, checkpoint, List.of());
        directory.prepare(manifest);
        directory.publish(manifest);
        directory.deleteManifest(generation);
        generation++;
        recovered = null;
    }
}
