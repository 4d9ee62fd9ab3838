package weir.amqp.wire;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import weir.core.Bytes;

/**
 * What has come of a body that is sent in several frames. Room for it doubles up to exactly what was announced, so that what a
 * header announces is believed only as far as it comes. Belongs to the thread that reads the connection, but for being let go of.
 */
final class HalfSentBody {
    private final int announced;
    private final BodyRoom.Place place;
    private int size;
    private int capacity;
    /** Guarded by this, as the next; nothing is asked of the place under it, as that lets go under a lock of its own. */
    private byte[] bytes = Bytes.EMPTY.array();

    private boolean dropped;

    HalfSentBody(int announced, BodyRoom room) {
        this.announced = announced;
        this.place = room.begin(this::drop);
    }

    /** That much more is kept of it beside what has come of the body. False as {@link #append} says. */
    boolean hold(int more) throws InterruptedException {
        return place.grow(more);
    }

    /** False if there is no room for it: nothing of it is there any more. */
    boolean append(Bytes piece) throws InterruptedException {
        int needed = size + piece.length();
        if (needed > capacity) {
            int next = (int) Math.min(announced, Math.max(needed, 2L * capacity));
            if (!place.grow(next - capacity)) {
                return false;
            }
            capacity = next;
        }
        synchronized (this) {
            if (dropped) {
                return false;
            }
            if (bytes.length < capacity) {
                bytes = Arrays.copyOf(bytes, capacity);
            }
            System.arraycopy(piece.array(), piece.offset(), bytes, size, piece.length());
        }
        size = needed;
        return true;
    }

    private synchronized void drop() {
        dropped = true;
        bytes = Bytes.EMPTY.array();
    }

    /** All of it, from now on for as long as {@link #end} was not called; null if it has been let go of. */
    @Nullable
    Bytes whole() {
        if (!place.finish()) {
            return null;
        }
        synchronized (this) {
            return Bytes.of(bytes);
        }
    }

    void end() {
        place.end();
    }
}
