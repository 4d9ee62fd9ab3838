package weir.cluster.restore;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SortedSet;

/**
 * A directory that is being filled. A mark in it says so until it is whole, so that after a kill nobody takes it for more than
 * it is, and the same command begins it anew.
 */
public final class Target {
    /** No server opens a directory in which this is. */
    private static final String MARK = "unfinished";

    private final Path directory;

    private Target(Path directory) {
        this.directory = directory;
    }

    /** Whether a copy into that directory was begun and not ended. */
    public static boolean isUnfinished(Path directory) {
        return Files.exists(directory.resolve(MARK));
    }

    /** One that is new, empty, or was left unfinished, which is cleared. */
    static Target begin(Path directory) throws IOException, RestoreException {
        SortedSet<String> there = Trees.names(directory);
        if (!there.isEmpty() && !there.contains(MARK)) {
            throw new RestoreException("\"" + directory + "\" is not empty (it has " + there.first()
                    + "); allowed is a directory that is new or empty, or one whose filling was cut short");
        }
        for (String name : there) {
            if (!name.equals(MARK)) {
                Trees.delete(directory.resolve(name));
            }
        }
        Files.createDirectories(directory);
        if (!there.contains(MARK)) {
            Files.createFile(directory.resolve(MARK));
        }
        Trees.sync(directory);
        return new Target(directory);
    }

    Path directory() {
        return directory;
    }

    void finish() throws IOException {
        Trees.sync(directory);
        Files.delete(directory.resolve(MARK));
        Trees.sync(directory);
    }
}
