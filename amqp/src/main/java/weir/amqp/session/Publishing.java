package weir.amqp.session;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import weir.amqp.deadletter.DeadLetters;
import weir.core.Batch;
import weir.core.broker.Broker;
import weir.core.broker.PublishOutcome;
import weir.core.catalog.Queue;
import weir.core.shard.Command;
import weir.core.shard.Refusal;

/**
 * Publishes some messages together, in order. For one queue that takes them all or none that is one command; else each
 * target answers for itself.
 */
final class Publishing {
    private static final Logger LOG = LoggerFactory.getLogger(Publishing.class);

    private final Broker broker;
    private final DeadLetters deadLetters;
    /** Chooses among partitions where nothing else does. One thread publishes at a time. */
    private long turn;

    Publishing(Broker broker, DeadLetters deadLetters) {
        this.broker = broker;
        this.deadLetters = deadLetters;
    }

    /** @return for each whether it is where it should be: not if a queue refused it, or if that is not known */
    boolean[] publish(List<Publication> publications) throws InterruptedException {
        Queue only = onlyQueue(publications);
        return only == null ? fanOut(publications) : publishTo(only, publications);
    }

    /** The one queue that all go to, if it can only refuse them for what holds for all. */
    private static @Nullable Queue onlyQueue(List<Publication> publications) {
        Queue only = null;
        for (Publication publication : publications) {
            if (publication.ways().size() != 1) {
                return null;
            }
            Publication.Way way = publication.ways().getFirst();
            if (only == null) {
                only = way.mayTakeSome() ? null : way.queue();
            }
            if (only == null || only.id() != way.queue().id()) {
                return null;
            }
        }
        return only;
    }

    private boolean[] publishTo(Queue queue, List<Publication> publications) throws InterruptedException {
        List<Batch> batches = new ArrayList<>(publications.size());
        for (Publication each : publications) {
            batches.add(each.batch(each.ways().getFirst()));
        }
        boolean[] taken = new boolean[publications.size()];
        List<PublishOutcome> outcomes = broker.publish(queue, batches);
        List<Integer> alone = new ArrayList<>();
        for (int i = 0; i < taken.length; i++) {
            taken[i] = isTaken(outcomes.get(i), queue);
            if (taken.length > 1 && isOfOneMessage(outcomes.get(i))) {
                alone.add(i);
            }
        }
        // What one message is refused for, the others of its batch are refused with it: now each stands for itself.
        if (!alone.isEmpty()) {
            boolean[] again = fanOut(alone.stream().map(publications::get).toList());
            for (int i = 0; i < again.length; i++) {
                taken[alone.get(i)] = again[i];
            }
        }
        return taken;
    }

    private static boolean isOfOneMessage(PublishOutcome outcome) {
        return outcome instanceof PublishOutcome.Refused(Refusal reason)
                && (reason == Refusal.MESSAGE_TOO_LARGE || reason == Refusal.GROUP_MISSING);
    }

    private boolean[] fanOut(List<Publication> publications) throws InterruptedException {
        List<Command.Copies> copies = new ArrayList<>(publications.size());
        List<Copied> copied = new ArrayList<>(publications.size());
        for (int i = 0; i < publications.size(); i++) {
            for (List<Publication.Way> level : byLevel(publications.get(i))) {
                copies.add(copies(publications.get(i), level));
                copied.add(new Copied(i, level));
            }
        }
        boolean[] taken = new boolean[publications.size()];
        Arrays.fill(taken, true);
        if (copies.isEmpty()) {
            return taken;
        }
        List<List<PublishOutcome>> outcomes = broker.fanOut(copies);
        for (int i = 0; i < outcomes.size(); i++) {
            Copied what = copied.get(i);
            for (int way = 0; way < what.ways().size(); way++) {
                PublishOutcome outcome = outcomes.get(i).get(way);
                Publication.Way to = what.ways().get(way);
                taken[what.publication()] &= isTaken(outcome, to.queue());
                buryIfRefused(outcome, publications.get(what.publication()), to);
            }
        }
        return taken;
    }

    /** @param publication its place among all */
    private record Copied(int publication, List<Publication.Way> ways) {}

    /** One payload's copies are all of one level, which depends on how many a queue has. */
    private static Collection<List<Publication.Way>> byLevel(Publication publication) {
        Map<Integer, List<Publication.Way>> byLevel = new TreeMap<>();
        for (Publication.Way way : publication.ways()) {
            byLevel.computeIfAbsent(way.level(), _ -> new ArrayList<>(1)).add(way);
        }
        return byLevel.values();
    }

    private Command.Copies copies(Publication publication, List<Publication.Way> ways) {
        List<Command.Target> targets = new ArrayList<>(ways.size());
        for (Publication.Way way : ways) {
            targets.add(new Command.Target(way.queue().partitionFor(way.envelope(), turn++), way.envelope()));
        }
        return new Command.Copies(ways.getFirst().level(), publication.format(), publication.payload(), targets);
    }

    /** A queue may want even what it has no room for among its dead letters. */
    private void buryIfRefused(PublishOutcome outcome, Publication publication, Publication.Way way)
            throws InterruptedException {
        boolean full = outcome instanceof PublishOutcome.Refused(var reason) && reason == Refusal.QUEUE_FULL;
        if (full && way.to().refusedBecomeDeadLetters()) {
            deadLetters.refused(way.to(), publication.batch(way));
        }
    }

    private boolean isTaken(PublishOutcome outcome, Queue queue) {
        return switch (outcome) {
            case PublishOutcome.Appended _, PublishOutcome.TakenBefore _ -> true;
            // It was deleted meanwhile, and its messages with it: this one would have been among them. If it was not,
            // it was
            // made so lately that its shard does not know it yet.
            case PublishOutcome.Refused(var reason) ->
                reason == Refusal.NO_SUCH_QUEUE && broker.find(queue.id()).isEmpty();
            case PublishOutcome.Unknown(var cause) -> {
                LOG.warn("Whether a message was published is not known: {}", cause.getMessage());
                yield false;
            }
        };
    }
}
