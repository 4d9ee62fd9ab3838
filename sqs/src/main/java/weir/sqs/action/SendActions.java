package weir.sqs.action;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import weir.core.Batch;
import weir.core.Bytes;
import weir.core.Envelope;
import weir.core.Message;
import weir.core.Message.Header;
import weir.core.Position;
import weir.core.broker.Broker;
import weir.core.broker.OutcomeUnknownException;
import weir.core.broker.PublishOutcome;
import weir.core.catalog.Queue;
import weir.core.codec.MessageCodec;
import weir.sqs.wire.Fields;
import weir.sqs.wire.SqsError;
import weir.sqs.wire.SqsException;

/** SendMessage and its batch. */
final class SendActions {
    private final Broker broker;
    private final Queues queues;
    private final MessageIds ids;
    private final InstantSource clock;

    SendActions(Queues queues, MessageIds ids, InstantSource clock) {
        this.broker = queues.broker();
        this.queues = queues;
        this.ids = ids;
        this.clock = clock;
    }

    /** A message that passed all checks, with what its answer will need. */
    private record Outgoing(
            Batch batch,
            String bodyMd5,
            @Nullable String attributesMd5,
            @Nullable String systemAttributesMd5) {}

    Fields send(Call call) throws OutcomeUnknownException, InterruptedException {
        Queue queue = queues.of(call);
        Fields input = call.input();
        String body = body(input);
        List<Header> attributes = MessageAttributes.read(input.map("MessageAttributes"), "SendMessage");
        int max = QueueAttributes.messageBytesMax(queue);
        if (size(body, attributes) > max) {
            throw tooLong("One or more parameters are invalid.", max);
        }
        Outgoing outgoing = outgoing(queue, input, body, attributes, from(call), "SendMessage");
        return switch (broker.publish(queue, List.of(outgoing.batch)).getFirst()) {
            case PublishOutcome.Appended appended -> sent(new Fields(), queue, outgoing, appended);
            case PublishOutcome.Refused(var reason) -> throw Queues.refused(reason, queue);
            case PublishOutcome.Unknown(var cause) -> throw cause;
            case PublishOutcome.TakenBefore _ -> throw new IllegalStateException("it was not forwarded from anywhere");
        };
    }

    Fields sendBatch(Call call) throws OutcomeUnknownException, InterruptedException {
        Queue queue = queues.of(call);
        List<Fields> entries = Batches.entries(call, "SendMessageBatchRequestEntry");
        if (Queues.isFifo(queue)) {
            checkFifoEntries(queue, entries);
        }
        checkTotal(entries);
        From from = from(call);
        var answer = new Batches.Answer();
        List<Fields> accepted = new ArrayList<>();
        List<Outgoing> outgoing = new ArrayList<>();
        for (Fields entry : entries) {
            try {
                outgoing.add(ofEntry(queue, entry, from));
                accepted.add(entry);
            } catch (SqsException e) {
                answer.failed(entry, e);
            }
        }
        if (!accepted.isEmpty()) {
            List<PublishOutcome> outcomes =
                    broker.publish(queue, outgoing.stream().map(Outgoing::batch).toList());
            checkAny(queue, outcomes);
            for (int i = 0; i < accepted.size(); i++) {
                answered(answer, queue, accepted.get(i), outgoing.get(i), outcomes.get(i));
            }
        }
        return answer.result();
    }

    /** What has become of all of them alike is said of the request, as it always is of a queue of one partition. */
    private static void checkAny(Queue queue, List<PublishOutcome> outcomes) throws OutcomeUnknownException {
        if (outcomes.stream().allMatch(outcomes.getFirst()::equals)) {
            switch (outcomes.getFirst()) {
                case PublishOutcome.Refused(var reason) -> throw Queues.refused(reason, queue);
                case PublishOutcome.Unknown(var cause) -> throw cause;
                case PublishOutcome.Appended _, PublishOutcome.TakenBefore _ -> {}
            }
        }
    }

    private void answered(Batches.Answer answer, Queue queue, Fields entry, Outgoing outgoing, PublishOutcome outcome) {
        switch (outcome) {
            case PublishOutcome.Appended appended ->
                answer.succeeded(sent(new Fields().put("Id", Batches.id(entry)), queue, outgoing, appended));
            case PublishOutcome.Refused(var reason) -> answer.failed(entry, Queues.refused(reason, queue));
            case PublishOutcome.Unknown _ -> answer.failed(entry, Batches.unknown());
            case PublishOutcome.TakenBefore _ -> throw new IllegalStateException("it was not forwarded from anywhere");
        }
    }

    /** What a message is told with, of who sent it and under which trace, if that has to be said. */
    private record From(@Nullable String sender, @Nullable String trace) {}

    /** The sender is kept with the message unless it is the owner. */
    private From from(Call call) {
        String sender = call.requester().principal().senderId();
        String trace = call.trace();
        return new From(
                sender.equals(queues.names().account()) ? null : sender,
                trace == null || Text.isAllowed(trace) ? trace : null);
    }

    private Outgoing ofEntry(Queue queue, Fields entry, From from) {
        String body = body(entry);
        List<Header> attributes = MessageAttributes.read(entry.map("MessageAttributes"), "SendMessageBatch");
        int max = QueueAttributes.messageBytesMax(queue);
        if (size(body, attributes) > max) {
            throw tooLong("One or more parameters cannot be validated.", max);
        }
        return outgoing(queue, entry, body, attributes, from, "SendMessageBatch");
    }

    /** In a FIFO queue one entry without its ids fails all of the batch. */
    private static void checkFifoEntries(Queue queue, List<Fields> entries) {
        for (Fields entry : entries) {
            if (!entry.has("MessageDeduplicationId") && !QueueAttributes.deduplicatesByContent(queue)) {
                throw deduplicationIdMissing();
            }
            if (!entry.has("MessageGroupId")) {
                throw SqsError.INVALID_PARAMETER_VALUE.because(
                        "The request must contain the parameter MessageGroupId.");
            }
        }
    }

    private static void checkTotal(List<Fields> entries) {
        long total = 0;
        for (Fields entry : entries) {
            String body = entry.text("MessageBody");
            total += body == null ? 0 : Text.utf8Length(body);
            total += rawSize(entry.map("MessageAttributes"));
        }
        if (total > Quotas.MESSAGE_BYTES_MAX) {
            throw SqsError.BATCH_REQUEST_TOO_LONG.because("Batch requests cannot be longer than "
                    + Quotas.MESSAGE_BYTES_MAX + " bytes. You have sent " + total + " bytes.");
        }
    }

    /** The size of attributes that are not checked yet. */
    private static long rawSize(Fields attributes) {
        long bytes = 0;
        for (String name : attributes.values().keySet()) {
            Fields attribute = attributes.map(name);
            String type = attribute.text("DataType");
            String text = attribute.text("StringValue");
            Bytes blob = attribute.blob("BinaryValue");
            bytes += Text.utf8Length(name);
            bytes += type == null ? 0 : Text.utf8Length(type);
            bytes += text == null ? 0 : Text.utf8Length(text);
            bytes += blob == null ? 0 : blob.length();
        }
        return bytes;
    }

    private static String body(Fields input) {
        String body = input.text("MessageBody");
        if (body == null || body.isEmpty()) {
            throw Text.missing("MessageBody");
        }
        return body;
    }

    private static int size(String body, List<Header> attributes) {
        return Text.utf8Length(body) + MessageAttributes.size(attributes);
    }

    private static SqsException tooLong(String beginning, int max) {
        return SqsError.INVALID_PARAMETER_VALUE.because(
                beginning + " Reason: Message must be shorter than " + max + " bytes.");
    }

    private Outgoing outgoing(
            Queue queue, Fields input, String body, List<Header> attributes, From from, String action) {
        if (!Text.isAllowed(body)) {
            throw SqsError.INVALID_MESSAGE_CONTENTS.because(Text.INVALID_CHARACTERS);
        }
        Header trace = MessageAttributes.readTraceHeader(input.map("MessageSystemAttributes"), action);
        List<Header> headers = attributes;
        if (trace != null) {
            headers = new ArrayList<>(attributes);
            headers.add(new Header(trace.name(), MessageAttributes.SYSTEM, trace.value()));
        } else if (from.trace != null) {
            headers = new ArrayList<>(attributes);
            headers.add(new Header(MessageAttributes.TRACE_HEADER, MessageAttributes.SYSTEM, Bytes.utf8(from.trace)));
        }
        if (from.sender != null) {
            headers = new ArrayList<>(headers);
            headers.add(new Header(MessageAttributes.SENDER_ID, MessageAttributes.SYSTEM, Bytes.utf8(from.sender)));
        }
        Bytes bytes = Bytes.utf8(body);
        Envelope envelope = envelope(queue, input, bytes);
        return new Outgoing(
                Batch.of(envelope, MessageCodec.encode(new Message(headers, bytes))),
                Digests.md5(bytes),
                MessageAttributes.md5(attributes),
                trace == null ? null : MessageAttributes.md5(List.of(trace)));
    }

    private Envelope envelope(Queue queue, Fields input, Bytes body) {
        String group = input.text("MessageGroupId");
        String deduplicationId = input.text("MessageDeduplicationId");
        if (deduplicationId != null) {
            Text.checkId("MessageDeduplicationId", deduplicationId);
        }
        if (group != null) {
            Text.checkId("MessageGroupId", group);
        }
        Long delaySeconds = input.whole("DelaySeconds");
        if (Queues.isFifo(queue)) {
            if (delaySeconds != null && delaySeconds != 0) {
                throw Text.invalid(
                        delaySeconds,
                        "DelaySeconds",
                        "The request include parameter that is not valid for this queue type.");
            }
            if (group == null) {
                throw Text.missing("MessageGroupId");
            }
            if (deduplicationId == null) {
                if (!QueueAttributes.deduplicatesByContent(queue)) {
                    throw deduplicationIdMissing();
                }
                deduplicationId = Digests.sha256(body);
            }
            return new Envelope(group, deduplicationId, Envelope.QUEUE_DELAY, Envelope.NEVER, null);
        }
        if (deduplicationId != null) {
            throw Text.invalid(
                    deduplicationId,
                    "MessageDeduplicationId",
                    "The request includes a parameter that is not valid for this queue type.");
        }
        return new Envelope(group, null, deliverAt(delaySeconds), Envelope.NEVER, null);
    }

    private long deliverAt(@Nullable Long delaySeconds) {
        if (delaySeconds == null) {
            return Envelope.QUEUE_DELAY;
        }
        if (delaySeconds < 0 || delaySeconds > Quotas.DELAY_SECONDS_MAX) {
            throw Text.invalid(
                    delaySeconds, "DelaySeconds", "DelaySeconds must be >= 0 and <= " + Quotas.DELAY_SECONDS_MAX + ".");
        }
        if (delaySeconds == 0) {
            return Envelope.AT_ONCE;
        }
        return clock.millis() + delaySeconds * 1000;
    }

    private static SqsException deduplicationIdMissing() {
        return SqsError.INVALID_PARAMETER_VALUE.because("The queue should either have ContentBasedDeduplication enabled"
                + " or MessageDeduplicationId provided explicitly");
    }

    private Fields sent(Fields result, Queue queue, Outgoing outgoing, PublishOutcome.Appended appended) {
        Position position = appended.appended().position();
        result.put("MD5OfMessageBody", outgoing.bodyMd5)
                .putIfPresent("MD5OfMessageAttributes", outgoing.attributesMd5)
                .putIfPresent("MD5OfMessageSystemAttributes", outgoing.systemAttributesMd5)
                .put("MessageId", ids.of(appended.partition(), position));
        if (Queues.isFifo(queue)) {
            result.put("SequenceNumber", MessageIds.sequenceNumber(position));
        }
        return result;
    }
}
