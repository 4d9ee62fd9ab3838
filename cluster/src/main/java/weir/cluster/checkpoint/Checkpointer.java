package weir.cluster.checkpoint;

import java.io.IOException;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import weir.cluster.ClusterLimits;
import weir.cluster.replication.GroupId;
import weir.cluster.replication.LogPosition;
import weir.cluster.replication.Member;
import weir.cluster.replication.ReplicatedLog;
import weir.storage.Checkpoint;
import weir.storage.CheckpointJob;
import weir.storage.CorruptStoreException;
import weir.storage.Intake;
import weir.storage.Pace;
import weir.storage.PinnedCheckpoint;
import weir.storage.SegmentCheck;
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
    /** A checkpoint is done, or the replica is closing. */
    private final Condition changed;

    private final Checkpointed machine;
    private final Runnable installed;
    private final Consumer<Throwable> failed;
    private final long bytesBetween;

    private @Nullable ReplicatedLog log;
    private LogPosition applied;
    /** The newest checkpoint that is on disk. */
    private LogPosition durable;

    private long entryBytes;
    private final AtomicLong appliedBytes = new AtomicLong();
    private @Nullable Thread writing;
    /** A checkpoint of another replica is being fetched, and none is made until the log goes on here. */
    private boolean suspended;

    /** What was taken in may or may not have replaced what is on disk: nothing may be written any more. */
    private boolean inDoubt;

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
            Checkpointed machine,
            LogPosition recovered,
            long bytesBetween,
            Runnable installed,
            Consumer<Throwable> failed) {
        this.name = name;
        this.store = store;
        this.lock = lock;
        this.changed = lock.newCondition();
        this.machine = machine;
        this.applied = recovered;
        this.durable = recovered;
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
        suspended = false;
        entryBytes += bytes;
        appliedBytes.addAndGet(bytes);
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
        if (writing != null || suspended || inDoubt) {
            return; // When that one is done, it looks again.
        }
        entryBytes = 0;
        LogPosition at = applied;
        CheckpointJob job = store.freeze(at.term(), at.index(), machine.snapshot(), machine.liveness());
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
            durable = at;
            changed.signalAll();
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

    /** Bytes of all entries applied since the start: what clients have this replica write. */
    public long appliedBytes() {
        return appliedBytes.get();
    }

    /** Up to here everything was applied. */
    public LogPosition applied() {
        lock.lock();
        try {
            return applied;
        } finally {
            lock.unlock();
        }
    }

    /** Where the newest durable checkpoint ends; index 0 if there is none. */
    public LogPosition checkpointed() {
        lock.lock();
        try {
            return durable;
        } finally {
            lock.unlock();
        }
    }

    /** Bytes of the replica's segments on disk. */
    public long segmentBytes() {
        lock.lock();
        try {
            return store.segmentBytes();
        } finally {
            lock.unlock();
        }
    }

    /** What is on disk cannot be trusted; the replica must stop. */
    void stop(Throwable cause) {
        failed.accept(cause);
    }

    /**
     * Reads the newest checkpoint's manifest and every segment, to find what the disk has changed. What is damaged stops the
     * replica. On a thread that has time.
     */
    public void scrub(Pace pace) throws IOException, InterruptedException {
        try {
            Optional<PinnedCheckpoint> newest = underLock(store::pin);
            if (newest.isPresent()) {
                try (PinnedCheckpoint pinned = newest.get()) {
                    var _ = pinned.load();
                }
            }
            Optional<SegmentCheck> next = underLock(() -> store.check(0));
            while (next.isPresent()) {
                long done = next.get().id();
                try (SegmentCheck check = next.get()) {
                    check.run(pace);
                }
                next = underLock(() -> store.check(done));
            }
        } catch (CorruptStoreException e) {
            LOG.error("The {} is damaged, which was found by looking for damage", name);
            failed.accept(e);
        }
    }

    private <T> T underLock(Supplier<T> read) throws IOException {
        lock.lock();
        try {
            if (closing) {
                throw new IOException("the " + name + " is being closed");
            }
            return read.get();
        } finally {
            lock.unlock();
        }
    }

    // ---- Checkpoints that go from one replica to another

    /** As {@link weir.cluster.replication.Replica#catchUp}. */
    public LogPosition catchUp(CheckpointFetch by, GroupId group, Member leader, long firstKept)
            throws IOException, InterruptedException {
        return by.takeOver(group, leader, firstKept, this);
    }

    /**
     * Holds a checkpoint that ends at {@code atLeast} or later; makes one first if there is none. To be closed.
     *
     * @throws IOException if it is not made in time, or this replica has not come so far
     */
    PinnedCheckpoint pin(long atLeast) throws IOException, InterruptedException {
        long nanos = ClusterLimits.CHECKPOINT_MADE.toNanos();
        lock.lockInterruptibly();
        try {
            while (durable.index() < Math.max(1, atLeast)) {
                if (applied.index() < Math.max(1, atLeast)) {
                    throw new IOException("the " + name + " of this node is only at " + applied.index());
                }
                if (nanos <= 0 || closing) {
                    throw new IOException("the " + name + " of this node makes no checkpoint at the moment");
                }
                begin();
                nanos = changed.awaitNanos(nanos);
            }
            if (closing) {
                throw new IOException("this node is stopping");
            }
            return store.pin().orElseThrow(() -> new IOException("the " + name + " has no checkpoint yet"));
        } finally {
            lock.unlock();
        }
    }

    /** Makes no checkpoint from now on, until {@link #resume} or until the log goes on here; returns when the one that is being made has ended. */
    void suspend() throws IOException, InterruptedException {
        long nanos = ClusterLimits.CHECKPOINT_MADE.toNanos();
        lock.lockInterruptibly();
        try {
            suspended = true;
            while (writing != null) {
                if (nanos <= 0 || closing) {
                    throw new IOException("the checkpoint of the " + name + " that is being written does not end");
                }
                nanos = changed.awaitNanos(nanos);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Makes checkpoints again: another's was taken over, or that has failed. */
    void resume() {
        lock.lock();
        try {
            suspended = false;
            if (isDue() && !closing) {
                begin();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Begins to take in another replica's checkpoint, while this is {@link #suspend suspended}. */
    Intake intake() throws IOException {
        lock.lock();
        try {
            if (closing) {
                throw new IOException("this node is stopping");
            }
            return store.intake();
        } finally {
            lock.unlock();
        }
    }

    private void requireSuspended() throws IOException {
        lock.lock();
        try {
            if (!suspended || closing) {
                throw new IOException("the log of the " + name + " went on meanwhile, or the node is stopping");
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Publishes what was taken in, and puts it in the place of what is here. If that fails midway, nobody but a restart can
     * tell which of the two is on disk, so the replica stops.
     */
    void adopt(Intake intake, Checkpoint checkpoint) throws IOException {
        Runnable swap = machine.restore(checkpoint.state());
        LogPosition position = new LogPosition(checkpoint.term(), checkpoint.index());
        requireSuspended();
        try {
            intake.publish(checkpoint);
        } catch (IOException | RuntimeException e) {
            if (intake.mayBePublished()) {
                doubt(e);
            }
            throw e;
        }
        lock.lock();
        try {
            if (closing) {
                throw new IOException("this node is stopping"); // It finds the new checkpoint at its next start.
            }
            store.adopt(intake);
            swap.run();
            store.attach(machine.liveness());
            applied = position;
            durable = position;
            entryBytes = 0;
            installed.run();
        } catch (RuntimeException | Error e) {
            doubt(e);
            throw e;
        } finally {
            lock.unlock();
        }
    }

    private void doubt(Throwable cause) {
        lock.lock();
        try {
            inDoubt = true;
        } finally {
            lock.unlock();
        }
        failed.accept(cause);
    }

    /** After the engine was closed: a last checkpoint, so that the next start replays nothing, and the end of the store. */
    public void close() {
        closing = true;
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
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
