package weir.cluster.forward;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who leads one group, as far as this node can tell: by its own replica, by what nodes that were asked in vain said, or by
 * asking one replica after the other.
 *
 * <p>While somebody waits for a leader, or a call is under way, a thread looks whether leadership has moved, wakes those who
 * wait, and ends calls to a node that leads no more: one that was stopped or cut off would keep its callers for their whole
 * patience. Nobody waiting, no thread.
 */
public final class Whereabouts {
    private static final Logger LOG = LoggerFactory.getLogger(Whereabouts.class);

    private final Supplier<OptionalInt> ownKnowledge;
    private final Supplier<List<Integer>> replicas;
    private final IntFunction<OptionalInt> probe;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition moved = lock.newCondition();
    // Guarded by the lock:
    private final Set<Watch> watches = new HashSet<>();
    private int waiting;
    /** How often leadership has been seen to move. */
    private int moves;

    private boolean looking;
    private int askedInVain;
    private int hint;
    private int cursor;
    /** Who leads, as last seen; 0 if unknown. */
    private int seen;

    /**
     * @param ownKnowledge what this node's replica knows
     * @param replicas the nodes that have one, to be asked one after the other
     * @param probe asks a node who leads; used if this node has no replica, on a thread that may wait
     */
    public Whereabouts(
            Supplier<OptionalInt> ownKnowledge, Supplier<List<Integer>> replicas, IntFunction<OptionalInt> probe) {
        this.ownKnowledge = ownKnowledge;
        this.replicas = replicas;
        this.probe = probe;
    }

    /** A call that is under way. */
    public final class Watch implements AutoCloseable {
        private final int node;
        /** Whom this node's replica takes for the leader though it was asked in vain; 0 for none. */
        private final int outdated;

        private final CompletableFuture<Void> elsewhere = new CompletableFuture<>();
        private long elsewhereSinceNanos;

        private Watch(int node, int outdated) {
            this.node = node;
            this.outdated = outdated;
        }

        /** Completed when another node has come to lead, and the one asked has had time for a late answer. */
        public CompletableFuture<Void> elsewhere() {
            return elsewhere;
        }

        private void look(int leader, long nanos) {
            if (leader == 0 || leader == node || leader == outdated) {
                elsewhereSinceNanos = 0;
            } else if (elsewhereSinceNanos == 0) {
                elsewhereSinceNanos = nanos;
            } else if (nanos - elsewhereSinceNanos >= ForwardLimits.LATE_ANSWER.toNanos()) {
                elsewhere.complete(null);
            }
        }

        @Override
        public void close() {
            lock.lock();
            try {
                watches.remove(this);
            } finally {
                lock.unlock();
            }
        }
    }

    /** Whether there is somebody to ask of whom it is not known that he does not lead. */
    boolean isKnown() {
        OptionalInt own = ownKnowledge.get();
        lock.lock();
        try {
            return (own.isPresent() && own.getAsInt() != askedInVain) || (hint != 0 && hint != askedInVain);
        } finally {
            lock.unlock();
        }
    }

    /** The node to ask next; empty if there is none to ask. */
    public OptionalInt next() {
        OptionalInt own = ownKnowledge.get();
        lock.lock();
        try {
            if (own.isPresent() && own.getAsInt() != askedInVain) {
                return own;
            }
            if (hint != 0 && hint != askedInVain) {
                return OptionalInt.of(hint);
            }
            List<Integer> nodes = replicas.get();
            if (nodes.isEmpty()) {
                return own;
            }
            int node = nodes.get(Math.floorMod(cursor++, nodes.size()));
            return OptionalInt.of(node);
        } finally {
            lock.unlock();
        }
    }

    /** Who was last known to lead, else the first of those. */
    OptionalInt guess(List<Integer> placed) {
        lock.lock();
        try {
            if (hint != 0) {
                return OptionalInt.of(hint);
            }
        } finally {
            lock.unlock();
        }
        return placed.isEmpty() ? OptionalInt.empty() : OptionalInt.of(placed.getFirst());
    }

    /**
     * That node does not lead, or cannot be reached.
     *
     * @param leader who does, as it says; 0 if it does not know
     */
    public void notAt(int node, int leader) {
        lock.lock();
        try {
            askedInVain = node;
            if (leader != 0 && leader != node) {
                hint = leader;
            } else if (hint == node) {
                hint = 0;
            }
        } finally {
            lock.unlock();
        }
    }

    /** That node leads: it answered. What this node's own replica says otherwise is outdated. */
    public void isAt(int node) {
        int own = ownKnowledge.get().orElse(0);
        lock.lock();
        try {
            hint = node;
            askedInVain = own == node ? 0 : own;
        } finally {
            lock.unlock();
        }
    }

    /** Waits a while after being asked in vain for that time in a row, or until leadership has moved. */
    public void pause(int times, long nanosMax) throws InterruptedException {
        long grown = ForwardLimits.PAUSE_MIN.toNanos() << Math.clamp(times - 1, 0, 16);
        long nanos = Math.min(Math.min(grown, ForwardLimits.PAUSE_MAX.toNanos()), nanosMax);
        lock.lockInterruptibly();
        try {
            waiting++;
            look();
            int before = moves;
            while (moves == before && nanos > 0) {
                nanos = moved.awaitNanos(nanos);
            }
        } finally {
            waiting--;
            lock.unlock();
        }
    }

    /** Wakes those who wait: this node has come to lead, or knows better for another reason. */
    public void wake() {
        lock.lock();
        try {
            moves++;
            askedInVain = 0;
            moved.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** To be closed when the call to that node has ended. */
    public Watch watch(int node) {
        int leader = ownKnowledge.get().orElse(0);
        lock.lock();
        try {
            Watch watch = new Watch(node, leader == askedInVain ? leader : 0);
            watches.add(watch);
            look();
            return watch;
        } finally {
            lock.unlock();
        }
    }

    /** Starts to look, if nobody does. The lock is held. */
    private void look() {
        if (!looking) {
            looking = true;
            seen = ownKnowledge.get().orElse(0);
            Thread.ofVirtual().name("weir-whereabouts").start(this::lookAround);
        }
    }

    private void lookAround() {
        long lastProbe = System.nanoTime();
        while (true) {
            int leader = 0;
            try {
                leader = ownKnowledge.get().orElse(0);
                if (leader == 0 && System.nanoTime() - lastProbe >= ForwardLimits.PROBE.toNanos()) {
                    leader = probe();
                    lastProbe = System.nanoTime();
                }
            } catch (RuntimeException e) {
                LOG.warn("It cannot be told who leads, and is asked again: {}", e.toString());
            }
            Duration rest;
            lock.lock();
            try {
                long now = System.nanoTime();
                if (leader != 0 && leader != seen) {
                    seen = leader;
                    moves++;
                    askedInVain = 0;
                    moved.signalAll();
                }
                for (Watch watch : watches) {
                    watch.look(seen, now);
                }
                if (waiting == 0 && watches.isEmpty()) {
                    looking = false;
                    return;
                }
                rest = waiting > 0 ? ForwardLimits.LOOK_WHEN_WAITING : ForwardLimits.LOOK_WHEN_CALLING;
            } finally {
                lock.unlock();
            }
            try {
                TimeUnit.NANOSECONDS.sleep(rest.toNanos());
            } catch (InterruptedException _) {
                return; // Nobody interrupts it.
            }
        }
    }

    /** Asks one of the replicas who leads; 0 if it does not know. */
    private int probe() {
        List<Integer> nodes = replicas.get();
        if (nodes.isEmpty()) {
            return 0;
        }
        int node;
        lock.lock();
        try {
            node = nodes.get(Math.floorMod(cursor++, nodes.size()));
        } finally {
            lock.unlock();
        }
        return probe.apply(node).orElse(0);
    }
}
