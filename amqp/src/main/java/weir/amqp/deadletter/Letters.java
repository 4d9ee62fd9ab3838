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
import weir.core.Origin;
import weir.core.broker.Delivery;
import weir.core.broker.OutcomeUnknownException;
import weir.core.catalog.Queue;
import weir.core.codec.CorruptDataException;
import weir.core.shard.Command;

/**
 * Says what is to become of each dead letter that waits in one of the system's queues. One that cannot be read, or that
 * nobody can have, is parked as it is in the queue of its queue's dead letters, where an operator finds it.
 */
final class Letters {
    private static final Logger LOG = LoggerFactory.getLogger(Letters.class);

    private final Queues queues;
    private final Exchanges exchanges;
    private final DeliveredMessages messages;
    private final Queue waitIn;

    /** @param waitIn the system's queue that they come from */
    Letters(Queues queues, Exchanges exchanges, DeliveredMessages messages, Queue waitIn) {
        this.queues = queues;
        this.exchanges = exchanges;
        this.messages = messages;
        this.waitIn = waitIn;
    }

    /** What a dead letter comes to. */
    sealed interface Fate {
        /** Copies, for queues of one level each; none if it is to be dropped. */
        record Forward(List<Command.Copies> copies) implements Fate {}

        /** It is to be tried again after some time: nothing can be done with it now. */
        record Stay() implements Fate {}
    }

    /** The queue in which it died; empty if that was deleted meanwhile, and the name of its exchange with it. */
    Optional<AmqpQueue> source(Delivery delivery) {
        Origin origin = delivery.leased().envelope().origin();
        return origin == null ? Optional.empty() : queues.find(origin.from().queue());
    }

    /** @param settledBelow see {@link Command.Relayed} */
    Fate fate(Delivery delivery, long settledBelow) throws OutcomeUnknownException, InterruptedException {
        Optional<AmqpQueue> source = source(delivery);
        Origin origin = delivery.leased().envelope().origin();
        if (origin == null || source.isEmpty()) {
            return new Fate.Forward(List.of());
        }
        try {
            StoredMessage died = messages.of(delivery, source.get().name().name());
            return routed(delivery, died, source.get(), origin.reason(), settledBelow);
        } catch (CorruptDataException | AmqpException e) {
            LOG.error(
                    "A dead letter of {} cannot be read, and is parked",
                    source.get().name(),
                    e);
            return parked(delivery, source.get(), settledBelow);
        } catch (RuntimeException e) {
            LOG.error("a bug, met with a dead letter of {}", source.get().name(), e);
            return delivery.leased().lease().delivery() < DeadLetterLimits.TRIES
                    ? new Fate.Stay()
                    : parked(delivery, source.get(), settledBelow);
        }
    }

    private Fate routed(
            Delivery delivery, StoredMessage died, AmqpQueue source, DeadLetterReason reason, long settledBelow)
            throws AmqpException, OutcomeUnknownException, InterruptedException {
        long diedAt = delivery.leased().firstLeasedAtMillis(); // The same however often it is forwarded.
        String exchange = source.deadLetterExchange().orElse("");
        StoredMessage letter = Obituary.of(died, source, exchange, reason, Instant.ofEpochMilli(diedAt));
        Exchanges.Routes routes = Exchanges.NOWHERE;
        if (source.deadLetterExchange().isPresent()) {
            routes = exchanges.route(source.name().vhost(), letter);
        } else if (reason == DeadLetterReason.TOO_MANY_ATTEMPTS) {
            Optional<AmqpQueue> parking = parking(source);
            if (parking.isEmpty()) {
                return new Fate.Stay();
            }
            routes = new Exchanges.Routes(List.of(parking.get()), List.of(), 0);
        }
        var copies = new Copied(letter);
        for (AmqpQueue target : routes.queues()) {
            copies.add(source, reason, target, Envelope.QUEUE_DELAY);
        }
        for (AmqpQueue target : routes.later()) {
            copies.add(source, reason, target, diedAt + routes.delayMillis());
        }
        return new Fate.Forward(copies.relayed(relayed(delivery, settledBelow)));
    }

    private Command.Relayed relayed(Delivery delivery, long settledBelow) {
        long offset = delivery.leased().lease().position().offset();
        return new Command.Relayed(waitIn.id(), offset, Math.min(settledBelow, offset));
    }

    /** As it is, with all that the core knows of it: it may be too large for one word more. */
    Fate parked(Delivery delivery, AmqpQueue source, long settledBelow)
            throws OutcomeUnknownException, InterruptedException {
        Optional<AmqpQueue> parking = parking(source);
        if (parking.isEmpty()) {
            return new Fate.Stay();
        }
        Envelope known = delivery.leased().envelope();
        Envelope envelope = new Envelope(null, null, Envelope.AT_ONCE, Envelope.NEVER, known.origin(), known.variant());
        var target = new Command.Target(parking.get().queue().partitionFor(envelope, 0), envelope);
        return new Fate.Forward(List.of(new Command.Copies(
                0, delivery.format(), delivery.payload(), List.of(target), relayed(delivery, settledBelow))));
    }

    private Optional<AmqpQueue> parking(AmqpQueue source) throws OutcomeUnknownException, InterruptedException {
        try {
            return Optional.of(queues.parking(source));
        } catch (AmqpException e) {
            LOG.error("Dead letters of {} stay in {}: {}", source.name(), waitIn.name(), e.getMessage());
            return Optional.empty();
        }
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
