package weir.kafka.session;

import weir.kafka.wire.Room;

/** The room that one answer takes until the client has it. The answering thread's. */
public final class Held {
    private final Room room;
    private long bytes;

    Held(Room room) {
        this.room = room;
    }

    /** As much as is wanted, or less while little is free; the least even if it is not. */
    public int takeSome(int wanted, int least) {
        int some = room.takeSome(wanted, least);
        bytes += some;
        return some;
    }

    /** What the answer takes turned out to be so much in all. */
    public void are(long actual) {
        room.give(bytes - actual);
        bytes = actual;
    }

    void release() {
        are(0);
    }
}
