package weir.cluster.checkpoint;

import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import weir.cluster.ClusterLimits;
import weir.cluster.replication.LogPosition;
import weir.cluster.replication.ReplicatedLog;
import weir.core.Bytes;
import weir.core.shard.MessageLog;
import weir.storage.CheckpointJob;
import weir.storage.ShardStore;

/**
 * Makes the checkpoints of one replica: begins them on the thread that applies, writes them on one of its own, and tells
 * the log what it need not keep. A failed one is tried again until the disk takes it; the log keeps everything till then.
 *
 * <p>Everything here is guarded by the replica's lock, which is held to begin and to install, not to write.
 */
public final class Checkpointer {
    private static final Logger LOG = LoggerFactory.getLogger(Checkpointer.class);
    /** Tiny messages take many times the memory that their entries take; beyond this factor it counts instead. */
    private static final int TAIL_PER_ENTRY_BYTES_MAX = 2;

    private final String name;
    private final ShardStore store;
    private final ReentrantLock lock;
    private final MessageLog.Liveness liveness;
    private final Supplier<Bytes> snapshot;
    private final Runnable installed;
    private final Consumer<Throwable> failed;
    private final long bytesBetween;

    private @Nullable ReplicatedLog log;
    private LogPosition applied;
    private long entryBytes;
    private @Nullable Thread writing;
    private volatile boolean closing;

    /**
     * @param recovered where the replica stands
     * @param bytesBetween bytes of entries applied that cause a checkpoint; so does a tail of twice as many
     * @param installed called with the lock held when one is done
     * @param failed told when no checkpoint can be made any more: what is on disk cannot be trusted, or there is a bug
     */
    public Checkpointer(
            String name,
            ShardStore store,
            ReentrantLock lock,
            MessageLog.Liveness liveness,
            Supplier<Bytes> snapshot,
            LogPosition recovered,
            long bytesBetween,
            Runnable installed,
            Consumer<Throwable> failed) {
        this.name = name;
        this.store = store;
        this.lock = lock;
        this.liveness = liveness;
        this.snapshot = snapshot;
        this.applied = recovered;
        this.bytesBetween = bytesBetween;
        this.installed = installed;
        this.failed = failed;
    }

    /** Connects it with the replica's log, before the engine starts. */
    public void attach(ReplicatedLog ownLog) {
        log = ownLog;
    }

    /** An entry was applied; the lock is held. */
    public void applied(LogPosition position, int bytes) {
        applied = position;
        entryBytes += bytes;
        if (isDue()) {
            begin();
        }
    }

    private boolean isDue() {
        long freshBytes = store.tailBytes() - store.frozenBytes();
        return entryBytes >= bytesBetween || freshBytes >= TAIL_PER_ENTRY_BYTES_MAX * bytesBetween;
    }

    /** Makes a checkpoint if anything was applied since the last one; returns before it is written. */
    public void ifWritten() {
        lock.lock();
        try {
            if (entryBytes > 0) {
                begin();
            }
        } finally {
            lock.unlock();
        }
    }

    private void begin() {
        if (writing != null) {
            return; // When that one is done, it looks again.
        }
        entryBytes = 0;
        LogPosition at = applied;
        CheckpointJob job = store.freeze(at.term(), at.index(), snapshot.get(), liveness);
        writing = Thread.ofPlatform().name("weir-" + name + "-checkpoint").start(() -> write(job, at));
    }

    private void write(CheckpointJob job, LogPosition at) {
        while (true) {
            try {
                job.write();
                install(job, at);
                return;
            } catch (IOException e) {
                LOG.error("The {} cannot write its checkpoint: {}", name, e.toString());
                if (closing) {
                    return; // The log still has it all; the next start takes longer.
                }
                LockSupport.parkNanos(ClusterLimits.RETRY.toNanos());
            } catch (RuntimeException | Error e) {
                failed.accept(e);
                return;
            }
        }
    }

    private void install(CheckpointJob job, LogPosition at) {
        lock.lock();
        try {
            store.install(job);
            writing = null;
            installed.run();
            if (isDue() && !closing) {
                begin();
            }
        } finally {
            lock.unlock();
        }
        if (!closing) {
            Objects.requireNonNull(log).checkpointed(at);
        }
    }

    /** After the engine was closed: a last checkpoint, so that the next start replays nothing, and the end of the store. */
    public void close() {
        closing = true;
        awaitWriter();
        ifWritten();
        awaitWriter();
        store.close();
    }

    /** The writer ends by itself: it is done, or finds that this is closing. An interrupt must not leave files half-open. */
    private void awaitWriter() {
        Thread thread;
        lock.lock();
        try {
            thread = writing;
        } finally {
            lock.unlock();
        }
        boolean interrupted = false;
        while (thread != null && thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException _) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
