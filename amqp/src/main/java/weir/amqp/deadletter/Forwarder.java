package weir.amqp.deadletter;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import weir.amqp.message.DeliveredMessages;
import weir.amqp.message.StoredMessage;
import weir.amqp.queue.AmqpQueue;
import weir.amqp.queue.Queues;
import weir.amqp.wire.AmqpException;
import weir.amqp.wire.FieldTable;
import weir.amqp.wire.Properties;
import weir.core.DeadLetterReason;
import weir.core.Envelope;
import weir.core.LeaseId;
import weir.core.Origin;
import weir.core.PartitionId;
import weir.core.Position;
import weir.core.broker.Broker;
import weir.core.broker.Delivery;
import weir.core.broker.OutcomeUnknownException;
import weir.core.broker.Peeked;
import weir.core.broker.PublishOutcome;
import weir.core.broker.Receipt;
import weir.core.catalog.Queue;
import weir.core.codec.CorruptDataException;
import weir.core.shard.Command;
import weir.core.shard.Refusal;

/**
 * Forwards what waits in one of the system's dead-letter queues, in its order. A message that some queue has no room for now is
 * offered again later, and then is behind those after it; whoever has it already is not given it twice.
 *
 * <p>Used by one thread, of one node at a time.
 */
final class Forwarder {
    private static final Logger LOG = LoggerFactory.getLogger(Forwarder.class);

    private final Broker broker;
    private final Queues queues;
    private final Exchanges exchanges;
    private final DeliveredMessages messages;
    private final Queue queue;
    private final PartitionId partition;
    private int asked = DeadLetterLimits.MESSAGES_FIRST;
    /** Below it, everything was acknowledged when last looked. */
    private long settledBelow;

    Forwarder(Broker broker, Queues queues, Exchanges exchanges, DeliveredMessages messages, Queue queue) {
        this.broker = broker;
        this.queues = queues;
        this.exchanges = exchanges;
        this.messages = messages;
        this.queue = queue;
        this.partition = queue.partition(0);
    }

    /** What one dead letter comes to: its copies, for queues of one level each. */
    private record Letter(LeaseId lease, List<Command.Copies> copies) {}

    /** Waits for messages and forwards them. False if the queue is no more. */
    boolean work() throws OutcomeUnknownException, InterruptedException {
        var acquire = new Command.Acquire(partition, asked, DeadLetterLimits.LEASE.toMillis());
        return switch (broker.receive(acquire, DeadLetterLimits.PATIENCE)) {
            case Receipt.Refused(Refusal reason) -> reason != Refusal.NO_SUCH_QUEUE;
            case Receipt.Received(List<Delivery> deliveries, boolean _) -> {
                if (!deliveries.isEmpty()) {
                    askAfter(deliveries);
                    forward(deliveries);
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

    private void forward(List<Delivery> deliveries) throws OutcomeUnknownException, InterruptedException {
        lookWhatIsSettled();
        List<Letter> letters = new ArrayList<>(deliveries.size());
        List<Command.Copies> all = new ArrayList<>();
        for (Delivery delivery : deliveries) {
            Letter letter = letter(delivery);
            letters.add(letter);
            all.addAll(letter.copies());
        }
        List<List<PublishOutcome>> outcomes = all.isEmpty() ? List.of() : broker.fanOut(all);
        List<LeaseId> done = new ArrayList<>();
        List<LeaseId> again = new ArrayList<>();
        int at = 0;
        for (Letter letter : letters) {
            int end = at + letter.copies().size();
            boolean arrived =
                    outcomes.subList(at, end).stream().flatMap(List::stream).allMatch(this::isOver);
            (arrived ? done : again).add(letter.lease());
            at = end;
        }
        if (!done.isEmpty()) {
            broker.submit(new Command.Acknowledge(partition, done, true));
        }
        if (!again.isEmpty()) {
            broker.submit(new Command.Release(partition, again, DeadLetterLimits.PAUSE.toMillis(), false));
        }
    }

    /** What is leased is still there, so the first message that is there is not above what is forwarded now. */
    private void lookWhatIsSettled() throws OutcomeUnknownException, InterruptedException {
        List<Peeked> first = broker.peek(partition, new Position(0, settledBelow), 1);
        if (!first.isEmpty()) {
            settledBelow = first.getFirst().position().offset();
        }
    }

    private boolean isOver(PublishOutcome outcome) {
        return switch (outcome) {
            case PublishOutcome.Appended _, PublishOutcome.TakenBefore _ -> true;
            case PublishOutcome.Unknown _ -> false;
            case PublishOutcome.Refused(Refusal reason) ->
                switch (reason) {
                    case QUEUE_FULL, PUBLISH_PAUSED, DISK_FULL, TOO_MANY_IN_FLIGHT, PURGED_RECENTLY -> false;
                    case NO_SUCH_QUEUE -> true; // It was deleted since it was routed.
                    case MESSAGE_TOO_LARGE, GROUP_MISSING, READ_OTHERWISE, OFFSET_OUT_OF_RANGE -> {
                        LOG.warn("A dead letter from {} cannot be had by a queue: {}", queue.name(), reason);
                        yield true;
                    }
                };
        };
    }

    private Letter letter(Delivery delivery) throws OutcomeUnknownException, InterruptedException {
        LeaseId lease = delivery.leased().lease();
        Origin origin = delivery.leased().envelope().origin();
        Optional<AmqpQueue> source =
                origin == null ? Optional.empty() : queues.find(origin.from().queue());
        if (origin == null || source.isEmpty()) {
            return new Letter(lease, List.of()); // Its queue was deleted meanwhile, and the exchange's name with it.
        }
        try {
            StoredMessage died = messages.of(delivery, source.get().name().name());
            return new Letter(lease, copies(delivery, died, source.get(), origin.reason()));
        } catch (CorruptDataException e) {
            LOG.error(
                    "A dead letter of {} cannot be read and is dropped",
                    source.get().name(),
                    e);
            return new Letter(lease, List.of());
        } catch (AmqpException e) {
            throw new OutcomeUnknownException("no queue for what was tried too often: " + e.getMessage(), e);
        }
    }

    private List<Command.Copies> copies(
            Delivery delivery, StoredMessage died, AmqpQueue source, DeadLetterReason reason)
            throws AmqpException, OutcomeUnknownException, InterruptedException {
        long diedAt = delivery.leased().firstLeasedAtMillis(); // The same however often it is forwarded.
        String exchange = source.deadLetterExchange().orElse("");
        StoredMessage letter = Obituary.of(died, source, exchange, reason, Instant.ofEpochMilli(diedAt));
        Exchanges.Routes routes = routes(source, letter, reason);
        var copies = new Copied(letter);
        for (AmqpQueue target : routes.queues()) {
            copies.add(source, reason, target, Envelope.QUEUE_DELAY);
        }
        for (AmqpQueue target : routes.later()) {
            copies.add(source, reason, target, diedAt + routes.delayMillis());
        }
        long offset = delivery.leased().lease().position().offset();
        return copies.relayed(new Command.Relayed(queue.id(), offset, Math.min(settledBelow, offset)));
    }

    private Exchanges.Routes routes(AmqpQueue source, StoredMessage letter, DeadLetterReason reason)
            throws AmqpException, OutcomeUnknownException, InterruptedException {
        if (source.deadLetterExchange().isPresent()) {
            return exchanges.route(source.name().vhost(), letter);
        }
        return reason == DeadLetterReason.TOO_MANY_ATTEMPTS
                ? new Exchanges.Routes(queues.parking(source).stream().toList(), List.of(), 0)
                : Exchanges.NOWHERE;
    }

    /** One dead letter's copies, by the level that they go to. */
    private static final class Copied {
        private final StoredMessage letter;
        private final Properties properties;
        private final FieldTable headers;
        private final TreeMap<Integer, List<Command.Target>> byLevel = new TreeMap<>();

        Copied(StoredMessage letter) {
            this.letter = letter;
            this.properties = letter.readProperties();
            this.headers = Obituary.headers(properties);
        }

        /** What would go round for ever is dropped, unless it is only now that a client has rejected it. */
        void add(AmqpQueue source, DeadLetterReason reason, AmqpQueue target, long deliverAtMillis) {
            boolean cycle = reason != DeadLetterReason.REJECTED
                    && target.name().vhost().equals(source.name().vhost())
                    && Deaths.isCycle(headers, target.name().name());
            if (!cycle) {
                Envelope envelope =
                        target.envelope(headers, letter.routingKey().utf8(), deliverAtMillis, Envelope.NEVER);
                byLevel.computeIfAbsent(target.level(properties), _ -> new ArrayList<>())
                        .add(new Command.Target(target.queue().partitionFor(envelope, 0), envelope));
            }
        }

        List<Command.Copies> relayed(Command.Relayed relayed) {
            List<Command.Copies> copies = new ArrayList<>(byLevel.size());
            var payload = letter.encode();
            byLevel.forEach((level, targets) ->
                    copies.add(new Command.Copies(level, StoredMessage.FORMAT, payload, targets, relayed)));
            return copies;
        }
    }
}
