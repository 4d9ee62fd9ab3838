package weir.admin;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import weir.core.Batch;
import weir.core.LeaseId;
import weir.core.MessageState;
import weir.core.PartitionId;
import weir.core.PartitionStatus;
import weir.core.Position;
import weir.core.QueueSettings;
import weir.core.broker.Broker;
import weir.core.broker.CatalogWatch;
import weir.core.broker.Delivery;
import weir.core.broker.Fetch;
import weir.core.broker.FetchOutcome;
import weir.core.broker.OutcomeUnknownException;
import weir.core.broker.Peeked;
import weir.core.broker.PublishOutcome;
import weir.core.broker.PublishPlan;
import weir.core.broker.Receipt;
import weir.core.broker.Receive;
import weir.core.broker.TopicOffsets;
import weir.core.catalog.CatalogCommand;
import weir.core.catalog.CatalogMachine;
import weir.core.catalog.CatalogRefusal;
import weir.core.catalog.CatalogReply;
import weir.core.catalog.Definition;
import weir.core.catalog.Queue;
import weir.core.shard.Command;
import weir.core.shard.Refusal;
import weir.core.shard.Reply;

/**
 * A broker in memory, with as much of the rules as the API's tests ask of it: no time passes, so no lease runs out and a
 * delayed message stays delayed.
 */
final class MemoryBroker implements Broker {
    private static final long NOW = 1_790_000_000_000L;

    private static final class Stored {
        final Position position;
        final Batch batch;
        int deliveries;
        boolean leased;

        Stored(Position position, Batch batch) {
            this.position = position;
            this.batch = batch;
        }

        boolean delayed() {
            return batch.messages().getFirst().deliverAtMillis() > 0;
        }

        MessageState state() {
            return leased ? MessageState.LEASED : delayed() ? MessageState.DELAYED : MessageState.READY;
        }
    }

    private final CatalogMachine catalog = new CatalogMachine(1);
    private final TreeMap<PartitionId, List<Stored>> messages = new TreeMap<>();
    private long changes;
    private long turn;
    private int conflicts;
    private boolean silent;
    private int waiting;

    /** The next {@code times} updates find that the queue was changed in the meantime. */
    synchronized void conflict(int times) {
        conflicts = times;
    }

    /** From now on no command is answered. */
    synchronized void fallSilent() {
        silent = true;
    }

    @Override
    public Optional<Queue> find(String name) {
        return catalog.find(name);
    }

    @Override
    public Optional<Queue> find(long id) {
        return catalog.find(id);
    }

    @Override
    public List<Queue> list(String prefix, String after, int max) {
        return catalog.list(prefix, after, max);
    }

    @Override
    public Optional<Definition> definition(String kind, String name) {
        return catalog.definition(kind, name);
    }

    @Override
    public List<Definition> definitions(String kind, String prefix, String after, int max) {
        return catalog.definitions(kind, prefix, after, max);
    }

    @Override
    public void catchUp() {} // There is no other node.

    @Override
    public void watch(CatalogWatch watch) {
        throw new UnsupportedOperationException("this front watches nothing");
    }

    @Override
    public synchronized CatalogReply change(CatalogCommand command) throws OutcomeUnknownException {
        answerOrNot();
        if (command instanceof CatalogCommand.UpdateQueue && conflicts-- > 0) {
            return new CatalogReply.Refused(CatalogRefusal.CHANGED);
        }
        CatalogReply reply = catalog.apply(++changes, NOW, command);
        switch (reply) {
            case CatalogReply.Created(Queue queue, boolean existed) -> {
                if (!existed) {
                    queue.partitionIds().forEach(partition -> messages.put(partition, new ArrayList<>()));
                }
            }
            case CatalogReply.Deleted(Queue queue) -> {
                queue.partitionIds().forEach(messages::remove);
                notifyAll();
            }
            case CatalogReply.Updated _, CatalogReply.Defined _, CatalogReply.Undefined _, CatalogReply.Refused _ -> {}
        }
        return reply;
    }

    @Override
    public synchronized Reply submit(Command.OfPartition command) throws OutcomeUnknownException {
        answerOrNot();
        List<Stored> stored = messages.get(command.partition());
        if (stored == null) {
            return new Reply.Refused(Refusal.NO_SUCH_QUEUE);
        }
        return switch (command) {
            case Command.Publish publish -> publish(publish, stored);
            case Command.Acknowledge acknowledge -> settle(acknowledge.leases(), stored, stored::remove);
            case Command.Release release -> settle(release.leases(), stored, one -> one.leased = false);
            case Command.Reject reject -> settle(reject.leases(), stored, stored::remove);
            case Command.Extend extend -> settle(extend.leases(), stored, _ -> {});
            case Command.Cancel cancel ->
                new Reply.Settled(cancel.positions().stream()
                        .map(_ -> Reply.LeaseOutcome.GONE) // Nothing is delayed here.
                        .toList());
            case Command.Purge _ -> {
                stored.clear();
                yield new Reply.Done();
            }
            case Command.Acquire _, Command.Move _, Command.Configure _, Command.Drop _, Command.Truncate _ ->
                throw new IllegalArgumentException("not submitted by this API: " + command);
        };
    }

    @Override
    public synchronized List<PublishOutcome> publish(Queue queue, List<Batch> batches) {
        PublishPlan plan = new PublishPlan(queue, batches, turn++);
        for (PublishPlan.Part part : plan.parts()) {
            try {
                plan.answered(part, submit(part.command()));
            } catch (OutcomeUnknownException e) {
                plan.unknown(part, e);
            }
        }
        return plan.outcomes();
    }

    @Override
    public List<List<PublishOutcome>> fanOut(List<Command.Copies> copies) {
        throw new IllegalArgumentException("not used by this API: " + copies);
    }

    /** Returns when so many receivers wait. */
    synchronized void awaitReceivers(int count) throws InterruptedException {
        while (waiting != count) {
            wait();
        }
    }

    /** Waits without an end if it may wait at all: tests see to it that something comes, or that somebody goes. */
    @Override
    public synchronized Receipt receive(Receive receive, Duration patience)
            throws OutcomeUnknownException, InterruptedException {
        Optional<Queue> queue = find(receive.queue());
        return queue.isEmpty()
                ? new Receipt.Refused(Refusal.NO_SUCH_QUEUE)
                : receive(queue.get().partitionIds().stream().map(receive::from).toList(), patience);
    }

    @Override
    public synchronized Receipt receive(Command.Acquire acquire, Duration patience)
            throws OutcomeUnknownException, InterruptedException {
        return receive(List.of(acquire), patience);
    }

    private synchronized Receipt receive(List<Command.Acquire> acquires, Duration patience)
            throws OutcomeUnknownException, InterruptedException {
        answerOrNot();
        List<Delivery> deliveries = ready(acquires);
        if (deliveries.isEmpty() && patience.isPositive()) {
            waiting++;
            notifyAll();
            try {
                while (deliveries.isEmpty()) {
                    wait();
                    if (!messages.containsKey(acquires.getFirst().partition())) {
                        return new Receipt.Refused(Refusal.NO_SUCH_QUEUE);
                    }
                    deliveries = ready(acquires);
                }
            } finally {
                waiting--;
                notifyAll();
            }
        }
        return new Receipt.Received(deliveries, false);
    }

    private List<Delivery> ready(List<Command.Acquire> acquires) {
        return acquires.stream()
                .map(this::ready)
                .filter(some -> !some.isEmpty())
                .findFirst()
                .orElse(List.of());
    }

    private List<Delivery> ready(Command.Acquire acquire) {
        List<Delivery> deliveries = new ArrayList<>();
        for (Stored one : messages.getOrDefault(acquire.partition(), List.of())) {
            if (one.state() == MessageState.READY && deliveries.size() < acquire.maxMessages()) {
                one.leased = true;
                one.deliveries++;
                var lease = new LeaseId(one.position, one.deliveries);
                var leased = new Reply.Leased(
                        lease,
                        one.position.offset(),
                        one.batch.messages().getFirst(),
                        one.deliveries,
                        NOW,
                        NOW,
                        NOW + 30_000);
                deliveries.add(new Delivery(acquire.partition(), leased, one.batch.format(), one.batch.payload(), 0));
            }
        }
        return deliveries;
    }

    @Override
    public List<FetchOutcome> fetch(List<Fetch> fetches, int bytesMax, Duration patience) {
        throw new UnsupportedOperationException("there are no topics here");
    }

    @Override
    public Optional<TopicOffsets> offsets(PartitionId partition, long atMillis) {
        throw new UnsupportedOperationException("there are no topics here");
    }

    @Override
    public synchronized List<Peeked> peek(PartitionId partition, Position from, int max) {
        return messages.getOrDefault(partition, List.of()).stream()
                .filter(one -> one.position.compareTo(from) >= 0)
                .sorted(java.util.Comparator.comparing(one -> one.position))
                .limit(max)
                .map(one -> new Peeked(
                        one.position,
                        one.state(),
                        one.batch.messages().getFirst(),
                        one.deliveries,
                        NOW,
                        one.batch.format(),
                        one.batch.payload(),
                        0))
                .toList();
    }

    @Override
    public synchronized Optional<PartitionStatus> status(PartitionId partition) {
        return Optional.ofNullable(messages.get(partition)).map(stored -> {
            long leased = stored.stream().filter(one -> one.leased).count();
            long delayed = stored.stream()
                    .filter(one -> one.state() == MessageState.DELAYED)
                    .count();
            long bytes = stored.stream()
                    .mapToLong(one -> one.batch.payload().length())
                    .sum();
            return new PartitionStatus(
                    stored.size() - leased - delayed, delayed, leased, 0, bytes, stored.isEmpty() ? 0 : NOW);
        });
    }

    private Reply publish(Command.Publish publish, List<Stored> stored) {
        QueueSettings settings =
                catalog.find(publish.partition().queue()).orElseThrow().settings();
        if (settings.publishPaused()) {
            return new Reply.Refused(Refusal.PUBLISH_PAUSED);
        }
        List<Reply.Appended> appended = new ArrayList<>();
        for (Batch batch : publish.batches()) {
            if (batch.payload().length() > settings.messageBytesMax()) {
                return new Reply.Refused(Refusal.MESSAGE_TOO_LARGE);
            }
        }
        for (Batch batch : publish.batches()) {
            Position position = new Position(batch.level(), stored.size());
            stored.add(new Stored(position, batch));
            appended.add(new Reply.Appended(position, NOW, false));
        }
        notifyAll();
        return new Reply.Published(appended);
    }

    private static Reply settle(
            List<LeaseId> leases, List<Stored> stored, java.util.function.Consumer<Stored> settling) {
        List<Reply.LeaseOutcome> outcomes = new ArrayList<>();
        for (LeaseId lease : leases) {
            Optional<Stored> held = stored.stream()
                    .filter(one ->
                            one.leased && one.position.equals(lease.position()) && one.deliveries == lease.delivery())
                    .findFirst();
            held.ifPresent(settling);
            outcomes.add(held.isPresent() ? Reply.LeaseOutcome.DONE : Reply.LeaseOutcome.GONE);
        }
        return new Reply.Settled(outcomes);
    }

    private void answerOrNot() throws OutcomeUnknownException {
        if (silent) {
            throw new OutcomeUnknownException("the leader is lost");
        }
    }
}
