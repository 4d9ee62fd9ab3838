package weir.amqp.session;

import java.io.IOException;
import java.io.OutputStream;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import weir.amqp.wire.FrameWriter;

/**
 * What is on its way to one client. Any thread composes frames into it; one thread takes all that has gathered and writes it
 * with one flush, while the next frames gather.
 *
 * <p>Composing never waits, so that whoever holds a lock may do it. Whoever would compose without bound calls {@link
 * #awaitRoom} before.
 */
final class Outbox {
    private final TimedOutput stream;
    private final OutboxRoom room;
    /** Guarded by this, as all below but what is volatile. */
    private FrameWriter filling = new FrameWriter();

    private FrameWriter writing = new FrameWriter();
    private int frameMax;
    private volatile boolean ended;
    private boolean idle = true;
    private volatile boolean full;

    /** @param room for what waits for all clients */
    Outbox(OutputStream stream, OutboxRoom room, Traffic<Traffic.Carried> carried) {
        this.stream = new TimedOutput(stream, carried);
        this.room = room;
    }

    /** @param bytes what was negotiated */
    synchronized void frameMax(int bytes) {
        frameMax = bytes;
        filling.frameMax(bytes);
    }

    /** Composes frames behind all others. False after the end: then nothing was done. */
    synchronized boolean write(Consumer<FrameWriter> frames) {
        if (ended) {
            return false;
        }
        long before = filling.size();
        try {
            frames.accept(filling);
        } finally {
            room.take(filling.size() - before);
        }
        full = filling.size() >= room.bytesOfEach();
        if (idle) {
            notifyAll();
        }
        return true;
    }

    /** Says that this side is there. */
    void beat() {
        write(FrameWriter::heartbeat);
    }

    /** Whether the client is behind with reading. */
    boolean isFull() {
        return full;
    }

    /** Returns when so much was written that more may be composed; false if nothing ever will be again. */
    boolean awaitRoom() throws InterruptedException {
        if (full) {
            synchronized (this) {
                while (full && !ended) {
                    wait();
                }
            }
        }
        return !ended;
    }

    /** Writes until the end; then what was composed before it, too. */
    void run() {
        try {
            while (true) {
                FrameWriter next = next();
                if (next == null) {
                    return;
                }
                long size = next.size();
                try {
                    next.writeTo(stream);
                    stream.flush();
                } finally {
                    room.give(size);
                }
            }
        } catch (IOException _) { // The client is gone, which its reader notices as well.
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } finally {
            forget();
        }
    }

    /** What could not be written never will be. */
    private synchronized void forget() {
        end();
        room.give(filling.size());
        filling = new FrameWriter();
    }

    private synchronized @Nullable FrameWriter next() throws InterruptedException {
        while (filling.size() == 0) {
            if (ended) {
                return null;
            }
            idle = true;
            wait();
        }
        idle = false;
        FrameWriter next = filling;
        filling = writing;
        writing = next;
        if (frameMax > 0) {
            filling.frameMax(frameMax);
        }
        full = false;
        notifyAll();
        return next;
    }

    /** Nothing is composed any more; what was, is still written. */
    synchronized void end() {
        ended = true;
        notifyAll();
    }

    /** Whether nothing will be written any more that is not composed by now. */
    boolean isOver() {
        return ended;
    }

    /** Octets that wait until those before them are taken. */
    synchronized long waiting() {
        return filling.size();
    }

    /** How long the client has taken nothing off its socket while something was to be written; 0 if nothing is. */
    long stalledNanos(long nowNanos) {
        return stream.stalledNanos(nowNanos);
    }

    long lastWriteNanos() {
        return stream.lastWriteNanos();
    }
}
