package weir.sqs.action;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import weir.core.LeaseId;
import weir.core.MessageState;
import weir.core.PartitionId;
import weir.core.QueuePosition;
import weir.core.broker.Broker;
import weir.core.broker.Delivery;
import weir.core.broker.OutcomeUnknownException;
import weir.core.broker.Peeked;
import weir.core.broker.PeekedIn;
import weir.core.catalog.Queue;
import weir.core.shard.Reply;
import weir.sqs.wire.Fields;
import weir.sqs.wire.Value;

/** Lists a queue's messages as ReceiveMessage would give them, and changes nothing: what LocalStack has for developers. */
final class Looks {
    /** Nothing can be done with a message that was only looked at. The text is LocalStack's. */
    private static final String RECEIPT_HANDLE = "SQS/BACKDOOR/ACCESS";

    private final Broker broker;
    private final Queues queues;
    private final ReceiveActions receiving;

    Looks(Queues queues, ReceiveActions receiving) {
        this.broker = queues.broker();
        this.queues = queues;
        this.receiving = receiving;
    }

    /**
     * At most {@link Quotas#LOOK_MESSAGES_MAX} messages, and about {@link Quotas#LOOK_BYTES_MAX} bytes of them.
     *
     * @param invisible whether those in flight are shown, and those behind them in their group; each then has IsVisible
     * @param delayed whether those whose time has not come are shown; each then has IsDelayed
     */
    Fields list(Call call, boolean invisible, boolean delayed) throws OutcomeUnknownException, InterruptedException {
        Queue queue = queues.of(call);
        Set<String> lockedGroups = new HashSet<>();
        List<Value> messages = new ArrayList<>();
        long bytes = 0;
        int looks = 0;
        List<PeekedIn> page = broker.peek(queue, QueuePosition.FIRST, Quotas.LOOK_PAGE);
        while (!page.isEmpty()) {
            for (PeekedIn each : page) {
                Peeked peeked = each.message();
                boolean visible = peeked.state() == MessageState.READY;
                boolean late = peeked.state() == MessageState.DELAYED;
                @Nullable
                String group = Queues.isFifo(queue) ? peeked.envelope().group() : null;
                boolean locked = group != null && (visible ? lockedGroups.contains(group) : !lockedGroups.add(group));
                if (late ? delayed : invisible || (visible && !locked)) {
                    messages.add(shown(queue, each, call.endpoint(), invisible, delayed));
                    bytes += peeked.payload().length();
                }
                if (++looks == Quotas.LOOKS_MAX
                        || messages.size() == Quotas.LOOK_MESSAGES_MAX
                        || bytes >= Quotas.LOOK_BYTES_MAX) {
                    return new Fields().put("Messages", new Value.Items(messages));
                }
            }
            page = broker.peek(queue, page.getLast().place().next(), Quotas.LOOK_PAGE);
        }
        return new Fields().put("Messages", new Value.Items(messages));
    }

    private Fields shown(Queue queue, PeekedIn seen, String endpoint, boolean invisible, boolean delayed)
            throws OutcomeUnknownException, InterruptedException {
        Peeked peeked = seen.message();
        Fields message = receiving.message(
                queue, asDelivery(seen.partition(), peeked), endpoint, List.of("All"), List.of("All"));
        Fields attributes = message.map("Attributes");
        if (invisible) {
            attributes.put("IsVisible", Boolean.toString(peeked.state() == MessageState.READY));
        }
        if (delayed) {
            attributes.put("IsDelayed", Boolean.toString(peeked.state() == MessageState.DELAYED));
        }
        return message.put("ReceiptHandle", RECEIPT_HANDLE);
    }

    /** When it was first received is not seen by a look; LocalStack has 0 for what never was. */
    private static Delivery asDelivery(PartitionId partition, Peeked peeked) {
        var leased = new Reply.Leased(
                new LeaseId(peeked.position(), 0),
                peeked.position().offset() - peeked.indexInBatch(),
                peeked.envelope(),
                peeked.attempts(),
                peeked.publishedAtMillis(),
                0,
                0);
        return new Delivery(partition, leased, peeked.format(), peeked.payload(), peeked.indexInBatch());
    }
}
