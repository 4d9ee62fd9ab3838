package weir.sqs.action;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import weir.core.Message;
import weir.core.Message.Header;
import weir.core.Origin;
import weir.core.PartitionStatus;
import weir.core.broker.Broker;
import weir.core.broker.Delivery;
import weir.core.broker.OutcomeUnknownException;
import weir.core.broker.Receipt;
import weir.core.broker.Receive;
import weir.core.catalog.Queue;
import weir.core.codec.Formats;
import weir.core.shard.Command;
import weir.core.shard.Refusal;
import weir.core.shard.Reply;
import weir.net.http.Caller;
import weir.sqs.sns.message.MessageForms;
import weir.sqs.wire.Fields;
import weir.sqs.wire.Value;

/** ReceiveMessage. */
final class ReceiveActions {
    private final Broker broker;
    private final Queues queues;
    private final MessageIds ids;
    private final Formats formats;
    private final MessageForms forms;

    ReceiveActions(Queues queues, MessageIds ids, Formats formats, MessageForms forms) {
        this.broker = queues.broker();
        this.queues = queues;
        this.ids = ids;
        this.formats = formats;
        this.forms = forms;
    }

    Fields receive(Call call) throws OutcomeUnknownException, InterruptedException {
        Queue queue = queues.of(call);
        Fields input = call.input();
        Duration patience = patience(queue, input.whole("WaitTimeSeconds"));
        int max = max(input.whole("MaxNumberOfMessages"));
        long leaseMillis = leaseMillis(input.whole("VisibilityTimeout"));
        String attempt = input.text("ReceiveRequestAttemptId");
        if (attempt != null) {
            Text.checkId("ReceiveRequestAttemptId", attempt);
        }
        // A standard queue makes no promise that an attempt could be repeated for.
        Receive wanted = new Receive(queue.id(), max, leaseMillis, Queues.isFifo(queue) ? attempt : null);
        return switch (receive(wanted, patience, call.caller())) {
            case Receipt.Refused(Refusal reason) -> throw Queues.refused(reason, queue);
            case Receipt.Received(var deliveries, boolean tooManyInFlight) -> {
                if (deliveries.isEmpty() && tooManyInFlight && !Queues.isFifo(queue)) {
                    throw Queues.refused(Refusal.TOO_MANY_IN_FLIGHT, queue);
                }
                if (deliveries.isEmpty() && queue.settings().deadLetter() != null) {
                    awaitDeadLetters(queue);
                }
                yield messages(queue, deliveries, call);
            }
        };
    }

    /**
     * A receive that found nothing may have dead-lettered what there was. Whoever counted deliveries looks into the
     * dead-letter queue next, and is to find the message there: so it waits a moment for what is on its way.
     */
    private void awaitDeadLetters(Queue queue) throws OutcomeUnknownException, InterruptedException {
        for (int look = 0; look < Quotas.DEAD_LETTER_LOOKS; look++) {
            if (broker.status(queue).map(PartitionStatus::departing).orElse(0L) == 0) {
                return;
            }
            Thread.sleep(Quotas.DEAD_LETTER_LOOK_PERIOD);
        }
    }

    /** Looks whether the caller is still there only if there is nothing for it now: a busy queue should not pay for it. */
    private Receipt receive(Receive wanted, Duration patience, Caller caller)
            throws OutcomeUnknownException, InterruptedException {
        Receipt receipt = broker.receive(wanted, Duration.ZERO);
        if (patience.isPositive()
                && receipt instanceof Receipt.Received(var deliveries, boolean tooManyInFlight)
                && deliveries.isEmpty()
                && !tooManyInFlight) {
            receipt = caller.awaiting(() -> broker.receive(wanted, patience));
        }
        if (receipt instanceof Receipt.Received received
                && !received.deliveries().isEmpty()) {
            caller.ifNotAnswered(() -> broker.submitAll(Delivery.giveBack(received.deliveries())));
        }
        return receipt;
    }

    private static Duration patience(Queue queue, @Nullable Long seconds) {
        if (seconds == null) {
            return QueueAttributes.receiveWait(queue);
        }
        if (seconds < 0 || seconds > Quotas.RECEIVE_WAIT_SECONDS_MAX) {
            throw Text.invalid(seconds, "WaitTimeSeconds", "Must be >= 0 and <= 20, if provided.");
        }
        return Duration.ofSeconds(seconds);
    }

    private static int max(@Nullable Long messages) {
        if (messages == null) {
            return 1;
        }
        if (messages < 1 || messages > Quotas.RECEIVE_MESSAGES_MAX) {
            throw Text.invalid(messages, "MaxNumberOfMessages", "Must be between 1 and 10, if provided.");
        }
        return messages.intValue();
    }

    private static long leaseMillis(@Nullable Long seconds) {
        return seconds == null
                ? Command.Acquire.QUEUE_DEFAULT
                : SettleActions.checkedVisibility(seconds).toMillis();
    }

    private Fields messages(Queue queue, List<Delivery> deliveries, Call call)
            throws OutcomeUnknownException, InterruptedException {
        Fields input = call.input();
        List<String> attributeNames = input.texts("MessageAttributeNames");
        List<String> systemNames = new ArrayList<>(input.texts("AttributeNames"));
        systemNames.addAll(input.texts("MessageSystemAttributeNames"));
        List<Value> messages = new ArrayList<>(deliveries.size());
        for (Delivery delivery : deliveries) {
            messages.add(message(queue, delivery, call.endpoint(), attributeNames, systemNames));
        }
        return new Fields().put("Messages", new Value.Items(messages));
    }

    /** A message as the client asked for it. */
    Fields message(
            Queue queue, Delivery delivery, String endpoint, List<String> attributeNames, List<String> systemNames)
            throws OutcomeUnknownException, InterruptedException {
        Message stored = formats.read(delivery.format(), delivery.payload(), delivery.indexInBatch());
        Reply.Leased leased = delivery.leased();
        Message message = forms.shown(stored, leased.envelope().variant(), endpoint);
        String body = message.body().utf8();
        if (delivery.format() != Message.FORMAT || body.indexOf('\uFFFD') >= 0) { // Who sent it was not bound to SQS.
            message = ForeignMessages.shown(message);
            body = message.body().utf8();
        }
        Fields result = new Fields()
                .put("MessageId", messageId(delivery))
                .put(
                        "ReceiptHandle",
                        new ReceiptHandle(delivery.partition(), leased.lease()).encode(queues.handleSalt()))
                .put("MD5OfBody", Digests.md5(message.body()))
                .put("Body", body);
        if (!systemNames.isEmpty()) {
            result.put("Attributes", systemAttributes(queue, delivery, stored, systemNames));
        }
        List<Header> attributes = MessageAttributes.select(message.headers(), attributeNames);
        if (!attributes.isEmpty()) {
            result.putIfPresent("MD5OfMessageAttributes", MessageAttributes.md5(attributes))
                    .put("MessageAttributes", MessageAttributes.write(attributes));
        }
        return result;
    }

    private String messageId(Delivery delivery) {
        Origin origin = delivery.leased().envelope().origin();
        return origin == null
                ? ids.of(delivery.partition(), delivery.leased().lease().position())
                : ids.of(origin.partition(), origin.position());
    }

    private Fields systemAttributes(Queue queue, Delivery delivery, Message message, List<String> asked) {
        Fields attributes = new Fields();
        boolean all = asked.contains("All");
        for (SystemAttribute attribute : SystemAttribute.values()) {
            if (all || asked.contains(attribute.wireName)) {
                attributes.putIfPresent(attribute.wireName, value(attribute, queue, delivery, message));
            }
        }
        return attributes;
    }

    private @Nullable String value(SystemAttribute attribute, Queue queue, Delivery delivery, Message message) {
        Reply.Leased leased = delivery.leased();
        return switch (attribute) {
            case SENDER_ID -> {
                String sender = MessageAttributes.systemValue(message.headers(), attribute.wireName);
                yield sender == null ? queues.names().account() : sender;
            }
            case SENT_TIMESTAMP -> Long.toString(leased.publishedAtMillis());
            case APPROXIMATE_RECEIVE_COUNT -> Integer.toString(leased.attempts());
            case APPROXIMATE_FIRST_RECEIVE_TIMESTAMP -> Long.toString(leased.firstLeasedAtMillis());
            case MESSAGE_GROUP_ID -> leased.envelope().group();
            // In a standard queue, an id is a front's own, which saw to it that a message came once.
            case MESSAGE_DEDUPLICATION_ID ->
                Queues.isFifo(queue) ? leased.envelope().deduplicationId() : null;
            case SEQUENCE_NUMBER ->
                Queues.isFifo(queue) ? MessageIds.sequenceNumber(leased.lease().position()) : null;
            case AWS_TRACE_HEADER -> MessageAttributes.systemValue(message.headers(), attribute.wireName);
            case DEAD_LETTER_QUEUE_SOURCE_ARN -> {
                Origin origin = leased.envelope().origin();
                yield origin == null
                        ? null
                        : broker.find(origin.from().queue())
                                .map(source -> queues.names().arn(source.name()))
                                .orElse(null);
            }
        };
    }

    /** What SQS tells of a message beside its content, if asked. */
    private enum SystemAttribute {
        SENDER_ID(MessageAttributes.SENDER_ID),
        SENT_TIMESTAMP("SentTimestamp"),
        APPROXIMATE_RECEIVE_COUNT("ApproximateReceiveCount"),
        APPROXIMATE_FIRST_RECEIVE_TIMESTAMP("ApproximateFirstReceiveTimestamp"),
        MESSAGE_GROUP_ID("MessageGroupId"),
        MESSAGE_DEDUPLICATION_ID("MessageDeduplicationId"),
        SEQUENCE_NUMBER("SequenceNumber"),
        AWS_TRACE_HEADER(MessageAttributes.TRACE_HEADER),
        DEAD_LETTER_QUEUE_SOURCE_ARN("DeadLetterQueueSourceArn");

        final String wireName;

        SystemAttribute(String wireName) {
            this.wireName = wireName;
        }
    }
}
