package weir.chaos.history;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes a history as it happens. For all threads of a run. */
public final class Recorder implements AutoCloseable {
    private final long startNanos = System.nanoTime();
    private final BufferedWriter file;

    public Recorder(Path path) throws IOException {
        file = Files.newBufferedWriter(path);
    }

    /** Microseconds since the run began. */
    public long now() {
        return (System.nanoTime() - startNanos) / 1_000;
    }

    /** @throws UncheckedIOException if the disk is full, say: a run whose history has a hole proves nothing, so it ends */
    public synchronized void record(Entry entry) {
        try {
            file.write(HistoryCodec.format(entry));
            file.write('\n');
            if (!(entry instanceof Entry.Operation)) {
                file.flush();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the history cannot be written", e);
        }
    }

    @Override
    public synchronized void close() throws IOException {
        file.close();
    }
}
