package weir.sqs.action;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import weir.core.DeadLetterPolicy;
import weir.core.Ordering;
import weir.core.Reading;
import weir.core.broker.Broker;
import weir.core.broker.OutcomeUnknownException;
import weir.core.catalog.CatalogRefusal;
import weir.core.catalog.Queue;
import weir.core.shard.Refusal;
import weir.sqs.wire.SqsError;
import weir.sqs.wire.SqsException;

/**
 * Finds the queue that a call is about, and says in SQS's words what the engine refused.
 *
 * @param handleSalt what this cluster puts into receipt handles
 */
record Queues(Broker broker, QueueNames names, int handleSalt) {
    Queue of(Call call) throws OutcomeUnknownException, InterruptedException {
        String url = call.input().text("QueueUrl");
        return named(url == null ? null : QueueNames.nameInUrl(url));
    }

    /** A client may name a queue that it made through another node a moment ago: that is not told to be missing. */
    Queue named(@Nullable String name) throws OutcomeUnknownException, InterruptedException {
        if (name == null || QueueNames.isInternal(name)) {
            throw noSuchQueue();
        }
        return broker.findAnywhere(name).filter(Queues::isSeen).orElseThrow(Queues::noSuchQueue);
    }

    /** Whether it can be received from at all: a topic cannot, so SQS does not have it. */
    static boolean isSeen(Queue queue) {
        return queue.settings().reading() == Reading.LEASE;
    }

    /** Looks through all queues, a page at a time: rarely asked, so not worth an index. */
    List<Queue> deadLetterSourcesOf(String target, String after, int max) {
        List<Queue> sources = new ArrayList<>();
        List<Queue> page = broker.list("", after, Quotas.LIST_RESULTS_MAX);
        while (!page.isEmpty() && sources.size() < max) {
            for (Queue queue : page) {
                DeadLetterPolicy deadLetter = queue.settings().deadLetter();
                if (deadLetter != null && deadLetter.queue().equals(target) && sources.size() < max) {
                    sources.add(queue);
                }
            }
            page = broker.list("", page.getLast().name(), Quotas.LIST_RESULTS_MAX);
        }
        return sources;
    }

    static boolean isFifo(Queue queue) {
        return queue.settings().ordering() == Ordering.GROUP;
    }

    static SqsException noSuchQueue() {
        return SqsError.QUEUE_DOES_NOT_EXIST.because("The specified queue does not exist.");
    }

    static SqsException refused(Refusal refusal, Queue queue) {
        return switch (refusal) {
            case NO_SUCH_QUEUE -> noSuchQueue();
            case QUEUE_FULL -> SqsError.OVER_LIMIT.because("The queue " + queue.name() + " is full.");
            case MESSAGE_TOO_LARGE ->
                SqsError.INVALID_PARAMETER_VALUE.because(
                        "One or more parameters are invalid. Reason: Message must be shorter than "
                                + QueueAttributes.messageBytesMax(queue) + " bytes.");
            case PUBLISH_PAUSED ->
                SqsError.REQUEST_THROTTLED.because("Sending to the queue " + queue.name() + " is paused.");
            case GROUP_MISSING -> Text.missing("MessageGroupId");
            case TOO_MANY_IN_FLIGHT ->
                SqsError.OVER_LIMIT.because("Too many messages are in flight in the queue " + queue.name() + ".");
            case PURGED_RECENTLY ->
                SqsError.PURGE_QUEUE_IN_PROGRESS.because(
                        "Only one PurgeQueue operation on " + queue.name() + " is allowed every 60 seconds.");
            case READ_OTHERWISE, OFFSET_OUT_OF_RANGE ->
                SqsError.UNSUPPORTED_OPERATION.because(
                        "The queue " + queue.name() + " is a topic that is read by offset, which SQS cannot.");
            case OUT_OF_ORDER_SEQUENCE, INVALID_PRODUCER_EPOCH ->
                throw new IllegalStateException("SQS numbers nothing, and was refused: " + refusal);
            case DISK_FULL ->
                SqsError.SERVICE_UNAVAILABLE.because(
                        "The disk of the server is nearly full or read-only, so it takes no messages. Receiving and"
                                + " deleting work, and make room.");
        };
    }

    static SqsException refused(CatalogRefusal refusal) {
        return switch (refusal) {
            case NO_SUCH_QUEUE -> noSuchQueue();
            case CHANGED ->
                SqsError.SERVICE_UNAVAILABLE.because("The queue is being changed by others at the same time.");
            case FIXED_AT_CREATION ->
                SqsError.INVALID_ATTRIBUTE_VALUE.because(
                        "Invalid value for the parameter FifoQueue. Reason: Modifying queue type is not supported.");
            case TOO_MANY_QUEUES, TOO_MANY_DEFINITIONS ->
                SqsError.OVER_LIMIT.because("No more queues can be created here.");
            case DELETED_RECENTLY ->
                SqsError.QUEUE_DELETED_RECENTLY.because(
                        "You must wait 60 seconds after deleting a queue before you can create another with the same name.");
            case DEDUPLICATION_SCOPE_TOO_WIDE ->
                SqsError.INVALID_ATTRIBUTE_VALUE.because(
                        "Invalid value for the parameter DeduplicationScope. Reason: A FIFO queue of several partitions (its"
                                + " tag " + PartitionsTag.NAME + ") must have messageGroup, and not queue.");
            case NO_SUCH_DEFINITION -> throw new IllegalStateException("a queue is no definition of a front's own");
        };
    }
}
