package weir.storage;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.stream.Stream;

/** The files of the machine it runs on. Safe for several threads. */
public final class DiskFileSystem implements FileSystem {
    /** Each retry means that yet another reader was interrupted at the same moment; so many in a row are a bug. */
    private static final int REOPEN_MAX = 100;

    @Override
    public void createDirectory(Path directory) throws IOException {
        Deque<Path> missing = new ArrayDeque<>();
        Path at = directory.toAbsolutePath();
        while (at != null && !Files.isDirectory(at)) {
            missing.push(at);
            at = at.getParent();
        }
        for (Path path : missing) {
            Files.createDirectories(path);
            Path parent = path.getParent();
            if (parent != null) {
                syncDirectory(parent);
            }
        }
    }

    @Override
    public List<String> list(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> String.valueOf(file.getFileName()))
                    .sorted()
                    .toList();
        }
    }

    @Override
    public Appender create(Path file) throws IOException {
        // Not truncated in place: an earlier attempt's failed fsync may have left its inode in doubt.
        Files.deleteIfExists(file);
        return new DiskAppender(FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
    }

    @Override
    public RandomReader open(Path file) throws IOException {
        return new DiskReader(file);
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public void delete(Path file) throws IOException {
        Files.deleteIfExists(file);
    }

    @Override
    public void syncDirectory(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private record DiskAppender(FileChannel channel) implements Appender {
        @Override
        public void write(ByteBuffer bytes) throws IOException {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        }

        @Override
        public void force() throws IOException {
            channel.force(true);
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    /**
     * A reader that outlives interrupts. NIO closes a channel for everybody when a thread is interrupted while it reads
     * from it; readers here are connections' threads, which are interrupted when their client goes away. So the channel
     * is opened again, which needs the file's name: a file is deleted only after its last reader was closed.
     */
    private static final class DiskReader implements RandomReader {
        private final Path file;
        private FileChannel channel; // Guarded by this.
        private boolean closed; // Guarded by this.

        DiskReader(Path file) throws IOException {
            this.file = file;
            channel = FileChannel.open(file, StandardOpenOption.READ);
        }

        @Override
        public long size() throws IOException {
            return current().size();
        }

        @Override
        public void read(long position, ByteBuffer into) throws IOException {
            int start = into.position();
            for (int attempt = 0; attempt < REOPEN_MAX; attempt++) {
                try {
                    readFully(current(), position, into);
                    return;
                } catch (ClosedByInterruptException e) {
                    throw e; // It was this thread that was interrupted. The next reader opens the file again.
                } catch (ClosedChannelException _) {
                    into.position(start); // Another was; this one reads again.
                }
            }
            throw new IOException(file + " was closed under its reader " + REOPEN_MAX + " times");
        }

        private void readFully(FileChannel from, long position, ByteBuffer into) throws IOException {
            long at = position;
            while (into.hasRemaining()) {
                int n = from.read(into, at);
                if (n < 0) {
                    throw new EOFException(file + " ends at " + from.size() + ", before " + (at + into.remaining()));
                }
                at += n;
            }
        }

        private synchronized FileChannel current() throws IOException {
            if (closed) {
                throw new IOException(file + " was closed by its owner");
            }
            if (!channel.isOpen()) {
                channel = FileChannel.open(file, StandardOpenOption.READ);
            }
            return channel;
        }

        @Override
        public synchronized void close() throws IOException {
            closed = true;
            channel.close();
        }
    }
}
