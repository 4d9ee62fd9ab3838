package weir.cluster;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import weir.cluster.catalog.CatalogClient;
import weir.cluster.shard.Patience;
import weir.cluster.shard.ShardReplica;
import weir.core.PartitionId;
import weir.core.broker.Deadline;
import weir.core.broker.Outcome;
import weir.core.broker.OutcomeUnknownException;
import weir.core.catalog.CatalogCommand;
import weir.core.catalog.CatalogMachine;
import weir.core.catalog.CatalogReply;
import weir.core.catalog.Queue;
import weir.core.shard.Command;

/**
 * Carries definitions out in the shards before their change is answered, and makes good for what a stop left undone: on the
 * node that leads a shard, by comparing the shard with the catalog.
 */
final class Carrying {
    /** Changes of one queue are carried out one after the other; more locks than clients that define queues at a time. */
    private static final int CHANGE_LOCKS = 64;

    /** The way to a shard. */
    interface Shards {
        /** Carries all of them out side by side, where they belong. */
        List<Outcome> submit(List<? extends Command.OfPartition> commands) throws InterruptedException;
    }

    private final CatalogClient catalog;
    private final Replicas replicas;
    private final Shards shards;
    private final ReentrantLock[] changes = new ReentrantLock[CHANGE_LOCKS];
    /** How far the catalog was when a shard that this node leads was last compared with it. */
    private final Map<Integer, Long> compared = new ConcurrentHashMap<>();
    /** A definition could not be carried out when it was changed. */
    private volatile boolean undone;

    Carrying(CatalogClient catalog, Replicas replicas, Shards shards) {
        this.catalog = catalog;
        this.replicas = replicas;
        this.shards = shards;
        for (int i = 0; i < CHANGE_LOCKS; i++) {
            changes[i] = new ReentrantLock();
        }
    }

    /** Whether there is something to reconcile, as far as this node knows. */
    boolean undone() {
        return undone;
    }

    /** Waits for its turn, for the catalog and for the shard, no longer than one call may in all. */
    CatalogReply change(CatalogCommand command) throws OutcomeUnknownException, InterruptedException {
        return Deadline.until(Patience.endNanos(Deadline.OF_A_CALL), () -> changeInTurn(command));
    }

    private CatalogReply changeInTurn(CatalogCommand command) throws OutcomeUnknownException, InterruptedException {
        ReentrantLock lock = changes[Math.floorMod(command.name().hashCode(), CHANGE_LOCKS)];
        long end = Patience.endNanos(ClusterLimits.ANSWER);
        if (!lock.tryLock(Patience.nanosLeft(end), TimeUnit.NANOSECONDS)) {
            throw new OutcomeUnknownException("other changes of \"" + command.name()
                    + "\" or of what shares its lock took all the time that there was; nothing was done");
        }
        try {
            CatalogReply reply = catalog.change(command);
            switch (reply) {
                // One that was there may still have to be carried out: who created it has died in between.
                case CatalogReply.Created created -> carryOut(configure(created.queue()));
                case CatalogReply.Updated updated -> carryOut(configure(updated.queue()));
                case CatalogReply.Deleted deleted ->
                    carryOut(deleted.queue().partitionIds().stream()
                            .map(Command.Drop::new)
                            .toList());
                case CatalogReply.Defined _, CatalogReply.Undefined _, CatalogReply.Refused _ -> {}
            }
            return reply;
        } finally {
            lock.unlock();
        }
    }

    private void carryOut(List<? extends Command.OfPartition> commands)
            throws OutcomeUnknownException, InterruptedException {
        boolean done = false;
        try {
            for (Outcome outcome : shards.submit(commands)) {
                outcome.known();
            }
            done = true;
        } finally {
            if (!done) {
                undone = true;
            }
        }
    }

    private CatalogMachine machine() {
        return replicas.catalog().machine();
    }

    private static List<Command.Configure> configure(Queue queue) {
        return queue.partitionIds().stream()
                .map(partition -> configure(partition, queue))
                .toList();
    }

    private static Command.Configure configure(PartitionId partition, Queue queue) {
        return new Command.Configure(partition, queue.revision(), queue.settings());
    }

    /**
     * As {@link #reconcile}, for each shard that this node leads and has not compared with the catalog since that was last changed:
     * whoever changes a definition, on whichever node, may die before he has carried it out.
     */
    void reconcileAll() throws OutcomeUnknownException, InterruptedException {
        boolean anew = undone;
        undone = false;
        boolean done = false;
        try {
            for (Replicas.Open each : replicas.all()) {
                if (each.shard() != null) {
                    reconcileIfChanged(each.shard(), each.log().isLeader(), anew);
                }
            }
            done = true;
        } finally {
            if (!done) {
                undone = true;
            }
        }
    }

    private void reconcileIfChanged(ShardReplica shard, boolean leads, boolean anew)
            throws OutcomeUnknownException, InterruptedException {
        long catalogNow = replicas.catalog().changedIndex();
        Long before = compared.get(shard.shard());
        if (!leads) {
            compared.remove(shard.shard());
        } else if (anew || before == null || before < catalogNow) {
            reconcile(shard);
            compared.put(shard.shard(), catalogNow);
        }
    }

    /**
     * Brings a shard that this node leads to what the catalog says.
     *
     * <p>What the shard has is read before the catalog is caught up with: a partition comes into being after its queue's
     * creation was answered, so one whose queue is not in the catalog by then has been deleted, and is not just unknown here.
     */
    private void reconcile(ShardReplica shard) throws OutcomeUnknownException, InterruptedException {
        SortedMap<PartitionId, Long> there = shard.revisions();
        catalog.catchUp();
        for (Map.Entry<PartitionId, Long> partition : there.entrySet()) {
            Optional<Queue> queue = machine().find(partition.getKey().queue());
            if (queue.isEmpty() || !queue.get().has(partition.getKey())) {
                carryOut(List.of(new Command.Drop(partition.getKey())));
            } else if (queue.get().revision() > partition.getValue()) {
                carryOut(List.of(configure(partition.getKey(), queue.get())));
            }
        }
        for (Queue queue : List.copyOf(machine().all())) {
            for (int number = 0; number < queue.partitions(); number++) {
                PartitionId partition = queue.partition(number);
                if (machine().shardOf(partition) == shard.shard() && !there.containsKey(partition)) {
                    carryOut(List.of(configure(partition, queue)));
                }
            }
        }
    }
}
