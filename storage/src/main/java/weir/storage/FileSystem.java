package weir.storage;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;

/**
 * The few things that storage asks of files. The real one is {@link DiskFileSystem}; the one of the tests crashes, tears
 * writes, loses what was not synced and runs out of space.
 *
 * <p>What is written to a file is durable after {@link Appender#force}; that the file has its name, or lost it, is
 * durable after {@link #syncDirectory}. Until then either may be lost in a crash, in any combination.
 */
public interface FileSystem {
    /** Makes a directory and its parents, durably, unless it is there. */
    void createDirectory(Path directory) throws IOException;

    /** Names of the files in a directory, sorted. */
    List<String> list(Path directory) throws IOException;

    /** An empty file with that name, in place of one that may have it. */
    Appender create(Path file) throws IOException;

    /** @throws java.nio.file.NoSuchFileException if there is none */
    RandomReader open(Path file) throws IOException;

    /** Gives a file another name in the same directory, in one step, in place of a file that may have it. */
    void rename(Path from, Path to) throws IOException;

    /** Removes a file, if it is there. */
    void delete(Path file) throws IOException;

    /** Makes creations, renamings and deletions in this directory durable. */
    void syncDirectory(Path directory) throws IOException;

    /** Writes a new file from front to end. One thread. */
    interface Appender extends Closeable {
        /** Writes all that remains in the buffer. */
        void write(ByteBuffer bytes) throws IOException;

        /** Returns when what was written is durable. If it throws, the file is not to be trusted: write a new one. */
        void force() throws IOException;
    }

    /** Reads a finished file at any place. Any number of threads. */
    interface RandomReader extends Closeable {
        long size() throws IOException;

        /**
         * Fills the buffer from that place on.
         *
         * @throws java.io.EOFException if the file ends before
         */
        void read(long position, ByteBuffer into) throws IOException;
    }
}
