package weir.amqp.queue;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import weir.core.Batch;
import weir.core.Bytes;
import weir.core.Envelope;
import weir.core.LeaseId;
import weir.core.Limits;
import weir.core.Ordering;
import weir.core.Overflow;
import weir.core.PartitionId;
import weir.core.QueueSettings;
import weir.core.broker.Broker;
import weir.core.broker.OutcomeUnknownException;
import weir.core.broker.Receipt;
import weir.core.catalog.CatalogCommand;
import weir.core.catalog.CatalogReply;
import weir.core.catalog.Queue;
import weir.core.shard.Command;
import weir.core.shard.Reply;

/**
 * Which consumer of a queue is the single active one. Beside the queue there is another, which no client sees, with one message
 * in it: whoever leases that is active. The engine's leases are what is needed: one holder at a time, over all nodes, kept through
 * the loss of a leader, ended by itself when its holder is lost, handed to who has waited longest, and waiting costs nothing.
 *
 * <p>Should the message be put there twice, when two consumers come at once, it does no harm: both are of one group, of which an
 * ordered queue leases one at a time.
 */
public final class ActiveConsumers {
    /** A consumer that is lost is replaced after that; one that ends, at once. */
    static final Duration LEASE = Duration.ofSeconds(15);

    private static final String PREFIX = QueuePlan.LABEL + "active:";

    private static final QueueSettings SETTINGS = QueueSettings.DEFAULT
            .change()
            .ordering(Ordering.GROUP)
            .retention(Limits.RETENTION_MAX)
            .messagesMax(1)
            .overflow(Overflow.REFUSE)
            .build();

    private static final Envelope TOKEN = new Envelope("active", null, Envelope.AT_ONCE, Envelope.NEVER, null);

    private final Broker broker;

    public ActiveConsumers(Broker broker) {
        this.broker = broker;
    }

    /** To be the active one, until the lease ends. Its holder extends it well before, and stops consuming if it could not. */
    public final class Activity {
        private final PartitionId partition;
        private final List<LeaseId> lease;
        private final Duration term;

        private Activity(PartitionId partition, LeaseId lease, Duration term) {
            this.partition = partition;
            this.lease = List.of(lease);
            this.term = term;
        }

        /** For as long again from now; false if somebody else may be active by now. */
        public boolean extend() throws OutcomeUnknownException, InterruptedException {
            Reply reply = broker.submit(new Command.Extend(partition, lease, term.toMillis(), false, Long.MAX_VALUE));
            return reply instanceof Reply.Settled(List<Reply.LeaseOutcome> outcomes)
                    && outcomes.getFirst() == Reply.LeaseOutcome.DONE;
        }

        /** Who has waited longest is next. */
        public void end() throws OutcomeUnknownException, InterruptedException {
            broker.submit(new Command.Release(partition, lease, 0, false));
        }
    }

    /**
     * Waits to be the active consumer of the queue.
     *
     * @return empty if another one is for all of that time, or the queue is gone
     */
    public Optional<Activity> await(AmqpQueue queue, Duration patience)
            throws OutcomeUnknownException, InterruptedException {
        return await(queue.queue(), LEASE, patience);
    }

    /** The same for any queue. */
    public Optional<Activity> await(Queue queue, Duration term, Duration patience)
            throws OutcomeUnknownException, InterruptedException {
        if (!isThere(queue)) {
            return Optional.empty();
        }
        Queue tokens = tokens(queue);
        if (!isThere(queue)) { // It was deleted in between, and nobody else would take away what was just made.
            forget(broker, queue);
            return Optional.empty();
        }
        PartitionId partition = tokens.partition(0);
        var acquire = new Command.Acquire(partition, 1, term.toMillis());
        return switch (broker.receive(acquire, patience)) {
            case Receipt.Received(var deliveries, boolean _)
            when !deliveries.isEmpty() ->
                Optional.of(
                        new Activity(partition, deliveries.getFirst().leased().lease(), term));
            case Receipt.Received _, Receipt.Refused _ -> Optional.empty();
        };
    }

    /** Whether the queue can have an active consumer at all. It was there once, so this node knows it unless it was deleted. */
    public boolean isThere(AmqpQueue queue) {
        return isThere(queue.queue());
    }

    private boolean isThere(Queue queue) {
        return broker.find(queue.id()).isPresent();
    }

    /** Whether it is there and has a message is looked at each time: what was cut short is made good. */
    private Queue tokens(Queue queue) throws OutcomeUnknownException, InterruptedException {
        String name = nameFor(queue);
        Optional<Queue> known = broker.find(name);
        Queue tokens = known.isPresent()
                ? known.get()
                : made(broker.change(new CatalogCommand.CreateQueue(name, SETTINGS, new TreeMap<>())));
        boolean empty = broker.status(tokens)
                .map(status -> status.ready() + status.leased() == 0)
                .orElse(true);
        if (empty) {
            broker.submit(new Command.Publish(tokens.partition(0), List.of(Batch.of(TOKEN, Bytes.EMPTY))));
        }
        return tokens;
    }

    private static Queue made(CatalogReply reply) throws OutcomeUnknownException {
        if (reply instanceof CatalogReply.Created(Queue queue, boolean _)) {
            return queue;
        }
        throw new OutcomeUnknownException("nobody can be the single active consumer now: " + reply);
    }

    private static String nameFor(Queue queue) {
        return PREFIX + queue.id();
    }

    static void forget(Broker broker, Queue queue) throws OutcomeUnknownException, InterruptedException {
        if (broker.find(nameFor(queue)).isPresent()) {
            broker.change(new CatalogCommand.DeleteQueue(nameFor(queue)));
        }
    }
}
