package weir.cluster.shard;

import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import weir.cluster.ClusterLimits;
import weir.cluster.replication.ReplicatedLog;
import weir.core.PartitionId;
import weir.core.shard.Command;
import weir.core.shard.Readiness;
import weir.core.shard.Reply;

/**
 * One time of leading a shard, from when the log says that this node leads until it says otherwise: the thread that writes
 * entries, the receivers that wait, and the courier. Once over it stays over, and the next is a new one with nothing of
 * this in it: what was learned here may be out of date by then.
 *
 * <p>What was proposed and is applied after the end is answered all the same: it is in the log.
 */
final class Leadership {
    private static final Executor KEPT_BACK = CompletableFuture.delayedExecutor(
            ClusterLimits.KEPT_BACK.toMillis(), TimeUnit.MILLISECONDS, Thread::startVirtualThread);

    private final int shard;
    private final Receivers receivers = new Receivers();
    private final Readers readers = new Readers();
    private final Proposer proposer;
    private final Courier courier;
    private final Semaphore publishRoom;

    /**
     * @param publishRoom shared with the leaderships before and after, so that the bound holds over changes
     * @param machineMillis the machine's time: entries are never stamped with less
     */
    Leadership(
            int shard,
            ReplicatedLog log,
            ShardReplica replica,
            Directory directory,
            Semaphore publishRoom,
            InstantSource clock,
            long machineMillis) {
        this.shard = shard;
        this.publishRoom = publishRoom;
        this.proposer = new Proposer(shard, log, receivers, new LeaderClock(clock, machineMillis, System.nanoTime()));
        this.courier = new Courier(shard, replica, this, directory);
    }

    /** @param dueMillis when the machine next wants an entry */
    void start(long dueMillis) {
        proposer.due(dueMillis);
        proposer.start();
        courier.start();
    }

    boolean isOver() {
        return proposer.isClosed();
    }

    // ---- Callers

    /** @param room that the command holds of what publishes may take */
    Call call(Command command, int room) {
        Call call = new Call(command, publishRoom, room);
        proposer.enqueue(call);
        return call;
    }

    /** @return as {@link Receivers#arrive}; the receiver is asked for if that says so */
    Receiver.State arrive(Receiver receiver) {
        Receiver.State state = receivers.arrive(receiver);
        if (state == Receiver.State.ASKING) {
            proposer.enqueue(receiver);
        }
        lookAfterKeptBack();
        if (state == Receiver.State.WAITING) {
            receiver.wanted.waiting().run();
        }
        return state;
    }

    /** Somebody who reads topics by cursor. To be closed by the caller. */
    Readers.Reader read(List<PartitionId> partitions) {
        return readers.arrive(partitions);
    }

    /** As {@link Receivers#giveUp}, for a caller that still takes its answer if that is on its way. */
    Receiver.State outOfPatience(Receiver receiver) {
        return receivers.giveUp(receiver, false);
    }

    /** The caller will not take its answer. Whatever it was or will be given becomes ready again. */
    void abandon(Receiver receiver) {
        Receiver.State before = receivers.giveUp(receiver, true);
        tellMissed(receiver);
        if (before == Receiver.State.DONE) {
            var _ = receiver.answer.thenAccept(answer -> {
                if (answer.reply() instanceof Reply.Acquired acquired) {
                    giveBack(answer, acquired);
                }
            });
        }
    }

    /** If this is over, nobody can tell the log any more, and the leases run out. */
    private void giveBack(Receiver.Answer answer, Reply.Acquired acquired) {
        answer.contents().forEach(content -> content.close());
        giveBack(answer.partition(), acquired.leased());
    }

    /** Nobody looks at them: they are ready again at their old places. */
    void giveBack(PartitionId partition, List<Reply.Leased> leased) {
        var leases = leased.stream().map(Reply.Leased::lease).toList();
        if (!leases.isEmpty()) {
            var _ = call(new Command.Release(partition, leases, 0, false), 0);
        }
    }

    /** Another receiver of the same caller has asked in vain, and this one was to ask meanwhile. Any thread. */
    private void lookAgain(Receiver receiver) {
        if (receivers.lookAgain(receiver) == Receiver.State.ASKING) {
            proposer.enqueue(receiver);
        }
    }

    /** Who was kept back for one of higher priority looks again when the time for that is over. */
    private void lookAfterKeptBack() {
        for (long queue : receivers.keptBack()) {
            KEPT_BACK.execute(() -> {
                receivers.lookAfter(queue).forEach(proposer::enqueue);
                lookAfterKeptBack();
            });
        }
    }

    private static void tellMissed(Receiver receiver) {
        receiver.missed.forEach(missed -> missed.leadership().lookAgain(missed));
    }

    // ---- The shard's thread

    /** An entry was applied, by whomever it was proposed. */
    void applied(
            List<Command> commands,
            List<Readiness> readiness,
            List<PartitionId> news,
            long dueMillis,
            boolean departing) {
        readers.tell(news);
        receivers.update(readiness).forEach(proposer::enqueue);
        lookAfterKeptBack();
        for (Command command : commands) {
            if (command instanceof Command.Drop drop) {
                receivers.forget(drop.partition()).forEach(proposer::enqueue);
            }
        }
        proposer.due(dueMillis);
        if (departing) {
            courier.wake();
        }
    }

    void receiverAnswered(Receiver receiver, Receiver.Answer answer) {
        if (answer.reply() instanceof Reply.Acquired(var leased, boolean tooMany) && leased.isEmpty()) {
            if (tooMany) { // It looks at the other partitions, and does not wait: its caller may have to be told.
                receiver.tooManyInFlight = true;
                var _ = receivers.giveUp(receiver, false);
            }
            switch (receivers.comeBack(receiver)) {
                case ASKING -> proposer.enqueue(receiver);
                case WAITING -> {
                    tellMissed(receiver);
                    receiver.wanted.waiting().run();
                }
                case DONE -> {
                    tellMissed(receiver);
                    receiver.answer.complete(new Receiver.Answer(
                            answer.partition(),
                            new Reply.Acquired(List.of(), receiver.tooManyInFlight),
                            answer.contents()));
                }
            }
            return;
        }
        if (answer.reply() instanceof Reply.Acquired(var leased, boolean _)) {
            receivers.given(receiver, leased.size()).forEach(proposer::enqueue);
        }
        boolean taken = receivers.done(receiver) && receiver.answer.complete(answer);
        if (!taken && answer.reply() instanceof Reply.Acquired acquired) {
            giveBack(answer, acquired);
        }
    }

    void receiverFailed(Receiver receiver) {
        receivers.failed(receiver);
        tellMissed(receiver);
    }

    // ---- The end

    /** Any thread. Whoever waits here and has nothing in the log is told that nothing was done. */
    void end() {
        proposer.close();
        courier.close();
        NotLeadingException over = new NotLeadingException(shard);
        readers.close(over);
        receivers.close().forEach(receiver -> receiver.failed(over));
    }
}
