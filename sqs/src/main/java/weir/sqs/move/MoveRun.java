package weir.sqs.move;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import weir.core.Origin;
import weir.core.PartitionStatus;
import weir.core.broker.Broker;
import weir.core.broker.Delivery;
import weir.core.broker.Outcome;
import weir.core.broker.OutcomeUnknownException;
import weir.core.broker.Receipt;
import weir.core.broker.Receive;
import weir.core.catalog.Queue;
import weir.core.shard.Command;
import weir.core.shard.Reply;

/**
 * One task being worked on: leases some messages, sends them on, waits as the rate asks, and again, until there is nothing
 * left, or as many were moved as there were at the start.
 *
 * <p>That nothing is left does not end it while messages are on their way: they may come back, and others may have to wait
 * for them. If it is because somebody else holds what is there, the task is done: who holds it settles it or has it
 * dead-lettered anew. But if that may be a mover that died, or a command of ours that had no answer, it waits until such a
 * lease has run out.
 *
 * <p>One virtual thread owns it; {@link #movedOf} may be asked by others.
 */
final class MoveRun {
    private static final Logger LOG = LoggerFactory.getLogger(MoveRun.class);

    private final Broker broker;
    private final MoveTaskBook book;
    private final Queue source;
    private final String id;
    private final Runnable whenEnded;
    private final Thread thread;

    /** Unlike any other's, of whatever node. */
    private final String run = UUID.randomUUID().toString();

    private final AtomicLong moved = new AtomicLong();
    private long savedAtNanos = System.nanoTime() - MoveLimits.SAVE_PERIOD.toNanos();
    private long inDoubtUntilNanos = System.nanoTime();

    /** @param mayBeResumed whether a mover that died may hold messages */
    MoveRun(Broker broker, MoveTaskBook book, Queue source, String id, boolean mayBeResumed, Runnable whenEnded) {
        this.broker = broker;
        this.book = book;
        this.source = source;
        this.id = id;
        this.whenEnded = whenEnded;
        this.thread = Thread.ofVirtual().name("sqs-move-" + source.name()).unstarted(this::run);
        if (mayBeResumed) {
            isInDoubt();
        }
    }

    void start() {
        thread.start();
    }

    void stop() {
        thread.interrupt();
    }

    /** Messages moved of the task, by this run and others. */
    long movedOf(MoveTask task) {
        return task.progress().by(run, moved.get()).total();
    }

    private void isInDoubt() {
        inDoubtUntilNanos = System.nanoTime() + MoveLimits.LEASE.toNanos();
    }

    private void run() {
        try {
            boolean goesOn = true;
            while (goesOn) {
                try {
                    goesOn = step();
                } catch (OutcomeUnknownException e) {
                    LOG.info("moving messages from {} goes on in a moment: {}", source.name(), e.getMessage());
                    isInDoubt();
                    Thread.sleep(MoveLimits.RETRY);
                }
            }
        } catch (InterruptedException _) { // Closed; the task stays active.
        } finally {
            whenEnded.run();
        }
    }

    /** @return false if the task has come to its end */
    private boolean step() throws OutcomeUnknownException, InterruptedException {
        MoveTask task =
                broker.find(source.id()).flatMap(there -> book.find(there, id)).orElse(null);
        if (task == null) {
            return false; // The queue was deleted, and the task with it.
        }
        String destination = task.destination();
        if (task.status() != MoveTask.Status.RUNNING || movedOf(task) >= task.toMove()) {
            return end(null);
        }
        if (destination != null && broker.find(destination).isEmpty()) {
            return end(MoveTask.NO_DESTINATION);
        }
        long departing = departing();
        if (departing >= MoveLimits.DEPARTING_MAX) {
            return looksAgain(); // Does not fill the shard with messages under way faster than they arrive.
        }
        Integer rate = task.messagesPerSecond();
        int most = rate == null ? MoveLimits.MESSAGES_AT_A_TIME : Math.min(rate, MoveLimits.MESSAGES_AT_A_TIME);
        long left = task.toMove() - movedOf(task);
        List<Delivery> held = lease((int) Math.min(most, left));
        if (held == null) {
            return false;
        }
        if (held.isEmpty()) {
            return departing > 0 ? looksAgain() : end(null); // If they have just arrived, more may be ready now.
        }
        String failure = send(held, destination);
        if (failure != null) {
            return end(failure);
        }
        if (System.nanoTime() - savedAtNanos >= MoveLimits.SAVE_PERIOD.toNanos()) {
            save();
        }
        if (rate != null) {
            Thread.sleep(Duration.ofSeconds(held.size()).dividedBy(rate));
        }
        return true;
    }

    private long departing() throws OutcomeUnknownException, InterruptedException {
        return broker.status(source).map(PartitionStatus::departing).orElse(0L);
    }

    /** In a moment; meanwhile the task may be cancelled. */
    private static boolean looksAgain() throws InterruptedException {
        Thread.sleep(MoveLimits.DEPARTING_WAIT);
        return true;
    }

    /** @return null if the queue is gone */
    private @Nullable List<Delivery> lease(int most) throws OutcomeUnknownException, InterruptedException {
        var receive = new Receive(source.id(), most, MoveLimits.LEASE.toMillis());
        Duration patience = Duration.ofNanos(Math.max(0, inDoubtUntilNanos - System.nanoTime()));
        return switch (broker.receive(receive, patience)) {
            case Receipt.Received received -> received.deliveries();
            case Receipt.Refused _ -> null;
        };
    }

    /** @return why the task has failed; null if it has not */
    private @Nullable String send(List<Delivery> held, @Nullable String destination)
            throws OutcomeUnknownException, InterruptedException {
        Map<String, List<Delivery>> byTarget = new LinkedHashMap<>();
        List<Delivery> lost = new ArrayList<>();
        String failure = null;
        for (Delivery delivery : held) {
            Origin origin = delivery.leased().envelope().origin();
            String target = destination != null ? destination : origin == null ? null : nameOf(origin);
            if (target == null) {
                lost.add(delivery);
                failure = origin == null ? MoveTask.NO_SOURCE : MoveTask.NO_DESTINATION;
            } else {
                byTarget.computeIfAbsent(target, _ -> new ArrayList<>()).add(delivery);
            }
        }
        List<Command.OfPartition> commands = new ArrayList<>();
        byTarget.forEach((target, deliveries) -> Delivery.leases(deliveries)
                .forEach((partition, leases) -> commands.add(new Command.Move(partition, leases, target))));
        commands.addAll(Delivery.giveBack(lost));
        OutcomeUnknownException unknown = null;
        List<Outcome> outcomes = broker.submitAll(commands);
        for (int i = 0; i < commands.size(); i++) {
            switch (outcomes.get(i)) {
                case Outcome.Replied(Reply reply) ->
                    moved.addAndGet(commands.get(i) instanceof Command.Move ? done(reply) : 0);
                case Outcome.Unknown(OutcomeUnknownException cause) -> unknown = cause;
            }
        }
        if (unknown != null) {
            throw unknown;
        }
        return failure;
    }

    private @Nullable String nameOf(Origin origin) {
        return broker.find(origin.from().queue()).map(Queue::name).orElse(null);
    }

    private static long done(Reply reply) {
        return reply instanceof Reply.Settled(var outcomes)
                ? outcomes.stream()
                        .filter(outcome -> outcome == Reply.LeaseOutcome.DONE)
                        .count()
                : 0;
    }

    private void save() throws OutcomeUnknownException, InterruptedException {
        long count = moved.get();
        book.change(source, id, task -> task.counted(run, count));
        savedAtNanos = System.nanoTime();
    }

    private boolean end(@Nullable String failure) throws OutcomeUnknownException, InterruptedException {
        long count = moved.get();
        book.change(source, id, task -> task.counted(run, count).ended(failure));
        return false;
    }
}
