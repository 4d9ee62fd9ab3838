package weir.amqp.session;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import weir.amqp.wire.BodyRoom;

/**
 * What clients have begun and not finished, and this node keeps for them meanwhile: bodies of which only a part has come,
 * transactions that are not committed. Each has a bound of its own, but a client may begin thousands; this bounds all together.
 *
 * <p>Who finds no room is refused ({@link Work#grow}) or waits ({@link Work#growInTurn}). In both cases what was begun long ago
 * makes room first, so that whoever never finishes keeps nobody out for longer than that. So that those who wait for each other come
 * to an end, the one that was begun first may go on beyond the bound, along with what its client has begun beside it, which may
 * have to be read before it; what does not fit even there is let go of.
 *
 * <p>From any thread. Its monitor guards everything; whoever is let go of is told under it.
 */
final class HalfDone {
    private static final long SAFE_NANOS = SessionLimits.HALF_DONE_SAFE.toNanos();
    private static final long LOOK_MILLIS = SessionLimits.LOOK.toMillis();

    private final long bytesMax;
    private final long beyondMax;
    private final LongSupplier nanos;
    /** What may be let go of, in the order in which it was begun. */
    private final SequencedSet<Work> open = new LinkedHashSet<>();

    private long used;
    /** What is complete and still held: it goes by itself. */
    private int finished;

    private long lastLookNanos;

    /**
     * @param beyondMax how much more the first may take
     * @param nanos the monotonic clock
     */
    HalfDone(long bytesMax, long beyondMax, LongSupplier nanos) {
        this.bytesMax = bytesMax;
        this.beyondMax = beyondMax;
        this.nanos = nanos;
        this.lastLookNanos = nanos.getAsLong() - TimeUnit.MILLISECONDS.toNanos(LOOK_MILLIS);
    }

    private enum Growth {
        GROWN,
        NOT_YET,
        GONE
    }

    private enum Phase {
        OPEN,
        FINISHED,
        OVER
    }

    /** For the bodies that a client sends; {@code blocking} is told when it is kept waiting. */
    BodyRoom bodiesOf(Object client, Publisher.Blocking blocking) {
        return drop -> {
            Work work = begin(client, drop);
            return new BodyRoom.Place() {
                @Override
                public boolean grow(int bytes) throws InterruptedException {
                    return work.growInTurn(bytes, blocking);
                }

                @Override
                public boolean finish() {
                    return work.finish();
                }

                @Override
                public void end() {
                    work.end();
                }
            };
        };
    }

    /**
     * @param client whose it is
     * @param drop lets go of it; does not wait, and calls nothing here
     */
    synchronized Work begin(Object client, Runnable drop) {
        Work work = new Work(client, drop);
        open.add(work);
        return work;
    }

    synchronized long used() {
        return used;
    }

    /** One of them. */
    final class Work {
        private final Object client;
        private final Runnable drop;
        /** Later by what it had to wait, which is not its client's fault. */
        private long sinceNanos = nanos.getAsLong();

        private Phase phase = Phase.OPEN;
        private boolean waits;
        private long bytes;

        private Work(Object client, Runnable drop) {
            this.client = client;
            this.drop = drop;
        }

        /** Takes so much more. False if there is no room, or it was let go of before: it is over then. */
        boolean grow(long more) {
            synchronized (HalfDone.this) {
                if (look(this, more, false) == Growth.NOT_YET) {
                    letGo(this);
                }
                return phase != Phase.OVER;
            }
        }

        /** The same, but waits for room, for as long as the client is there. */
        boolean growInTurn(long more, Publisher.Blocking blocking) throws InterruptedException {
            long from = nanos.getAsLong();
            Growth growth;
            synchronized (HalfDone.this) {
                growth = look(this, more, true);
                waits = growth == Growth.NOT_YET; // Until this returns: nor does it grow old between two looks.
            }
            if (growth != Growth.NOT_YET) {
                return growth == Growth.GROWN;
            }
            try {
                growth = tryFor(more, SessionLimits.BLOCKED_AFTER.toMillis());
                if (growth == Growth.NOT_YET) {
                    blocking.blocked();
                    try {
                        while (growth == Growth.NOT_YET && !blocking.isOver()) {
                            growth = tryFor(more, LOOK_MILLIS);
                        }
                    } finally {
                        blocking.unblocked();
                    }
                }
                return growth == Growth.GROWN;
            } finally {
                synchronized (HalfDone.this) {
                    waits = false;
                    sinceNanos += nanos.getAsLong() - from;
                }
            }
        }

        private Growth tryFor(long more, long millis) throws InterruptedException {
            synchronized (HalfDone.this) {
                long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
                Growth growth = look(this, more, true);
                for (long left = millis;
                        growth == Growth.NOT_YET && left > 0;
                        left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime())) {
                    HalfDone.this.wait(left);
                    growth = look(this, more, true);
                }
                return growth;
            }
        }

        /** It is complete, and not let go of any more. False if it was before. */
        boolean finish() {
            synchronized (HalfDone.this) {
                if (phase == Phase.OPEN) {
                    phase = Phase.FINISHED;
                    open.remove(this);
                    finished++;
                    HalfDone.this.notifyAll(); // Another one is the first now.
                }
                return phase == Phase.FINISHED;
            }
        }

        /** It is not held any more. */
        void end() {
            synchronized (HalfDone.this) {
                over(this);
            }
        }
    }

    // ---- With the monitor held

    private Growth look(Work work, long more, boolean inTurn) {
        if (used + more > bytesMax) {
            letGoOfOld();
        }
        if (work.phase == Phase.OVER) {
            return Growth.GONE;
        }
        boolean fits = used + more <= bytesMax;
        if (!fits
                && inTurn
                && finished == 0
                && !open.isEmpty()
                && open.getFirst().client.equals(work.client)) {
            if (work == open.getFirst()) {
                makeRoomForFirst(more);
            }
            fits = used + more <= bytesMax + beyondMax;
            if (!fits) {
                letGo(work);
                return Growth.GONE;
            }
        }
        if (!fits) {
            return Growth.NOT_YET;
        }
        used += more;
        work.bytes += more;
        return Growth.GROWN;
    }

    /** The first one goes on in any case: those that were begun last make room for it. */
    private void makeRoomForFirst(long more) {
        while (used + more > bytesMax + beyondMax && open.size() > 1) {
            letGo(open.getLast());
        }
    }

    /** Once in a while: it looks at all of them. */
    private void letGoOfOld() {
        long now = nanos.getAsLong();
        if (now - lastLookNanos < TimeUnit.MILLISECONDS.toNanos(LOOK_MILLIS)) {
            return;
        }
        lastLookNanos = now;
        List<Work> old = new ArrayList<>();
        for (Work each : open) {
            if (!each.waits && now - each.sinceNanos > SAFE_NANOS) {
                old.add(each);
            }
        }
        old.forEach(this::letGo);
    }

    private void letGo(Work work) {
        work.drop.run();
        over(work);
    }

    private void over(Work work) {
        if (work.phase == Phase.OVER) {
            return;
        }
        if (work.phase == Phase.FINISHED) {
            finished--;
        } else {
            open.remove(work);
        }
        work.phase = Phase.OVER;
        used -= work.bytes;
        work.bytes = 0;
        notifyAll();
    }
}
