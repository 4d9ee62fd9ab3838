package weir.storage;

import java.nio.file.Path;

/**
 * A file that is not what was written. The replica that meets it must stop: it may neither serve, nor vote with, nor
 * delete by what it cannot verify.
 */
public final class CorruptStoreException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final String file;
    private final boolean newer;

    private CorruptStoreException(Path file, boolean newer, String message) {
        super(message);
        this.file = file.toString();
        this.newer = newer;
    }

    static CorruptStoreException of(Path file, String whatIsWrong) {
        return new CorruptStoreException(
                file,
                false,
                file + " is damaged: " + whatIsWrong + ". Nothing was changed. If the shard has other replicas, move "
                        + "this replica's directory away and start again: it is rebuilt from them. If not, check the "
                        + "disk, and restore the directory from a backup");
    }

    static CorruptStoreException newer(Path file, int version, int newestKnown) {
        return new CorruptStoreException(
                file,
                true,
                file + " has format version " + version + ", and this program knows up to " + newestKnown
                        + ". Nothing was changed. Start the newer program that wrote it");
    }

    /** Whether nothing is wrong with the file, except that a newer program wrote it. */
    public boolean isNewer() {
        return newer;
    }

    /** Path of the damaged file. */
    public String file() {
        return file;
    }
}
