package weir.sqs.action;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;
import weir.core.PartitionStatus;
import weir.core.broker.Broker;
import weir.core.broker.OutcomeUnknownException;
import weir.core.catalog.CatalogCommand;
import weir.core.catalog.CatalogRefusal;
import weir.core.catalog.CatalogReply;
import weir.core.catalog.Queue;
import weir.core.shard.Reply;
import weir.sqs.move.MoveTaskBook;
import weir.sqs.wire.Fields;
import weir.sqs.wire.SqsError;
import weir.sqs.wire.Value;

/** The actions on queues as such: their making and ending, attributes and tags. */
final class QueueActions {
    /** Reading them means asking the shard. */
    private static final Set<String> COUNTERS = Set.of(
            "ApproximateNumberOfMessages",
            "ApproximateNumberOfMessagesNotVisible",
            "ApproximateNumberOfMessagesDelayed");

    private static final Set<String> SETTABLE_OR_FIFO = Set.of(
            "Policy",
            "RedrivePolicy",
            "RedriveAllowPolicy",
            "KmsMasterKeyId",
            "KmsDataKeyReusePeriodSeconds",
            "FifoQueue",
            "ContentBasedDeduplication",
            "DeduplicationScope",
            "FifoThroughputLimit");

    private final Broker broker;
    private final Queues queues;
    private final QueueNames names;
    private final Rests rests;
    private final MoveTaskBook moveTasks;

    QueueActions(Queues queues, Rests rests, MoveTaskBook moveTasks) {
        this.broker = queues.broker();
        this.queues = queues;
        this.names = queues.names();
        this.rests = rests;
        this.moveTasks = moveTasks;
    }

    Fields create(Call call) throws OutcomeUnknownException, InterruptedException {
        String name = queueName(call);
        Map<String, String> given = call.input().textMap("Attributes");
        Map<String, String> tags = call.input().textMap("tags");
        Optional<Queue> existing = QueueNames.isInternal(name) ? Optional.empty() : broker.find(name);
        if (existing.isEmpty()) {
            QueueAttributes.Plan plan = QueueAttributes.create(name, given, this::deadLetterQueue);
            SortedMap<String, String> labels = Tags.with(name, plan.labels(), PartitionsTag.without(tags));
            CatalogReply reply = broker.change(new CatalogCommand.CreateQueue(
                    name, plan.settings(), labels, rests.delete().toMillis(), PartitionsTag.partitions(tags)));
            existing = switch (reply) {
                case CatalogReply.Created(Queue queue, boolean existed) ->
                    existed ? Optional.of(queue) : Optional.empty();
                case CatalogReply.Refused(CatalogRefusal reason) -> throw Queues.refused(reason);
                case CatalogReply.Updated _, CatalogReply.Deleted _, CatalogReply.Defined _, CatalogReply.Undefined _ ->
                    throw unexpected(reply);
            };
        }
        if (existing.isPresent()) {
            if (!Queues.isSeen(existing.get())) {
                throw SqsError.QUEUE_NAME_EXISTS.because(
                        "A topic already exists with the same name, which SQS cannot read.");
            }
            if (PartitionsTag.differs(tags, existing.get())) {
                throw SqsError.QUEUE_NAME_EXISTS.because(
                        "A queue already exists with the same name and a different value for tag "
                                + PartitionsTag.NAME);
            }
            String difference = QueueAttributes.difference(existing.get(), given, names, this::deadLetterQueue);
            if (difference != null) {
                throw SqsError.QUEUE_NAME_EXISTS.because(
                        "A queue already exists with the same name and a different value for attribute " + difference);
            }
        }
        return new Fields().put("QueueUrl", names.url(call.endpoint(), name));
    }

    Fields url(Call call) throws OutcomeUnknownException, InterruptedException {
        Queue queue = queues.named(queueName(call));
        return new Fields().put("QueueUrl", names.url(call.endpoint(), queue.name()));
    }

    private static String queueName(Call call) {
        String name = call.input().text("QueueName");
        if (name == null || name.isEmpty()) {
            throw SqsError.INVALID_PARAMETER_VALUE.because(
                    "Value for parameter QueueName is invalid. Reason: Must specify a queue name.");
        }
        return name;
    }

    Fields list(Call call) {
        String given = call.input().text("QueueNamePrefix");
        String prefix = given == null ? "" : given;
        return page(call, "QueueUrls", (after, max) -> visible(prefix, after, max));
    }

    /** Queues that are SQS's own. */
    private List<Queue> visible(String prefix, String after, int max) {
        List<Queue> found = new ArrayList<>();
        String last = after;
        List<Queue> page;
        do {
            page = broker.list(prefix, last, max);
            for (Queue queue : page) {
                last = queue.name();
                if (found.size() < max && !QueueNames.isInternal(last) && Queues.isSeen(queue)) {
                    found.add(queue);
                }
            }
        } while (page.size() == max && found.size() < max);
        return found;
    }

    Fields listDeadLetterSources(Call call) throws OutcomeUnknownException, InterruptedException {
        String target = queues.of(call).name();
        return page(call, "queueUrls", (after, max) -> queues.deadLetterSourcesOf(target, after, max));
    }

    private interface Lister {
        List<Queue> list(String after, int max);
    }

    /** One page of queue URLs, and a token for the next one only if the client asked for pages. */
    private Fields page(Call call, String member, Lister lister) {
        Long asked = call.input().whole("MaxResults");
        if (asked != null && (asked < 1 || asked > Quotas.LIST_RESULTS_MAX)) {
            throw Text.invalid(asked, "MaxResults", "MaxResults must be an integer between 1 and 1000.");
        }
        int max = asked == null ? Quotas.LIST_RESULTS_MAX : asked.intValue();
        List<Queue> found = lister.list(after(call.input().text("NextToken")), asked == null ? max : max + 1);
        List<Value> urls = new ArrayList<>();
        for (Queue queue : found.subList(0, Math.min(max, found.size()))) {
            urls.add(new Value.Text(names.url(call.endpoint(), queue.name())));
        }
        Fields result = new Fields().put(member, new Value.Items(urls));
        if (found.size() > max) {
            byte[] last = found.get(max - 1).name().getBytes(StandardCharsets.UTF_8);
            result.put("NextToken", Base64.getUrlEncoder().encodeToString(last));
        }
        return result;
    }

    private static String after(@Nullable String token) {
        try {
            return token == null ? "" : new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException _) {
            throw SqsError.INVALID_PARAMETER_VALUE.because("Invalid or expired next token.");
        }
    }

    Fields delete(Call call) throws OutcomeUnknownException, InterruptedException {
        CatalogReply reply =
                broker.change(new CatalogCommand.DeleteQueue(queues.of(call).name()));
        return switch (reply) {
            case CatalogReply.Deleted(Queue deleted) -> {
                moveTasks.forget(deleted);
                yield new Fields();
            }
            case CatalogReply.Refused(CatalogRefusal reason) -> throw Queues.refused(reason);
            case CatalogReply.Created _, CatalogReply.Updated _, CatalogReply.Defined _, CatalogReply.Undefined _ ->
                throw unexpected(reply);
        };
    }

    Fields purge(Call call) throws OutcomeUnknownException, InterruptedException {
        Queue queue = queues.of(call);
        Reply reply = broker.purge(queue, rests.purge().toMillis());
        return switch (reply) {
            case Reply.Done _ -> new Fields();
            case Reply.Refused(var reason) -> throw Queues.refused(reason, queue);
            case Reply.Published _, Reply.FannedOut _, Reply.Acquired _, Reply.Settled _, Reply.TakenIn _ ->
                throw new IllegalStateException("Purge was answered with " + reply);
        };
    }

    Fields attributes(Call call) throws OutcomeUnknownException, InterruptedException {
        Queue queue = queues.of(call);
        List<String> asked = call.input().texts("AttributeNames");
        boolean all = asked.contains("All");
        SequencedMap<String, String> known = QueueAttributes.read(queue, names);
        if (all || asked.stream().anyMatch(COUNTERS::contains)) {
            PartitionStatus status = broker.status(queue).orElseThrow(Queues::noSuchQueue);
            known.put("ApproximateNumberOfMessages", Long.toString(status.ready()));
            known.put("ApproximateNumberOfMessagesNotVisible", Long.toString(status.leased() + status.departing()));
            known.put("ApproximateNumberOfMessagesDelayed", Long.toString(status.delayed()));
        }
        Fields attributes = new Fields();
        if (all) {
            known.forEach(attributes::put);
        }
        for (String name : asked) {
            String value = known.get(name);
            if (value != null) {
                attributes.put(name, value);
            } else if (!name.equals("All") && !SETTABLE_OR_FIFO.contains(name)) {
                throw QueueAttributes.unknown(name);
            }
        }
        return new Fields().put("Attributes", attributes);
    }

    Fields setAttributes(Call call) throws OutcomeUnknownException, InterruptedException {
        Map<String, String> given = call.input().textMap("Attributes");
        return update(call, queue -> QueueAttributes.change(queue, given, this::deadLetterQueue));
    }

    Fields tag(Call call) throws OutcomeUnknownException, InterruptedException {
        Map<String, String> tags = call.input().textMap("Tags");
        return update(call, queue -> {
            PartitionsTag.checkUnchanged(tags, queue);
            return new QueueAttributes.Plan(
                    queue.settings(), Tags.with(queue.name(), queue.labels(), PartitionsTag.without(tags)));
        });
    }

    Fields untag(Call call) throws OutcomeUnknownException, InterruptedException {
        List<String> keys = call.input().texts("TagKeys");
        return update(call, queue -> {
            PartitionsTag.checkKept(keys, queue);
            return new QueueAttributes.Plan(queue.settings(), Tags.without(queue.labels(), keys));
        });
    }

    Fields tags(Call call) throws OutcomeUnknownException, InterruptedException {
        return new Fields().put("Tags", Tags.of(queues.of(call)));
    }

    interface Change {
        QueueAttributes.Plan of(Queue queue);
    }

    /** Plans anew from what is there, if others changed the queue meanwhile. */
    Fields update(Call call, Change change) throws OutcomeUnknownException, InterruptedException {
        for (int attempt = 0; attempt < Quotas.CHANGE_TRIES; attempt++) {
            Queue queue = queues.of(call);
            QueueAttributes.Plan plan = change.of(queue);
            if (plan.settings().equals(queue.settings()) && plan.labels().equals(queue.labels())) {
                return new Fields();
            }
            CatalogReply reply = broker.change(
                    new CatalogCommand.UpdateQueue(queue.name(), queue.revision(), plan.settings(), plan.labels()));
            switch (reply) {
                case CatalogReply.Updated _ -> {
                    return new Fields();
                }
                case CatalogReply.Refused(CatalogRefusal reason) -> {
                    if (reason != CatalogRefusal.CHANGED) {
                        throw Queues.refused(reason);
                    }
                }
                case CatalogReply.Created _, CatalogReply.Deleted _, CatalogReply.Defined _, CatalogReply.Undefined _ ->
                    throw unexpected(reply);
            }
        }
        throw Queues.refused(CatalogRefusal.CHANGED);
    }

    private @Nullable Queue deadLetterQueue(String arn) {
        String name = names.nameInArn(arn);
        return name == null ? null : broker.find(name).filter(Queues::isSeen).orElse(null);
    }

    private static IllegalStateException unexpected(CatalogReply reply) {
        return new IllegalStateException("the catalog answered " + reply);
    }
}
