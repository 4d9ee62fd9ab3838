package weir.cluster.shard;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import weir.cluster.ClusterLimits;
import weir.core.PartitionId;
import weir.core.shard.Readiness;

/**
 * The receivers of one shard that wait for messages, and which partitions may have some. Lives with one {@link Leadership}
 * and is not replicated: those who wait come again at the next leader, which knows of no partition yet and so asks. Its monitor guards everything; nothing in here waits or calls out.
 */
final class Receivers {
    private final Map<PartitionId, Desk> desks = new HashMap<>();
    private boolean closed;

    /** One partition's. */
    private static final class Desk {
        /** As the last applied entry left it. True until the machine has said otherwise: asking in vain is harmless. */
        boolean mayDeliver = true;
        /** First come, first served; one that asked in vain comes back to the front. */
        final LinkedHashSet<Receiver> waiting = new LinkedHashSet<>();
    }

    private Desk desk(PartitionId partition) {
        return desks.computeIfAbsent(partition, _ -> new Desk());
    }

    /** @return ASKING if the log is to be asked for it now; DONE if there is nothing, and it is not patient */
    synchronized Receiver.State arrive(Receiver receiver) {
        return askOrWait(receiver, false);
    }

    /** Its acquire brought nothing. Returns as {@link #arrive}. */
    synchronized Receiver.State comeBack(Receiver receiver) {
        return askOrWait(receiver, true);
    }

    private Receiver.State askOrWait(Receiver receiver, boolean again) {
        if (receiver.state == Receiver.State.DONE) {
            return Receiver.State
                    .DONE; // It was told that its outcome is unknown, and its acquire was applied all the same.
        }
        Desk desk = desk(receiver.acquire.partition());
        // One that is repeated may be given what it was given before, be there more or not.
        boolean mayDeliver = desk.mayDeliver || (receiver.acquire.attempt() != null && !again);
        if (receiver.abandoned || (!receiver.patient && (again || !mayDeliver))) {
            receiver.state = Receiver.State.DONE;
        } else if (mayDeliver || closed) { // If closed, whoever asks is told.
            receiver.state = Receiver.State.ASKING;
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

    /**
     * The caller's patience is over, or it has gone. Returns the state before: WAITING means it is done with nothing; ASKING
     * that its answer is on its way, and will not make it wait again.
     */
    synchronized Receiver.State giveUp(Receiver receiver, boolean abandoned) {
        Receiver.State before = receiver.state;
        receiver.abandoned |= abandoned;
        receiver.patient = false;
        if (before == Receiver.State.WAITING) {
            desk(receiver.acquire.partition()).waiting.remove(receiver);
            receiver.state = Receiver.State.DONE;
        }
        return before;
    }

    /** It has its answer. False if nobody wants it any more. */
    synchronized boolean done(Receiver receiver) {
        receiver.state = Receiver.State.DONE;
        return !receiver.abandoned;
    }

    /** Receivers that wait for as many messages as are about to be published; their acquires go with the publish. */
    synchronized List<Receiver> takeFor(PartitionId partition, int messages) {
        Desk desk = desks.get(partition);
        return desk == null ? List.of() : take(desk, messages, Integer.MAX_VALUE);
    }

    /** Learns what an applied entry changed. Returns the receivers to ask for now. */
    synchronized List<Receiver> update(List<Readiness> changes) {
        @Nullable List<Receiver> woken = null;
        for (Readiness change : changes) {
            Desk desk = desk(change.partition());
            desk.mayDeliver = change.mayDeliver();
            if (desk.mayDeliver && !desk.waiting.isEmpty()) {
                woken = woken == null ? new ArrayList<>() : woken;
                woken.addAll(take(desk, Integer.MAX_VALUE, ClusterLimits.RECEIVERS_WOKEN));
            }
        }
        return woken == null ? List.of() : woken;
    }

    /** The partition is gone. Those who waited are to ask once more, and be told. */
    synchronized List<Receiver> forget(PartitionId partition) {
        Desk desk = desks.remove(partition);
        return desk == null ? List.of() : take(desk, Integer.MAX_VALUE, Integer.MAX_VALUE);
    }

    /** Nobody waits any more. Those who did are to be told. */
    synchronized List<Receiver> close() {
        closed = true;
        List<Receiver> all = new ArrayList<>();
        for (Desk desk : desks.values()) {
            all.addAll(take(desk, Integer.MAX_VALUE, Integer.MAX_VALUE));
        }
        return all;
    }

    private static List<Receiver> take(Desk desk, int messages, int receiversMax) {
        List<Receiver> taken = new ArrayList<>();
        long room = 0;
        while (room < messages && taken.size() < receiversMax && !desk.waiting.isEmpty()) {
            Receiver receiver = desk.waiting.removeFirst();
            receiver.state = Receiver.State.ASKING;
            room += receiver.acquire.maxMessages();
            taken.add(receiver);
        }
        return taken;
    }
}
