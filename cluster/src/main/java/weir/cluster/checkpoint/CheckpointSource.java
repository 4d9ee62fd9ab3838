package weir.cluster.checkpoint;

import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import java.util.zip.CRC32C;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import weir.cluster.ClusterLimits;
import weir.cluster.replication.GroupId;
import weir.cluster.replication.LogPosition;
import weir.core.Bytes;
import weir.core.Check;
import weir.core.codec.Writer;
import weir.storage.Checkpoint;
import weir.storage.CorruptStoreException;
import weir.storage.Pace;
import weir.storage.PinnedCheckpoint;

/**
 * Lets other nodes copy the checkpoints of this node's replicas: answers {@link weir.cluster.peer.PeerRequest#CHECKPOINT}.
 *
 * <p>A reader's checkpoint is pinned: its files stay although later checkpoints drop them, until the reader is done or has
 * not been heard for {@link ClusterLimits#CHECKPOINT_READER_SILENT_MAX}. A segment is verified to the last byte before any
 * of it is sent, and what is damaged stops this replica and is sent to nobody.
 */
public final class CheckpointSource implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CheckpointSource.class);
    /** Silence is noticed with a quarter of its bound's delay. */
    private static final int LOOKS_PER_BOUND = 4;

    /** Someone who copies a checkpoint. */
    private final class Reader implements Pace {
        final GroupId group;
        final Checkpointer owner;
        final PinnedCheckpoint pinned;
        final Bytes state;
        /** Segments that were found whole; an answer that came too late may still be at it when the next is asked. */
        final Set<Integer> verified = ConcurrentHashMap.newKeySet();

        volatile long heardNanos = nanos.getAsLong();

        Reader(GroupId group, Checkpointer owner, PinnedCheckpoint pinned, Bytes state) {
            this.group = group;
            this.owner = owner;
            this.pinned = pinned;
            this.state = state;
        }

        @Override
        public void take(int bytes) throws InterruptedException {
            heardNanos = nanos.getAsLong(); // It waits for us, so it is not silent.
            pace.take(bytes);
        }
    }

    private final Pace pace;
    private final LongSupplier nanos;
    private final Map<GroupId, Checkpointer> replicas = new ConcurrentHashMap<>();
    private final SecureRandom random = new SecureRandom(); // A number of an earlier process must not be met again.
    private final Map<Long, Reader> readers = new HashMap<>(); // Guarded by itself.
    private boolean watched; // Guarded by readers.

    /** @param pace shared by all that reads in the background, see {@link Throttle} */
    public CheckpointSource(Pace pace) {
        this(pace, System::nanoTime);
    }

    CheckpointSource(Pace pace, LongSupplier nanos) {
        this.pace = pace;
        this.nanos = nanos;
    }

    /** A replica that is open on this node. */
    public void add(GroupId group, Checkpointer replica) {
        replicas.put(group, replica);
    }

    /** It is closed or set aside; whoever copies from it learns that. To be called before its directory is used again. */
    public void remove(GroupId group) {
        replicas.remove(group);
        List<Reader> gone = new ArrayList<>();
        synchronized (readers) {
            readers.values().removeIf(reader -> reader.group.equals(group) && gone.add(reader));
        }
        gone.forEach(reader -> reader.pinned.close());
    }

    /** Answers one call. May wait: for a checkpoint to be made, and for its turn to read. */
    public Bytes answer(Bytes request) throws IOException, InterruptedException {
        CheckpointCall call = CheckpointCall.decode(request);
        return switch (call) {
            case CheckpointCall.Open open -> open(open).encode();
            case CheckpointCall.Verify verify -> verify(verify);
            case CheckpointCall.Read read -> read(read);
            case CheckpointCall.Close close -> close(close.reader());
        };
    }

    private Offer open(CheckpointCall.Open open) throws IOException, InterruptedException {
        Checkpointer owner = replicas.get(open.group());
        if (owner == null) {
            throw new IOException("this node has no replica of the " + open.group());
        }
        PinnedCheckpoint pinned = owner.pin(open.atLeast());
        boolean kept = false;
        try {
            Checkpoint checkpoint = pinned.load();
            Reader reader = new Reader(open.group(), owner, pinned, checkpoint.state());
            long number = keep(reader);
            kept = true;
            CRC32C crc = new CRC32C();
            crc.update(checkpoint.state().buffer());
            return new Offer(
                    number,
                    new LogPosition(checkpoint.term(), checkpoint.index()),
                    checkpoint.state().length(),
                    (int) crc.getValue(),
                    pinned.parts());
        } catch (CorruptStoreException e) {
            owner.stop(e);
            throw new IOException(e.getMessage(), e);
        } finally {
            if (!kept) {
                pinned.close();
            }
        }
    }

    private long keep(Reader reader) throws IOException {
        synchronized (readers) {
            if (readers.size() >= ClusterLimits.CHECKPOINT_READERS_MAX) {
                throw new IOException("this node is being copied by " + readers.size() + " others; ask again");
            }
            long number = random.nextLong();
            while (readers.putIfAbsent(number, reader) != null) {
                number++;
            }
            if (!watched) {
                watched = true;
                Thread.ofVirtual().name("weir-checkpoint-readers").start(this::watch);
            }
            return number;
        }
    }

    private Reader reader(long number) throws IOException {
        synchronized (readers) {
            Reader reader = readers.get(number);
            if (reader == null) {
                throw new IOException("the checkpoint is kept no longer; begin again");
            }
            reader.heardNanos = nanos.getAsLong();
            return reader;
        }
    }

    private Bytes verify(CheckpointCall.Verify call) throws IOException, InterruptedException {
        Reader reader = reader(call.reader());
        Check.inRange("part", call.part(), 0, reader.pinned.parts().size() - 1);
        try {
            int crc = reader.pinned.verify(call.part(), reader);
            reader.verified.add(call.part());
            return new Writer(Integer.BYTES).i32(crc).bytes();
        } catch (CorruptStoreException e) {
            LOG.error("The {} is damaged, which was found while another node copied it", reader.group);
            reader.owner.stop(e);
            throw new IOException(e.getMessage(), e);
        }
    }

    private Bytes read(CheckpointCall.Read call) throws IOException, InterruptedException {
        Reader reader = reader(call.reader());
        if (call.part() == CheckpointCall.STATE) {
            Check.inRange("position", call.position(), 0, reader.state.length() - call.length());
            return reader.state.slice((int) call.position(), call.length());
        }
        Check.inRange("part", call.part(), 0, reader.pinned.parts().size() - 1);
        if (!reader.verified.contains(call.part())) {
            throw new IOException("a segment is verified before it is sent");
        }
        reader.take(call.length());
        return reader.pinned.read(call.part(), call.position(), call.length());
    }

    private Bytes close(long number) {
        Reader reader;
        synchronized (readers) {
            reader = readers.remove(number);
        }
        if (reader != null) {
            reader.pinned.close();
        }
        return Bytes.EMPTY;
    }

    private void watch() {
        Duration look = ClusterLimits.CHECKPOINT_READER_SILENT_MAX.dividedBy(LOOKS_PER_BOUND);
        while (true) {
            LockSupport.parkNanos(look.toNanos());
            expire();
            synchronized (readers) {
                if (readers.isEmpty()) {
                    watched = false;
                    return;
                }
            }
        }
    }

    /** Lets go of what is kept for readers that have been silent too long. */
    void expire() {
        long now = nanos.getAsLong();
        List<Reader> silent = new ArrayList<>();
        synchronized (readers) {
            readers.values()
                    .removeIf(reader -> now - reader.heardNanos > ClusterLimits.CHECKPOINT_READER_SILENT_MAX.toNanos()
                            && silent.add(reader));
        }
        for (Reader reader : silent) {
            LOG.warn(
                    "A node that copied the {} has been silent for {}; its checkpoint is kept no longer",
                    reader.group,
                    ClusterLimits.CHECKPOINT_READER_SILENT_MAX);
            reader.pinned.close();
        }
    }

    /** Lets go of everything. */
    @Override
    public void close() {
        List.copyOf(replicas.keySet()).forEach(this::remove);
    }
}
