package weir.sqs.move;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import weir.core.broker.Broker;
import weir.core.broker.OutcomeUnknownException;
import weir.core.catalog.CatalogCommand;
import weir.core.catalog.CatalogRefusal;
import weir.core.catalog.CatalogReply;
import weir.core.catalog.Definition;
import weir.core.catalog.Queue;
import weir.sqs.wire.SqsError;

/**
 * The tasks in the catalog: one definition for each queue that ever had one, with the newest few of its tasks. All tasks of a
 * queue are one definition so that two cannot be started at the same time, and so that the old ones go by themselves.
 *
 * <p>A book names the queue by its id too: the tasks of a queue that was deleted are not those of the next of its name.
 *
 * <p>Safe for use by any number of threads and nodes: a change is tried anew if another came before it.
 */
public final class MoveTaskBook {
    private static final String KIND = "sqs.move-tasks";
    private static final String QUEUE_ID = "queue";

    private final Broker broker;

    public MoveTaskBook(Broker broker) {
        this.broker = broker;
    }

    /** A task and the queue whose messages it moves. */
    public record Active(Queue source, MoveTask task) {}

    /** What becomes of a queue's tasks, newest first; empty if nothing does. */
    private interface Change {
        Optional<List<MoveTask>> of(List<MoveTask> tasks);
    }

    /** A queue's tasks, newest first. */
    public List<MoveTask> tasks(Queue source) {
        return broker.definition(KIND, source.name())
                .map(book -> read(book, source))
                .orElse(List.of());
    }

    public Optional<MoveTask> find(Queue source, String id) {
        return tasks(source).stream().filter(task -> task.id().equals(id)).findFirst();
    }

    /** Every task that is to be worked on. */
    public List<Active> active() {
        List<Active> active = new ArrayList<>();
        List<Definition> page = broker.definitions(KIND, "", "", MoveLimits.PAGE);
        while (!page.isEmpty()) {
            for (Definition book : page) {
                broker.find(book.name()).ifPresent(source -> read(book, source).stream()
                        .filter(MoveTask::isActive)
                        .forEach(task -> active.add(new Active(source, task))));
            }
            page = broker.definitions(KIND, "", page.getLast().name(), MoveLimits.PAGE);
        }
        return active;
    }

    public boolean isFull() {
        return active().size() >= MoveLimits.TASKS_MAX;
    }

    /**
     * Enters a new task.
     *
     * @return false if the queue has an active one
     * @throws OutcomeUnknownException if no answer came in time; the task may be entered
     */
    public boolean start(Queue source, MoveTask task) throws OutcomeUnknownException, InterruptedException {
        return change(source, tasks -> {
            if (tasks.stream().anyMatch(MoveTask::isActive)) {
                return Optional.empty();
            }
            List<MoveTask> with = new ArrayList<>(tasks);
            with.addFirst(task);
            return Optional.of(with.subList(0, Math.min(with.size(), MoveLimits.KEPT_OF_A_QUEUE)));
        });
    }

    /** Changes one task; nothing if it is gone. */
    void change(Queue source, String id, UnaryOperator<MoveTask> change)
            throws OutcomeUnknownException, InterruptedException {
        change(source, tasks -> {
            List<MoveTask> changed = tasks.stream()
                    .map(task -> task.id().equals(id) ? change.apply(task) : task)
                    .toList();
            return changed.equals(tasks) ? Optional.empty() : Optional.of(changed);
        });
    }

    public void cancel(Queue source, String id) throws OutcomeUnknownException, InterruptedException {
        change(source, id, MoveTask::cancelling);
    }

    /** Forgets the tasks of a queue that was deleted. If this is missed, the next queue of that name does it. */
    public void forget(Queue deleted) throws OutcomeUnknownException, InterruptedException {
        if (broker.definition(KIND, deleted.name()).isPresent()) {
            broker.change(new CatalogCommand.Undefine(KIND, deleted.name()));
        }
    }

    /** @return false if nothing was to be changed */
    private boolean change(Queue source, Change change) throws OutcomeUnknownException, InterruptedException {
        for (int attempt = 0; attempt < MoveLimits.CHANGE_TRIES; attempt++) {
            Definition book = broker.definition(KIND, source.name()).orElse(null);
            List<MoveTask> changed =
                    change.of(book == null ? List.of() : read(book, source)).orElse(null);
            if (changed == null) {
                return false;
            }
            if (write(source, book, changed)) {
                return true;
            }
        }
        throw new OutcomeUnknownException("the move tasks of " + source.name() + " are being changed by others");
    }

    /** @return false if another was faster */
    private boolean write(Queue source, @Nullable Definition book, List<MoveTask> tasks)
            throws OutcomeUnknownException, InterruptedException {
        long revision = book == null ? Definition.NEW : book.revision();
        CatalogReply reply =
                broker.change(new CatalogCommand.Define(KIND, source.name(), revision, text(source, tasks)));
        return switch (reply) {
            case CatalogReply.Defined defined -> !defined.existed();
            case CatalogReply.Refused(CatalogRefusal reason) ->
                switch (reason) {
                    case CHANGED, NO_SUCH_DEFINITION -> false;
                    case TOO_MANY_DEFINITIONS ->
                        throw SqsError.OVER_LIMIT.because("No more message move tasks can be kept here.");
                    case NO_SUCH_QUEUE,
                            FIXED_AT_CREATION,
                            TOO_MANY_QUEUES,
                            DELETED_RECENTLY,
                            DEDUPLICATION_SCOPE_TOO_WIDE ->
                        throw new IllegalStateException("Define was refused: " + reason);
                };
            case CatalogReply.Created _, CatalogReply.Updated _, CatalogReply.Deleted _, CatalogReply.Undefined _ ->
                throw new IllegalStateException("Define was answered with " + reply);
        };
    }

    // ---- The text of a book: attributes of task n begin with "n."; 0 is the newest.

    private static SortedMap<String, String> text(Queue source, List<MoveTask> tasks) {
        SortedMap<String, String> text = new TreeMap<>();
        text.put(QUEUE_ID, Long.toString(source.id()));
        for (int i = 0; i < tasks.size(); i++) {
            MoveTask task = tasks.get(i);
            String at = i + ".";
            text.put(at + "id", task.id());
            text.put(at + "status", task.status().name());
            text.put(at + "moved", Long.toString(task.progress().earlier()));
            for (int run = 0; run < task.progress().runs().size(); run++) {
                Moved.Part part = task.progress().runs().get(run);
                text.put(at + "run." + run, part.count() + " " + part.run());
            }
            text.put(at + "to-move", Long.toString(task.toMove()));
            text.put(at + "started", Long.toString(task.startedAtMillis()));
            if (task.destination() != null) {
                text.put(at + "destination", task.destination());
            }
            if (task.messagesPerSecond() != null) {
                text.put(at + "rate", task.messagesPerSecond().toString());
            }
            if (task.failure() != null) {
                text.put(at + "failure", task.failure());
            }
        }
        return text;
    }

    private static List<MoveTask> read(Definition book, Queue source) {
        SortedMap<String, String> text = book.attributes();
        List<MoveTask> tasks = new ArrayList<>();
        if (!Long.toString(source.id()).equals(text.get(QUEUE_ID))) {
            return tasks;
        }
        for (int i = 0; i < MoveLimits.KEPT_OF_A_QUEUE; i++) {
            String at = i + ".";
            String id = text.get(at + "id");
            if (id == null) {
                break;
            }
            String rate = text.get(at + "rate");
            tasks.add(new MoveTask(
                    id,
                    MoveTask.Status.valueOf(text.getOrDefault(at + "status", "")),
                    text.get(at + "destination"),
                    rate == null ? null : Integer.valueOf(rate),
                    moved(text, at),
                    Long.parseLong(text.getOrDefault(at + "to-move", "0")),
                    Long.parseLong(text.getOrDefault(at + "started", "0")),
                    text.get(at + "failure")));
        }
        return tasks;
    }

    private static Moved moved(SortedMap<String, String> text, String at) {
        List<Moved.Part> runs = new ArrayList<>();
        for (int run = 0; run < MoveLimits.RUNS_TOLD_APART; run++) {
            String part = text.get(at + "run." + run);
            if (part == null) {
                break;
            }
            int space = part.indexOf(' ');
            runs.add(new Moved.Part(part.substring(space + 1), Long.parseLong(part, 0, space, 10)));
        }
        return new Moved(Long.parseLong(text.getOrDefault(at + "moved", "0")), runs);
    }
}
