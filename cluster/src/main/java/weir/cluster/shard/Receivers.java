package weir.cluster.shard;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import weir.cluster.ClusterLimits;
import weir.core.PartitionId;
import weir.core.broker.Precedence;
import weir.core.shard.Readiness;

/**
 * The receivers of one shard that wait for messages, and which partitions may have some. Lives with one {@link Leadership}
 * and is not replicated: those who wait come again at the next leader, which knows of no partition yet and so asks. Its
 * monitor guards everything; nothing in here waits or calls out.
 *
 * <p>Those who wait for a queue stand in one line, for however many of its partitions here each of them waits. A partition's
 * message goes to the first who takes it and is not being served elsewhere; so whoever looks for that one passes over those
 * only who have an acquire on its way.
 *
 * <p>Those of higher {@link Precedence#priority} stand before the others. While one of them has been given something and is about
 * to come back for more, the lower ones are kept back for it, for a short time at most: {@link ClusterLimits#KEPT_BACK}.
 */
final class Receivers {
    private final Map<Long, Desk> desks = new HashMap<>();
    /** Written under the monitor. */
    private volatile boolean anyKeptBack;

    private boolean closed;

    /** One queue's. */
    private static final class Desk {
        /**
         * Partitions that had nothing to hand out after the last entry that changed them. Of others the machine has said
         * nothing yet, or that there may be something: asking in vain is harmless.
         */
        final Set<PartitionId> empty = new HashSet<>();

        final Line waiting = new Line();
        /** Those of lower priority than this are kept back, until that moment of the monotonic clock. */
        int keptFor = Integer.MIN_VALUE;

        long keptUntilNanos;
        /** Somebody was kept back, and nobody looks after him yet. */
        boolean keepsBack;
        /** Somebody looks when the time is over. */
        boolean lookedAfter;

        /** Whether it has to wait for one that comes back soon. */
        boolean isKeptBack(Receiver receiver) {
            if (receiver.priority() >= keptFor) {
                return false;
            }
            if (keptUntilNanos - System.nanoTime() <= 0) {
                keptFor = Integer.MIN_VALUE;
                return false;
            }
            keepsBack |= !lookedAfter;
            return true;
        }

        /** It is going to be given something; if that may be less than it wants, the lower ones wait for it. */
        void serves(Receiver receiver) {
            boolean more = receiver.wanted.maxMessages() > 1
                    || receiver.wanted.precedence().wantsMore();
            if (more && receiver.priority() >= keptFor) {
                keptFor = receiver.priority();
                keptUntilNanos = System.nanoTime() + ClusterLimits.KEPT_BACK.toNanos();
            } else if (receiver.priority() == keptFor) {
                keptFor = Integer.MIN_VALUE;
            }
        }

        boolean mayDeliver(PartitionId partition) {
            return !empty.contains(partition);
        }
    }

    private Desk desk(long queue) {
        return desks.computeIfAbsent(queue, _ -> new Desk());
    }

    /** @return ASKING if the log is to be asked for it now; DONE if there is nothing, and it is not patient */
    synchronized Receiver.State arrive(Receiver receiver) {
        return askOrWait(receiver, false);
    }

    /** Its acquire brought nothing. Returns as {@link #arrive}. */
    synchronized Receiver.State comeBack(Receiver receiver) {
        return askOrWait(receiver, true);
    }

    /** Another receiver of its caller has asked in vain, while which this one missed something. Returns as {@link #arrive}. */
    synchronized Receiver.State lookAgain(Receiver receiver) {
        if (receiver.state != Receiver.State.WAITING
                || !desk(receiver.wanted.queue()).waiting.remove(receiver)) {
            return Receiver.State.WAITING; // It is asking by now, or has been answered: nothing is to be done.
        }
        return askOrWait(receiver, true);
    }

    private Receiver.State askOrWait(Receiver receiver, boolean again) {
        if (receiver.state == Receiver.State.DONE) {
            return Receiver.State
                    .DONE; // It was told that its outcome is unknown, and its acquire was applied all the same.
        }
        Desk desk = desk(receiver.wanted.queue());
        PartitionId next = receiver.abandoned ? null : next(receiver, desk, again);
        if (next != null && (closed || (!desk.isKeptBack(receiver) && receiver.mayAsk()))) {
            desk.serves(receiver);
            receiver.asks(next);
            return receiver.state;
        }
        anyKeptBack |= desk.keepsBack;
        receiver.asksNoMore();
        if (receiver.abandoned || !receiver.patient) {
            receiver.state = Receiver.State.DONE;
        } else {
            receiver.state = Receiver.State.WAITING;
            if (again) {
                desk.waiting.addFirst(receiver);
            } else {
                desk.waiting.addLast(receiver);
            }
        }
        return receiver.state;
    }

    private @Nullable PartitionId next(Receiver receiver, Desk desk, boolean again) {
        List<PartitionId> wanted = receiver.wanted.partitions();
        // One that is repeated may be given what it was given before, be there more or not. Where there are several
        // partitions, it was looked before which of them gave it.
        boolean repeated = receiver.wanted.attempt() != null && wanted.size() == 1 && !again;
        boolean told = closed && receiver.patient; // Whoever asks now is told that it is over.
        return repeated || told ? wanted.getFirst() : receiver.next(desk::mayDeliver);
    }

    /**
     * The caller's patience is over, or it has gone. Returns the state before: WAITING means it is done with nothing; ASKING
     * that its answer is on its way, and will not make it wait again.
     */
    synchronized Receiver.State giveUp(Receiver receiver, boolean abandoned) {
        Receiver.State before = receiver.state;
        receiver.abandoned |= abandoned;
        receiver.patient = false;
        if (before == Receiver.State.WAITING) {
            Desk desk = desks.get(receiver.wanted.queue());
            if (desk != null) {
                desk.waiting.remove(receiver);
                removeIfBare(receiver.wanted.queue(), desk);
            }
            receiver.state = Receiver.State.DONE;
        }
        if (abandoned) {
            receiver.asksNoMore();
        }
        return before;
    }

    /** One of a queue that was deleted, for all that is known. */
    private void removeIfBare(long queue, Desk desk) {
        if (desk.empty.isEmpty() && desk.waiting.isEmpty()) {
            desks.remove(queue);
        }
    }

    /** It has failed, and is not answered any more. */
    synchronized void failed(Receiver receiver) {
        receiver.state = Receiver.State.DONE;
        receiver.asksNoMore();
    }

    /** It has its answer. False if nobody wants it any more. */
    synchronized boolean done(Receiver receiver) {
        receiver.state = Receiver.State.DONE;
        return !receiver.abandoned;
    }

    /** Receivers that wait for as many messages as are about to be published; their acquires go with the publish. */
    synchronized List<Receiver> takeFor(PartitionId partition, int messages) {
        Desk desk = desks.get(partition.queue());
        return desk == null ? List.of() : take(desk, partition, messages, Integer.MAX_VALUE);
    }

    /** Learns what an applied entry changed. Returns the receivers to ask for now. */
    synchronized List<Receiver> update(List<Readiness> changes) {
        @Nullable List<Receiver> woken = null;
        for (Readiness change : changes) {
            Desk desk = desk(change.partition().queue());
            if (!change.mayDeliver()) {
                desk.empty.add(change.partition());
            } else {
                desk.empty.remove(change.partition());
                if (!desk.waiting.isEmpty()) {
                    woken = woken == null ? new ArrayList<>() : woken;
                    woken.addAll(take(desk, change.partition(), Integer.MAX_VALUE, ClusterLimits.RECEIVERS_WOKEN));
                }
            }
        }
        return woken == null ? List.of() : woken;
    }

    /** The partition is gone. Those who waited are to ask once more, and be told. */
    synchronized List<Receiver> forget(PartitionId partition) {
        Desk desk = desks.get(partition.queue());
        if (desk == null) {
            return List.of();
        }
        desk.empty.remove(partition);
        desk.keptFor = Integer.MIN_VALUE; // Nobody comes back for more.
        List<Receiver> taken = take(desk, partition, Integer.MAX_VALUE, Integer.MAX_VALUE);
        removeIfBare(partition.queue(), desk);
        return taken;
    }

    /** Nobody waits any more. Those who did are to be told. */
    synchronized List<Receiver> close() {
        closed = true;
        List<Receiver> all = new ArrayList<>();
        for (Desk desk : desks.values()) {
            for (Receiver receiver : desk.waiting.clear()) {
                receiver.state = Receiver.State.ASKING;
                all.add(receiver);
            }
        }
        return all;
    }

    // ---- Those who are kept back

    /** The queues where somebody was since this was asked last: to be looked after when {@link ClusterLimits#KEPT_BACK} is over. */
    List<Long> keptBack() {
        if (!anyKeptBack) {
            return List.of();
        }
        synchronized (this) {
            anyKeptBack = false;
            List<Long> queues = new ArrayList<>();
            desks.forEach((queue, desk) -> {
                if (desk.keepsBack) {
                    desk.keepsBack = false;
                    desk.lookedAfter = true;
                    queues.add(queue);
                }
            });
            return queues;
        }
    }

    /** The time is over. Returns the receivers to ask for now; who is kept back again is told of by {@link #keptBack}. */
    synchronized List<Receiver> lookAfter(long queue) {
        Desk desk = desks.get(queue);
        if (desk == null) {
            return List.of();
        }
        desk.lookedAfter = false;
        return wake(desk);
    }

    /**
     * It was given that many messages. If it wants no more, the lower ones need not wait for it. Returns those to ask for now.
     *
     * @param messages at most what it asked for
     */
    synchronized List<Receiver> given(Receiver receiver, int messages) {
        Desk desk = desks.get(receiver.wanted.queue());
        boolean wantsMore = messages < receiver.wanted.maxMessages()
                || receiver.wanted.precedence().wantsMore();
        if (desk == null || wantsMore || receiver.priority() != desk.keptFor) {
            return List.of();
        }
        desk.keptFor = Integer.MIN_VALUE;
        return wake(desk);
    }

    private List<Receiver> wake(Desk desk) {
        List<Receiver> asking = new ArrayList<>();
        Iterator<Receiver> waiting = desk.waiting.iterator();
        while (waiting.hasNext() && asking.size() < ClusterLimits.RECEIVERS_WOKEN) {
            Receiver receiver = waiting.next();
            PartitionId next = next(receiver, desk, true);
            if (next != null && !desk.isKeptBack(receiver) && receiver.mayAsk()) {
                waiting.remove();
                desk.serves(receiver);
                receiver.asks(next);
                asking.add(receiver);
            }
        }
        anyKeptBack |= desk.keepsBack;
        return asking;
    }

    private List<Receiver> take(Desk desk, PartitionId partition, int messages, int receiversMax) {
        List<Receiver> taken = new ArrayList<>();
        long room = 0;
        Iterator<Receiver> waiting = desk.waiting.iterator();
        while (room < messages && taken.size() < receiversMax && waiting.hasNext()) {
            Receiver receiver = waiting.next();
            if (receiver.wanted.partitions().contains(partition) && !desk.isKeptBack(receiver) && receiver.mayAsk()) {
                waiting.remove();
                desk.serves(receiver);
                receiver.asks(partition);
                room += receiver.wanted.maxMessages();
                taken.add(receiver);
            }
        }
        anyKeptBack |= desk.keepsBack;
        return taken;
    }
}
