package weir.sqs.action;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import weir.core.LeaseId;
import weir.core.PartitionId;
import weir.core.broker.Broker;
import weir.core.broker.Outcome;
import weir.core.broker.OutcomeUnknownException;
import weir.core.catalog.Queue;
import weir.core.shard.Command;
import weir.core.shard.Reply;
import weir.core.shard.Reply.LeaseOutcome;
import weir.sqs.wire.Fields;
import weir.sqs.wire.SqsException;

/** DeleteMessage and ChangeMessageVisibility, and their batches. */
final class SettleActions {
    private final Broker broker;
    private final Queues queues;

    SettleActions(Queues queues) {
        this.broker = queues.broker();
        this.queues = queues;
    }

    /** One receipt handle to settle: null visibility deletes. */
    private record Item(
            Fields entry,
            String handle,
            ReceiptHandle receipt,
            @Nullable Duration visibility) {}

    /** Items that go into one command. */
    private record Together(PartitionId partition, @Nullable Duration visibility) {}

    Fields delete(Call call) throws OutcomeUnknownException, InterruptedException {
        Queue queue = queues.of(call);
        return one(queue, item(queue, call.input(), null));
    }

    Fields changeVisibility(Call call) throws OutcomeUnknownException, InterruptedException {
        Queue queue = queues.of(call);
        return one(queue, item(queue, call.input(), visibility(call.input())));
    }

    private Fields one(Queue queue, Item item) throws OutcomeUnknownException, InterruptedException {
        LeaseOutcome outcome = settle(
                        queue, new Together(item.receipt.partition(), item.visibility), List.of(item.receipt.lease()))
                .getFirst();
        SqsException error = error(outcome, queue, item);
        if (error != null) {
            throw error;
        }
        return new Fields();
    }

    Fields deleteBatch(Call call) throws OutcomeUnknownException, InterruptedException {
        Queue queue = queues.of(call);
        List<Fields> entries = Batches.entries(call, "DeleteMessageBatchRequestEntry");
        return batch(queue, entries, entry -> item(queue, entry, null));
    }

    Fields changeVisibilityBatch(Call call) throws OutcomeUnknownException, InterruptedException {
        Queue queue = queues.of(call);
        List<Fields> entries = Batches.entries(call, "ChangeMessageVisibilityBatchRequestEntry");
        return batch(queue, entries, entry -> item(queue, entry, visibility(entry)));
    }

    private interface Reader {
        Item read(Fields entry);
    }

    /** Entries that can go into one command do, so that they share its commit. */
    private Fields batch(Queue queue, List<Fields> entries, Reader reader)
            throws OutcomeUnknownException, InterruptedException {
        var answer = new Batches.Answer();
        Map<Together, List<Item>> commands = new LinkedHashMap<>();
        for (Fields entry : entries) {
            try {
                Item item = reader.read(entry);
                commands.computeIfAbsent(
                                new Together(item.receipt.partition(), item.visibility), _ -> new ArrayList<>())
                        .add(item);
            } catch (SqsException e) {
                answer.failed(entry, e);
            }
        }
        List<Map.Entry<Together, List<Item>>> parts = List.copyOf(commands.entrySet());
        boolean fifo = Queues.isFifo(queue);
        List<Outcome> outcomes = broker.submitAll(parts.stream()
                .map(part -> command(part.getKey(), leases(part.getValue()), !fifo))
                .toList());
        if (!outcomes.isEmpty() && outcomes.stream().allMatch(Outcome.Unknown.class::isInstance)) {
            outcomes.getFirst().known();
        }
        for (int i = 0; i < parts.size(); i++) {
            List<Item> items = parts.get(i).getValue();
            try {
                List<LeaseOutcome> first = settled(queue, outcomes.get(i).known());
                settled(answer, queue, items, afterLatest(queue, parts.get(i).getKey(), leases(items), first));
            } catch (OutcomeUnknownException _) { // Of these alone.
                items.forEach(item -> answer.failed(item.entry, Batches.unknown()));
            }
        }
        return answer.result();
    }

    private static List<LeaseId> leases(List<Item> items) {
        return items.stream().map(item -> item.receipt.lease()).toList();
    }

    private static void settled(Batches.Answer answer, Queue queue, List<Item> items, List<LeaseOutcome> outcomes) {
        for (int i = 0; i < items.size(); i++) {
            SqsException error = error(outcomes.get(i), queue, items.get(i));
            if (error == null) {
                answer.succeeded(new Fields().put("Id", Batches.id(items.get(i).entry)));
            } else {
                answer.failed(items.get(i).entry, error);
            }
        }
    }

    private Item item(Queue queue, Fields entry, @Nullable Duration visibility) {
        String handle = entry.text("ReceiptHandle");
        if (handle == null) {
            throw Text.missing("ReceiptHandle");
        }
        return new Item(entry, handle, ReceiptHandle.decode(handle, queue, queues.handleSalt()), visibility);
    }

    private static Duration visibility(Fields input) {
        Long seconds = input.whole("VisibilityTimeout");
        if (seconds == null) {
            throw Text.missing("VisibilityTimeout");
        }
        return checkedVisibility(seconds);
    }

    static Duration checkedVisibility(long seconds) {
        if (seconds < 0 || seconds > Quotas.VISIBILITY_SECONDS_MAX) {
            throw Text.invalid(
                    seconds, "VisibilityTimeout", "VisibilityTimeout must be an integer between 0 and 43200");
        }
        return Duration.ofSeconds(seconds);
    }

    private List<LeaseOutcome> settle(Queue queue, Together together, List<LeaseId> leases)
            throws OutcomeUnknownException, InterruptedException {
        Reply reply = broker.submit(command(together, leases, !Queues.isFifo(queue)));
        return afterLatest(queue, together, leases, settled(queue, reply));
    }

    /**
     * A standard queue honours a handle whose time ran out, and one that is older than the last, as AWS does: whoever
     * deletes has handled the message, though somebody else may be about to do it again. FIFO honours neither.
     */
    private List<LeaseOutcome> afterLatest(
            Queue queue, Together together, List<LeaseId> leases, List<LeaseOutcome> outcomes)
            throws OutcomeUnknownException, InterruptedException {
        if (Queues.isFifo(queue) || !outcomes.contains(LeaseOutcome.SUPERSEDED)) {
            return outcomes;
        }
        List<LeaseId> latest = new ArrayList<>();
        for (int i = 0; i < leases.size(); i++) {
            if (outcomes.get(i) == LeaseOutcome.SUPERSEDED) {
                latest.add(new LeaseId(leases.get(i).position(), LeaseId.LATEST));
            }
        }
        Iterator<LeaseOutcome> again =
                settled(queue, broker.submit(command(together, latest, true))).iterator();
        return outcomes.stream()
                .map(outcome -> outcome == LeaseOutcome.SUPERSEDED ? again.next() : outcome)
                .toList();
    }

    private static Command.OfPartition command(Together together, List<LeaseId> leases, boolean evenIfExpired) {
        return together.visibility == null
                ? new Command.Acknowledge(together.partition, leases, evenIfExpired)
                : new Command.Extend(
                        together.partition,
                        leases,
                        together.visibility.toMillis(),
                        evenIfExpired,
                        Quotas.HELD_MAX.toMillis());
    }

    private static List<LeaseOutcome> settled(Queue queue, Reply reply) {
        return switch (reply) {
            case Reply.Settled(var outcomes) -> outcomes;
            case Reply.Refused(var reason) -> throw Queues.refused(reason, queue);
            case Reply.Done _, Reply.Published _, Reply.FannedOut _, Reply.Acquired _, Reply.TakenIn _ ->
                throw new IllegalStateException("leases were settled with " + reply);
        };
    }

    private static @Nullable SqsException error(LeaseOutcome outcome, Queue queue, Item item) {
        return item.visibility == null ? deleteError(outcome, queue, item) : visibilityError(outcome, queue, item);
    }

    /** Deleting what is gone is a success. */
    private static @Nullable SqsException deleteError(LeaseOutcome outcome, Queue queue, Item item) {
        return switch (outcome) {
            case DONE, GONE, HELD_TOO_LONG -> null;
            case EXPIRED, SUPERSEDED -> Queues.isFifo(queue) ? expired(item) : null;
        };
    }

    private static @Nullable SqsException visibilityError(LeaseOutcome outcome, Queue queue, Item item) {
        return switch (outcome) {
            case DONE -> null;
            case EXPIRED -> expired(item);
            case SUPERSEDED -> Queues.isFifo(queue) ? expired(item) : unavailable(item);
            case GONE -> unavailable(item);
            case HELD_TOO_LONG ->
                Text.invalid(
                        item.visibility == null ? 0 : item.visibility.toSeconds(),
                        "VisibilityTimeout",
                        "Total VisibilityTimeout for the message is beyond the limit [43200 seconds]");
        };
    }

    private static SqsException expired(Item item) {
        return Text.invalid(item.handle, "ReceiptHandle", "The receipt handle has expired.");
    }

    private static SqsException unavailable(Item item) {
        return Text.invalid(
                item.handle,
                "ReceiptHandle",
                "Message does not exist or is not available for visibility timeout change.");
    }
}
