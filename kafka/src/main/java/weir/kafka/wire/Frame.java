package weir.kafka.wire;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;

/** The bytes of one request, and the room that they take. From any thread. */
public final class Frame {
    private final byte[] bytes;
    private final Room room;
    private final AtomicBoolean released = new AtomicBoolean();

    Frame(byte[] bytes, Room room) {
        this.bytes = bytes;
        this.room = room;
    }

    public ByteBuffer buffer() {
        return ByteBuffer.wrap(bytes);
    }

    public int length() {
        return bytes.length;
    }

    /** Gives its room back, the first time. */
    public void release() {
        if (released.compareAndSet(false, true)) {
            room.give(bytes.length);
        }
    }
}
