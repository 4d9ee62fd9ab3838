package weir.amqp.deadletter;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import weir.amqp.queue.AmqpQueue;
import weir.core.LeaseId;
import weir.core.PartitionId;
import weir.core.Position;
import weir.core.broker.Broker;
import weir.core.broker.Delivery;
import weir.core.broker.OutcomeUnknownException;
import weir.core.broker.Peeked;
import weir.core.broker.PublishOutcome;
import weir.core.broker.Receipt;
import weir.core.catalog.Queue;
import weir.core.shard.Command;
import weir.core.shard.Refusal;

/**
 * Forwards what waits in one of the system's dead-letter queues, in its order. A message that some queue has no room for now is
 * offered again later, and then is behind those after it; whoever has it already is not given it twice. One that nothing can
 * be done with holds up no other: it is parked, or stays.
 *
 * <p>Used by one thread, of one node at a time.
 */
final class Forwarder {
    private static final Logger LOG = LoggerFactory.getLogger(Forwarder.class);

    private final Broker broker;
    private final Letters letters;
    private final PartitionId partition;
    private int asked = DeadLetterLimits.MESSAGES_FIRST;
    /** Below it, everything was acknowledged when last looked. */
    private long settledBelow;

    Forwarder(Broker broker, Letters letters, Queue queue) {
        this.broker = broker;
        this.letters = letters;
        this.partition = queue.partition(0);
    }

    /** Waits for messages and forwards them. False if the queue is no more. */
    boolean work() throws OutcomeUnknownException, InterruptedException {
        var acquire = new Command.Acquire(partition, asked, DeadLetterLimits.LEASE.toMillis());
        return switch (broker.receive(acquire, DeadLetterLimits.PATIENCE)) {
            case Receipt.Refused(Refusal reason) -> reason != Refusal.NO_SUCH_QUEUE;
            case Receipt.Received(List<Delivery> deliveries, boolean _) -> {
                if (!deliveries.isEmpty()) {
                    askAfter(deliveries);
                    forwardOrGiveBack(deliveries);
                }
                yield true;
            }
        };
    }

    private void askAfter(List<Delivery> deliveries) {
        long bytes = 0;
        for (Delivery delivery : deliveries) {
            bytes += delivery.payload().length();
        }
        asked = bytes > DeadLetterLimits.BYTES_MANY
                ? 1
                : Math.min(DeadLetterLimits.MESSAGES_MAX, Math.max(DeadLetterLimits.MESSAGES_FIRST, 2 * asked));
    }

    /** Whoever goes on finds what this one did not get done with before what comes after it. */
    private void forwardOrGiveBack(List<Delivery> deliveries) throws OutcomeUnknownException, InterruptedException {
        boolean done = false;
        try {
            forward(deliveries);
            done = true;
        } finally {
            if (!done) {
                giveBack(deliveries);
            }
        }
    }

    private void giveBack(List<Delivery> deliveries) throws InterruptedException {
        for (Command.Release release : Delivery.giveBack(deliveries)) {
            try {
                broker.submit(release);
            } catch (OutcomeUnknownException e) { // What it came to that for is thrown by whoever called this.
                LOG.info("Dead letters stay leased for a moment: {}", e.getMessage());
            }
        }
    }

    /** A dead letter, and what is to become of it. */
    private record Letter(Delivery delivery, Letters.Fate fate) {}

    private void forward(List<Delivery> deliveries) throws OutcomeUnknownException, InterruptedException {
        lookWhatIsSettled();
        if (deliveries.stream().anyMatch(delivery -> letters.source(delivery).isEmpty())) {
            broker.catchUp(); // Its queue may have been made a moment ago, at another node.
        }
        List<Letter> all = new ArrayList<>(deliveries.size());
        for (Delivery delivery : deliveries) {
            all.add(new Letter(delivery, letters.fate(delivery, settledBelow)));
        }
        Settlements settlements = new Settlements();
        List<Letter> nobodys = send(all, settlements);
        List<Letter> parked = new ArrayList<>(nobodys.size());
        for (Letter letter : nobodys) {
            Optional<AmqpQueue> source = letters.source(letter.delivery());
            if (source.isEmpty()) {
                settlements.done.add(letter.delivery().leased().lease());
            } else {
                LOG.warn(
                        "A dead letter of {} cannot be had by a queue, and is parked",
                        source.get().name());
                parked.add(
                        new Letter(letter.delivery(), letters.parked(letter.delivery(), source.get(), settledBelow)));
            }
        }
        for (Letter letter : send(parked, settlements)) { // Not even there, as an operator has changed that queue.
            settlements.stay.add(letter.delivery().leased().lease());
        }
        settlements.submit();
    }

    /** What is done with the letters themselves, once it is known what became of their copies. */
    private final class Settlements {
        private final List<LeaseId> done = new ArrayList<>();
        private final List<LeaseId> again = new ArrayList<>();
        private final List<LeaseId> stay = new ArrayList<>();

        private void submit() throws OutcomeUnknownException, InterruptedException {
            if (!done.isEmpty()) {
                broker.submit(new Command.Acknowledge(partition, done, true));
            }
            if (!again.isEmpty()) {
                broker.submit(new Command.Release(partition, again, DeadLetterLimits.PAUSE.toMillis(), false));
            }
            if (!stay.isEmpty()) {
                broker.submit(new Command.Release(partition, stay, DeadLetterLimits.STAY.toMillis(), false));
            }
        }
    }

    /** @return those that some queue can never have, though all others have them */
    private List<Letter> send(List<Letter> all, Settlements settlements) throws InterruptedException {
        List<Command.Copies> copies = new ArrayList<>();
        for (Letter letter : all) {
            copies.addAll(copiesOf(letter));
        }
        List<List<PublishOutcome>> outcomes = copies.isEmpty() ? List.of() : broker.fanOut(copies);
        List<Letter> nobodys = new ArrayList<>();
        int at = 0;
        for (Letter letter : all) {
            LeaseId lease = letter.delivery().leased().lease();
            List<Command.Copies> own = copiesOf(letter);
            Arrival arrival = arrival(own, outcomes.subList(at, at + own.size()));
            at += own.size();
            if (letter.fate() instanceof Letters.Fate.Stay) {
                settlements.stay.add(lease);
                continue;
            }
            switch (arrival) {
                case OVER -> settlements.done.add(lease);
                case NEVER -> nobodys.add(letter);
                case LATER -> settlements.again.add(lease);
            }
        }
        return nobodys;
    }

    private static List<Command.Copies> copiesOf(Letter letter) {
        return switch (letter.fate()) {
            case Letters.Fate.Forward(List<Command.Copies> copies) -> copies;
            case Letters.Fate.Stay() -> List.of();
        };
    }

    /** Whether a copy is where it was to go; of several, the last of these that holds for any. */
    private enum Arrival {
        OVER,
        NEVER,
        LATER
    }

    private Arrival arrival(List<Command.Copies> copies, List<List<PublishOutcome>> outcomes) {
        Arrival all = Arrival.OVER;
        for (int i = 0; i < copies.size(); i++) {
            for (int target = 0; target < outcomes.get(i).size(); target++) {
                PartitionId to = copies.get(i).targets().get(target).partition();
                Arrival one = arrival(outcomes.get(i).get(target), to);
                all = one.compareTo(all) > 0 ? one : all;
            }
        }
        return all;
    }

    private Arrival arrival(PublishOutcome outcome, PartitionId to) {
        return switch (outcome) {
            case PublishOutcome.Appended _, PublishOutcome.TakenBefore _ -> Arrival.OVER;
            case PublishOutcome.Unknown _ -> Arrival.LATER;
            case PublishOutcome.Refused(Refusal reason) ->
                switch (reason) {
                    case QUEUE_FULL, PUBLISH_PAUSED, DISK_FULL, TOO_MANY_IN_FLIGHT, PURGED_RECENTLY -> Arrival.LATER;
                    // It was deleted since it was routed, or made so lately that its shard does not know it yet.
                    case NO_SUCH_QUEUE -> broker.find(to.queue()).isEmpty() ? Arrival.OVER : Arrival.LATER;
                    case MESSAGE_TOO_LARGE,
                            GROUP_MISSING,
                            READ_OTHERWISE,
                            OFFSET_OUT_OF_RANGE,
                            OUT_OF_ORDER_SEQUENCE,
                            INVALID_PRODUCER_EPOCH -> Arrival.NEVER;
                };
        };
    }

    /** What is leased is still there, so the first message that is there is not above what is forwarded now. */
    private void lookWhatIsSettled() throws OutcomeUnknownException, InterruptedException {
        List<Peeked> first = broker.peek(partition, new Position(0, settledBelow), 1);
        if (!first.isEmpty()) {
            settledBelow = first.getFirst().position().offset();
        }
    }
}
