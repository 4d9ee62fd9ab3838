package weir.cluster.damage;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import weir.cluster.ClusterLimits;
import weir.cluster.Threads;
import weir.cluster.checkpoint.Checkpointer;
import weir.storage.Pace;

/**
 * Reads all that the node's replicas have on disk, round after round and slowly, so that a flipped bit is found while the
 * other replicas are whole. What is damaged stops its replica.
 */
public final class Scrub implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Scrub.class);

    private final Supplier<List<Checkpointer>> replicas;
    private final Pace pace;
    private final Duration between;
    private final Thread thread;

    /**
     * @param replicas those that are open, asked at the beginning of each round
     * @param pace how fast it reads, see {@link ClusterLimits#SCRUB_BYTES_PER_SECOND_MAX}
     * @param between from the end of one round to the next
     */
    public Scrub(Supplier<List<Checkpointer>> replicas, Pace pace, Duration between) {
        this.replicas = replicas;
        this.pace = pace;
        this.between = between;
        thread = Thread.ofVirtual().name("weir-scrub").unstarted(this::run);
    }

    public void start() {
        thread.start();
    }

    private void run() {
        try {
            while (true) {
                Thread.sleep(between);
                round();
            }
        } catch (InterruptedException _) {
            // The node is stopping.
        }
    }

    /** Reads everything once. */
    void round() throws InterruptedException {
        for (Checkpointer replica : replicas.get()) {
            try {
                replica.scrub(pace);
            } catch (IOException e) {
                LOG.warn("Not everything on disk could be read to verify it: {}", e.toString());
            }
        }
    }

    @Override
    public void close() {
        thread.interrupt();
        Threads.join(thread); // It reads the files that are about to be closed.
    }
}
