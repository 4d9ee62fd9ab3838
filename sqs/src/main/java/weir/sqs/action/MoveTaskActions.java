package weir.sqs.action;

import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import weir.core.Bytes;
import weir.core.PartitionStatus;
import weir.core.broker.Broker;
import weir.core.broker.OutcomeUnknownException;
import weir.core.catalog.Queue;
import weir.sqs.move.MoveTask;
import weir.sqs.move.MoveTaskBook;
import weir.sqs.move.Mover;
import weir.sqs.wire.Fields;
import weir.sqs.wire.JsonAnswer;
import weir.sqs.wire.JsonRequest;
import weir.sqs.wire.Shape;
import weir.sqs.wire.SqsError;
import weir.sqs.wire.SqsException;
import weir.sqs.wire.Value;

/** StartMessageMoveTask, ListMessageMoveTasks and CancelMessageMoveTask. */
final class MoveTaskActions {
    private static final String TASK_ID = "taskId";
    private static final String SOURCE_ARN = "sourceArn";

    /** What a task handle is, in base64. */
    private static final Shape.Structure HANDLE =
            Shape.structure("TaskHandle", Shape.text(TASK_ID), Shape.text(SOURCE_ARN));

    private final Queues queues;
    private final Broker broker;
    private final MoveTaskBook book;
    private final Mover mover;
    private final InstantSource clock;

    MoveTaskActions(Queues queues, MoveTaskBook book, Mover mover, InstantSource clock) {
        this.queues = queues;
        this.broker = queues.broker();
        this.book = book;
        this.mover = mover;
        this.clock = clock;
    }

    Fields start(Call call) throws OutcomeUnknownException, InterruptedException {
        Queue source = queue(call.input().text("SourceArn"), "SourceArn");
        Integer rate = rate(call.input().whole("MaxNumberOfMessagesPerSecond"));
        if (queues.deadLetterSourcesOf(source.name(), "", 1).isEmpty()) {
            throw SqsError.INVALID_PARAMETER_VALUE.because("Source queue must be configured as a Dead Letter Queue.");
        }
        String destinationArn = call.input().text("DestinationArn");
        Queue destination = destinationArn == null ? null : queue(destinationArn, "DestinationArn");
        if (destination != null && destination.id() == source.id()) {
            throw SqsError.INVALID_PARAMETER_VALUE.because(
                    "Source queue arn and destination queue arn cannot be the same.");
        }
        if (destination != null && Queues.isFifo(destination) != Queues.isFifo(source)) {
            throw SqsError.INVALID_PARAMETER_VALUE.because(
                    "The source queue and destination queue must be of the same queue type.");
        }
        if (book.isFull()) {
            throw SqsError.OVER_LIMIT.because("Too many message move tasks are active.");
        }
        MoveTask task = MoveTask.started(
                UUID.randomUUID().toString(),
                destination == null ? null : destination.name(),
                rate,
                messagesIn(source),
                clock.millis());
        if (!book.start(source, task)) {
            throw SqsError.INVALID_PARAMETER_VALUE.because("There is already a task running. Only one active task is"
                    + " allowed for a source queue arn at a given time.");
        }
        mover.look();
        return new Fields().put("TaskHandle", handle(source, task));
    }

    private static @Nullable Integer rate(@Nullable Long asked) {
        if (asked == null) {
            return null;
        }
        if (asked < 1 || asked > Quotas.MOVES_PER_SECOND_MAX) {
            throw Text.invalid(asked, "MaxNumberOfMessagesPerSecond", "Must be between 1 and 500, if provided.");
        }
        return asked.intValue();
    }

    private long messagesIn(Queue source) throws OutcomeUnknownException, InterruptedException {
        return broker.status(source).map(MoveTaskActions::all).orElse(0L);
    }

    private static long all(PartitionStatus status) {
        return status.ready() + status.delayed() + status.leased();
    }

    Fields list(Call call) throws OutcomeUnknownException, InterruptedException {
        Queue source = queue(call.input().text("SourceArn"), "SourceArn");
        Long asked = call.input().whole("MaxResults");
        if (asked != null && (asked < 1 || asked > Quotas.MOVE_TASKS_LISTED_MAX)) {
            throw Text.invalid(asked, "MaxResults", "Must be between 1 and 10, if provided.");
        }
        List<Value> results = new ArrayList<>();
        for (MoveTask task : book.tasks(source)) {
            if (results.size() < (asked == null ? 1 : asked)) {
                results.add(entry(source, task));
            }
        }
        return new Fields().put("Results", new Value.Items(results));
    }

    private Fields entry(Queue source, MoveTask task) {
        Fields entry = new Fields();
        if (task.status() == MoveTask.Status.RUNNING) {
            entry.put("TaskHandle", handle(source, task));
        }
        entry.put("Status", task.status().name())
                .put("SourceArn", queues.names().arn(source.name()));
        if (task.destination() != null) {
            entry.put("DestinationArn", queues.names().arn(task.destination()));
        }
        if (task.messagesPerSecond() != null) {
            entry.put("MaxNumberOfMessagesPerSecond", new Value.Whole(task.messagesPerSecond()));
        }
        return entry.put("ApproximateNumberOfMessagesMoved", new Value.Whole(mover.moved(task)))
                .put("ApproximateNumberOfMessagesToMove", new Value.Whole(task.toMove()))
                .putIfPresent("FailureReason", task.failure())
                .put("StartedTimestamp", new Value.Whole(task.startedAtMillis()));
    }

    Fields cancel(Call call) throws OutcomeUnknownException, InterruptedException {
        Fields handle = decoded(call.input().text("TaskHandle"));
        String id = handle.text(TASK_ID);
        if (id == null || !handle.has(SOURCE_ARN)) {
            throw invalidHandle();
        }
        Queue source = queue(handle.text(SOURCE_ARN), "SourceArn");
        MoveTask task =
                book.find(source, id).orElseThrow(() -> SqsError.RESOURCE_NOT_FOUND.because("Task does not exist."));
        if (task.status() != MoveTask.Status.RUNNING) {
            throw SqsError.UNSUPPORTED_OPERATION.because("A task that is not running cannot be cancelled.");
        }
        book.cancel(source, id);
        mover.look();
        return new Fields().put("ApproximateNumberOfMessagesMoved", new Value.Whole(mover.moved(task)));
    }

    private Queue queue(@Nullable String arn, String parameter) throws OutcomeUnknownException, InterruptedException {
        String name = arn == null ? null : queues.names().nameInArn(arn);
        Optional<Queue> known = name == null ? Optional.empty() : broker.findAnywhere(name);
        return known.filter(Queues::isSeen)
                .orElseThrow(() -> SqsError.RESOURCE_NOT_FOUND.because(
                        "The resource that you specified for the " + parameter + " parameter doesn't exist."));
    }

    private String handle(Queue source, MoveTask task) {
        Fields handle = new Fields()
                .put(TASK_ID, task.id())
                .put(SOURCE_ARN, queues.names().arn(source.name()));
        return Base64.getEncoder().encodeToString(JsonAnswer.result(handle));
    }

    /** Where the task of a handle moves messages from; null if it is no handle, which the action will say. */
    static @Nullable String sourceArn(@Nullable String handle) {
        try {
            return decoded(handle).text(SOURCE_ARN);
        } catch (SqsException _) {
            return null;
        }
    }

    private static Fields decoded(@Nullable String handle) {
        try {
            byte[] json = Base64.getDecoder().decode(handle == null ? "" : handle);
            return JsonRequest.read(HANDLE, Bytes.utf8(new String(json, StandardCharsets.UTF_8)));
        } catch (IllegalArgumentException | SqsException _) {
            throw invalidHandle();
        }
    }

    private static SqsException invalidHandle() {
        return SqsError.INVALID_PARAMETER_VALUE.because("Value for parameter TaskHandle is invalid.");
    }
}
