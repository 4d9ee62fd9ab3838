package weir.cluster.damage;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import weir.cluster.ClusterLimits;
import weir.core.cluster.FreeDisk;

/**
 * Whether the disk has room for more messages. Publishes are refused before it is quite full, because a log that cannot be
 * written stops its replica, and acknowledgements, which make room, have to be written, too. It recovers by itself, once a
 * quarter more than the reserve is free.
 *
 * <p>Asked with every publish, by any thread; looks at the disk now and then.
 */
public final class DiskRoom {
    private static final Logger LOG = LoggerFactory.getLogger(DiskRoom.class);

    /** The disk. */
    interface Space {
        /** Bytes that may still be written; none if it is read-only. */
        long usableBytes() throws IOException;
    }

    private final Space space;
    private final long reserveBytes;
    private final LongSupplier nanos;
    private final AtomicLong nextLookNanos;
    /** When it was looked at last; all of the reserve until then. */
    private volatile long usableBytes;

    private volatile boolean low;
    /** Sooner than {@link #low}, so that there is time to let others lead. */
    private volatile boolean scarce;

    /** @param data on the disk that matters; it exists */
    public static DiskRoom of(Path data, int shards, long checkpointBytes) throws IOException {
        Files.createDirectories(data);
        long totalBytes = Files.getFileStore(data).getTotalSpace();
        return new DiskRoom(
                () -> {
                    FileStore store = Files.getFileStore(data); // Anew, since it may be mounted in another way by now.
                    return store.isReadOnly() ? 0 : store.getUsableSpace();
                },
                ClusterLimits.diskReserveBytes(totalBytes, shards, checkpointBytes),
                System::nanoTime);
    }

    DiskRoom(Space space, long reserveBytes, LongSupplier nanos) {
        this.space = space;
        this.reserveBytes = reserveBytes;
        this.nanos = nanos;
        this.usableBytes = reserveBytes;
        nextLookNanos = new AtomicLong(nanos.getAsLong());
    }

    /** Whether publishes are to be refused. */
    public boolean isLow() {
        long now = nanos.getAsLong();
        long due = nextLookNanos.get();
        if (now - due >= 0 && nextLookNanos.compareAndSet(due, now + ClusterLimits.DISK_LOOK.toNanos())) {
            look();
        }
        return low;
    }

    /**
     * Whether less than twice the reserve is free: others had better lead, if they have room. It is over when a quarter more
     * is.
     */
    public boolean isShort() {
        isLow();
        return scarce;
    }

    /** For who operates the node. */
    public FreeDisk free() {
        boolean refused = isLow();
        return new FreeDisk(usableBytes, reserveBytes, refused);
    }

    private void look() {
        long usable;
        try {
            usable = space.usableBytes();
        } catch (IOException e) {
            LOG.warn("Free space cannot be told, so publishes are taken or refused as before: {}", e.toString());
            return;
        }
        usableBytes = usable;
        scarce = usable < (scarce ? reserveBytes * 5 / 2 : reserveBytes * 2);
        if (low) {
            if (usable >= reserveBytes + reserveBytes / 4) {
                low = false;
                LOG.info("The disk has room again ({} bytes): messages are taken", usable);
            }
        } else if (usable < reserveBytes) {
            low = true;
            LOG.error(
                    "The disk has room for {} bytes, less than the {} that are kept back, or is read-only: no messages are"
                            + " taken until there is more. Receiving and acknowledging work, and make room",
                    usable,
                    reserveBytes);
        }
    }
}
