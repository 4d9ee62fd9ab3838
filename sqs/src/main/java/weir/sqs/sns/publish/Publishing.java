package weir.sqs.sns.publish;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import weir.core.Batch;
import weir.core.Bytes;
import weir.core.Envelope;
import weir.core.Message;
import weir.core.Message.Header;
import weir.core.broker.Broker;
import weir.core.broker.OutcomeUnknownException;
import weir.core.catalog.Queue;
import weir.core.codec.MessageCodec;
import weir.core.shard.Command;
import weir.core.shard.Refusal;
import weir.core.shard.Reply;
import weir.sqs.action.Call;
import weir.sqs.action.MessageIds;
import weir.sqs.action.Text;
import weir.sqs.action.TraceHeader;
import weir.sqs.sns.Protocol;
import weir.sqs.sns.Topic;
import weir.sqs.sns.Topics;
import weir.sqs.sns.delivery.Distributor;
import weir.sqs.sns.delivery.InternalQueues;
import weir.sqs.sns.delivery.Post;
import weir.sqs.wire.Fields;
import weir.sqs.wire.SnsError;
import weir.sqs.wire.SnsException;
import weir.sqs.wire.Value;

/** Publish and PublishBatch. Safe for use by any number of threads. */
public final class Publishing {
    private final Broker broker;
    private final Topics topics;
    private final Distributor distributor;
    private final InternalQueues internal;
    private final MessageIds ids;
    private final InstantSource clock;

    /** @param clock for the time that a message says it was published */
    public Publishing(
            Broker broker,
            Topics topics,
            Distributor distributor,
            InternalQueues internal,
            MessageIds ids,
            InstantSource clock) {
        this.broker = broker;
        this.topics = topics;
        this.distributor = distributor;
        this.internal = internal;
        this.ids = ids;
        this.clock = clock;
    }

    /**
     * What became of one message.
     *
     * @param refused why a subscriber's queue would not have it now; null if none did
     * @param unknown why it is not known whether a subscriber's queue has it; null if that is known of all
     */
    private record Published(
            String messageId,
            @Nullable String sequenceNumber,
            @Nullable Refusal refused,
            @Nullable OutcomeUnknownException unknown) {
        Fields into(Fields result) {
            return result.put("MessageId", messageId).putIfPresent("SequenceNumber", sequenceNumber);
        }
    }

    public Fields publish(Call call) throws OutcomeUnknownException, InterruptedException {
        Fields input = call.input();
        String phone = input.text("PhoneNumber");
        if (phone != null) {
            throw SnsError.invalidParameter("PhoneNumber Reason: " + phone + " is not valid to publish to");
        }
        if (Publication.size(input) > PublishQuotas.MESSAGE_BYTES_MAX) {
            throw SnsError.invalidParameter("Message too long");
        }
        Topic topic = topic(input);
        Publication publication = Publication.read(topic, input, "messageAttributes");
        Published published = publish(topic, List.of(publication), call).getFirst();
        if (published.unknown != null) {
            throw published.unknown;
        }
        if (published.refused != null) {
            throw throttled(published.refused);
        }
        return published.into(new Fields());
    }

    private Topic topic(Fields input) throws OutcomeUnknownException, InterruptedException {
        String topicArn = input.text("TopicArn");
        if (topicArn != null) {
            return topics.given("TopicArn", topicArn);
        }
        String targetArn = input.text("TargetArn");
        if (targetArn == null) {
            throw SnsError.invalidParameter("TopicArn or TargetArn Reason: no value for required parameter");
        }
        if (targetArn.contains(":endpoint/")) {
            throw SnsError.invalidParameter("TargetArn Reason: No endpoint found for the target arn specified");
        }
        return topics.given("TargetArn", targetArn);
    }

    public Fields publishBatch(Call call) throws OutcomeUnknownException, InterruptedException {
        List<Fields> entries = call.input().structures("PublishBatchRequestEntries");
        if (entries.size() > PublishQuotas.BATCH_ENTRIES_MAX) {
            throw SnsError.TOO_MANY_ENTRIES_IN_BATCH_REQUEST.because(
                    "The batch request contains more entries than permissible.");
        }
        String arn = call.input().text("TopicArn");
        Topic topic = topics.given("TopicArn", arn == null ? "" : arn);
        if (entries.isEmpty()) {
            throw SnsError.EMPTY_BATCH_REQUEST.because("The batch request doesn't contain any entries.");
        }
        List<String> entryIds = entryIds(entries);
        List<Publication> publications = new ArrayList<>();
        long size = 0;
        for (int i = 0; i < entries.size(); i++) {
            String attributes = "publishBatchRequestEntries." + (i + 1) + ".member.messageAttributes";
            publications.add(Publication.read(topic, entries.get(i), attributes));
            size += Publication.size(entries.get(i));
        }
        if (size > PublishQuotas.MESSAGE_BYTES_MAX) {
            throw SnsError.BATCH_REQUEST_TOO_LONG.because(
                    "The length of all the messages put together is more than the limit.");
        }
        return result(entryIds, publish(topic, publications, call));
    }

    private static List<String> entryIds(List<Fields> entries) {
        List<String> entryIds = new ArrayList<>();
        for (int i = 0; i < entries.size(); i++) {
            String id = entries.get(i).text("Id");
            if (id == null) {
                throw SnsError.VALIDATION_ERROR.because("1 validation error detected: Value null at"
                        + " 'publishBatchRequestEntries." + (i + 1)
                        + ".member.id' failed to satisfy constraint: Member must not be null");
            }
            entryIds.add(id);
        }
        Set<String> distinct = new HashSet<>(entryIds);
        if (distinct.size() < entryIds.size()) {
            throw SnsError.BATCH_ENTRY_IDS_NOT_DISTINCT.because(
                    "Two or more batch entries in the request have the same Id.");
        }
        entryIds.forEach(Publishing::checkEntryId);
        return entryIds;
    }

    private static void checkEntryId(String id) {
        if (id.length() > PublishQuotas.BATCH_ENTRY_ID_CHARS_MAX) {
            throw SnsError.INVALID_BATCH_ENTRY_ID.because(
                    "The Id of a batch entry in the batch request is too long: " + id);
        }
        boolean valid = !id.isEmpty();
        for (int i = 0; valid && i < id.length(); i++) {
            valid = Text.isNameChar(id.charAt(i));
        }
        if (!valid) {
            throw SnsError.INVALID_BATCH_ENTRY_ID.because(
                    "The Id of a batch entry in the batch request contains an impermissible character: " + id);
        }
    }

    /** @throws OutcomeUnknownException if that is all that can be said of any of them */
    private static Fields result(List<String> entryIds, List<Published> published) throws OutcomeUnknownException {
        OutcomeUnknownException unknown = published.getFirst().unknown;
        if (unknown != null && published.stream().allMatch(each -> each.unknown != null)) {
            throw unknown;
        }
        List<Value> successful = new ArrayList<>();
        List<Value> failed = new ArrayList<>();
        for (int i = 0; i < entryIds.size(); i++) {
            Fields entry = new Fields().put("Id", entryIds.get(i));
            Refusal refused = published.get(i).refused;
            if (published.get(i).unknown != null) {
                failed.add(entry.put("Code", "InternalError")
                        .put("Message", "No answer came in time. Some subscribers may have the message, or may yet.")
                        .put("SenderFault", new Value.Flag(false)));
            } else if (refused == null) {
                successful.add(published.get(i).into(entry));
            } else {
                SnsException error = throttled(refused);
                failed.add(entry.put("Code", error.error().code())
                        .put("Message", error.text())
                        .put("SenderFault", new Value.Flag(true)));
            }
        }
        return new Fields().put("Successful", new Value.Items(successful)).put("Failed", new Value.Items(failed));
    }

    private static SnsException throttled(Refusal refused) {
        return SnsError.THROTTLED.because("A subscribed queue does not take messages at this moment (" + refused
                + "). Others may have this one.");
    }

    private List<Published> publish(Topic topic, List<Publication> publications, Call call)
            throws OutcomeUnknownException, InterruptedException {
        return topic.fifo() ? append(topic, publications, call) : distribute(topic, publications, call);
    }

    private List<Published> distribute(Topic topic, List<Publication> publications, Call call)
            throws OutcomeUnknownException, InterruptedException {
        long now = clock.millis();
        List<Post> posts = publications.stream()
                .map(publication -> post(publication, now, call))
                .toList();
        List<Distributor.Outcome> outcomes = distributor.distribute(topic, posts);
        List<Published> published = new ArrayList<>();
        for (int i = 0; i < posts.size(); i++) {
            published.add(new Published(
                    posts.get(i).messageId(),
                    null,
                    outcomes.get(i).refused(),
                    outcomes.get(i).unknown()));
        }
        return published;
    }

    private static Post post(Publication publication, long now, Call call) {
        return new Post(
                newMessageId(),
                now,
                null,
                call.endpoint(),
                publication.subject(),
                publication.bodies(),
                publication.attributes(),
                publication.group(),
                null,
                call.trace(),
                null,
                Set.of());
    }

    /** A UUID like no other; nobody needs it to be unguessable. */
    private static String newMessageId() {
        var random = ThreadLocalRandom.current();
        return new UUID((random.nextLong() & ~0xF000L) | 0x4000L, (random.nextLong() & ~(3L << 62)) | (1L << 63))
                .toString();
    }

    /** The topic's queue gives the order and the identity, also of a message that was published before. */
    private List<Published> append(Topic topic, List<Publication> publications, Call call)
            throws OutcomeUnknownException, InterruptedException {
        Queue queue = internal.ofTopic(topic);
        List<Batch> batches = publications.stream()
                .map(publication -> batch(topic, publication, call))
                .toList();
        Reply reply = broker.submit(new Command.Publish(queue.partition(0), batches));
        return switch (reply) {
            case Reply.Published(var appended) ->
                appended.stream()
                        .map(each -> new Published(
                                ids.of(queue.partition(0), each.position()),
                                MessageIds.sequenceNumberInTopic(each.position()),
                                null,
                                null))
                        .toList();
            case Reply.Refused(Refusal reason) -> throw throttled(reason);
            case Reply.Done _, Reply.Acquired _, Reply.Settled _, Reply.TakenIn _, Reply.FannedOut _ ->
                throw new IllegalStateException("Publish was answered with " + reply);
        };
    }

    /** Subscribers of FIFO topics are queues, so the text for queues is all that is needed. */
    private static Batch batch(Topic topic, Publication publication, Call call) {
        Post post = post(publication, 0, call);
        List<Header> headers = new ArrayList<>(publication.attributes());
        headers.add(post.notification(topic).header());
        headers.addAll(TraceHeader.of(call.trace()));
        Message message = new Message(headers, Bytes.utf8(publication.bodies().of(Protocol.SQS)));
        Envelope envelope = new Envelope(
                publication.group(), publication.deduplicationId(), Envelope.QUEUE_DELAY, Envelope.NEVER, null);
        return Batch.of(envelope, MessageCodec.encode(message));
    }
}
