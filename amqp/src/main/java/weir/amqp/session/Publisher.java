package weir.amqp.session;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes what one channel is sent, on a thread of its own. While some messages are on their way, the next ones gather, and
 * go together; so the batches are as large as the disk is slow, without a timer.
 *
 * <p>What gathers is bounded, here and over all channels. Beyond that the connection's reader waits in {@link #add}, and by
 * that the client.
 */
final class Publisher {
    private static final Logger LOG = LoggerFactory.getLogger(Publisher.class);

    /** Is told what became of messages, in their order. */
    interface Confirming {
        /** @param taken for each whether it is durable where it should be */
        void confirm(List<Publication> publications, boolean[] taken);
    }

    /** Is told when a client is kept waiting. */
    interface Blocking {
        void blocked();

        void unblocked();

        /** Whether the client is gone, so that nobody need wait. */
        boolean isOver();
    }

    /** Whoever reads the messages off the client's socket. */
    interface Reading extends Blocking {
        /**
         * One more is to be published. Called by the reading thread.
         *
         * @param first whether none was before
         */
        void added(boolean first);

        /** @param last whether all that were to be published are */
        void answered(boolean last);
    }

    /** For messages that no client sends. */
    static final Reading NOT_READ = new Reading() {
        @Override
        public void blocked() {}

        @Override
        public void unblocked() {}

        @Override
        public boolean isOver() {
            return false;
        }

        @Override
        public void added(boolean first) {}

        @Override
        public void answered(boolean last) {}
    };

    private final Publishing publishing;
    private final Confirming confirming;
    private final Reading reading;
    private final PublishRoom room;
    private final Thread.Builder threads;
    /** Guarded by this, as all below. */
    private final ArrayDeque<Publication> gathered = new ArrayDeque<>();

    private long gatheredBytes;
    /** Of what is on its way, and has its share of the room until it is answered. */
    private long sentBytes;

    private boolean busy;
    private boolean ended;
    private @Nullable Thread thread;

    Publisher(Publishing publishing, Confirming confirming, Reading reading, PublishRoom room, Thread.Builder threads) {
        this.publishing = publishing;
        this.confirming = confirming;
        this.reading = reading;
        this.room = room;
        this.threads = threads;
    }

    /** Waits for room. */
    void add(Publication publication) throws InterruptedException {
        if (room.isFull() && !room.await(SessionLimits.BLOCKED_AFTER.toMillis())) {
            reading.blocked();
            try {
                var _ = room.await(0);
            } finally {
                reading.unblocked();
            }
        }
        addHere(publication);
    }

    private synchronized void addHere(Publication publication) throws InterruptedException {
        if (isFull() && !awaitRoom(SessionLimits.BLOCKED_AFTER.toMillis())) {
            reading.blocked();
            try {
                awaitRoom(0);
            } finally {
                reading.unblocked();
            }
        }
        if (ended) {
            return; // Nobody would publish it, nor say that it was.
        }
        reading.added(!busy && gathered.isEmpty());
        gathered.add(publication);
        gatheredBytes += publication.bytes();
        room.take(publication.bytes());
        if (thread == null) {
            thread = threads.start(this::run);
        } else if (!busy && gathered.size() == 1) {
            notifyAll();
        }
    }

    private boolean isFull() {
        return !ended
                && (gatheredBytes >= SessionLimits.GATHERED_BYTES
                        || gathered.size() >= SessionLimits.GATHERED_MESSAGES);
    }

    /** @param millis 0 for as long as it takes, which is as long as the broker takes to answer */
    private boolean awaitRoom(long millis) throws InterruptedException {
        long end = System.nanoTime() + millis * 1_000_000;
        while (isFull()) {
            long left = (end - System.nanoTime()) / 1_000_000;
            if (millis > 0 && left <= 0) {
                return false;
            }
            wait(millis == 0 ? 0 : left);
        }
        return true;
    }

    /** Returns when all that was added is answered. */
    synchronized void drain() throws InterruptedException {
        while (!ended && (busy || !gathered.isEmpty())) {
            wait();
        }
    }

    /** What was not begun by now is forgotten. */
    synchronized void end() {
        ended = true;
        if (thread != null) {
            thread.interrupt();
        }
        notifyAll();
    }

    private void run() {
        try {
            while (true) {
                List<Publication> next = next();
                try {
                    confirming.confirm(next, publishing.publish(next));
                } catch (RuntimeException e) {
                    LOG.error("{} messages were not published", next.size(), e);
                    confirming.confirm(next, new boolean[next.size()]);
                } finally {
                    done();
                }
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt(); // The channel has ended.
        } finally {
            gone();
        }
    }

    /** However it came to that: nobody waits for a thread that is no more. */
    private synchronized void gone() {
        ended = true;
        if (!gathered.isEmpty()) {
            reading.answered(true);
        }
        room.give(gatheredBytes + sentBytes);
        gathered.clear();
        gatheredBytes = 0;
        sentBytes = 0;
        notifyAll();
    }

    private synchronized List<Publication> next() throws InterruptedException {
        while (gathered.isEmpty()) {
            wait();
        }
        List<Publication> next = new ArrayList<>();
        long bytes = 0;
        while (!gathered.isEmpty() && next.size() < SessionLimits.PUBLISH_MESSAGES) {
            long size = gathered.getFirst().bytes();
            if (!next.isEmpty() && bytes + size > SessionLimits.PUBLISH_BYTES) {
                break;
            }
            bytes += size;
            next.add(gathered.removeFirst());
        }
        gatheredBytes -= bytes;
        sentBytes = bytes;
        busy = true;
        notifyAll();
        return next;
    }

    private synchronized void done() {
        busy = false;
        room.give(sentBytes);
        sentBytes = 0;
        reading.answered(gathered.isEmpty());
        notifyAll();
    }
}
