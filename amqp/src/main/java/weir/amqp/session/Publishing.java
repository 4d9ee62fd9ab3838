package weir.amqp.session;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
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
    /** Chooses among partitions where nothing else does. One thread publishes at a time. */
    private long turn;

    Publishing(Broker broker) {
        this.broker = broker;
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
        for (int i = 0; i < taken.length; i++) {
            taken[i] = isTaken(outcomes.get(i));
        }
        return taken;
    }

    private boolean[] fanOut(List<Publication> publications) throws InterruptedException {
        List<Command.Copies> copies = new ArrayList<>(publications.size());
        List<Integer> owners = new ArrayList<>(publications.size());
        for (int i = 0; i < publications.size(); i++) {
            Publication each = publications.get(i);
            for (Map.Entry<Integer, List<Command.Target>> level : targets(each).entrySet()) {
                copies.add(new Command.Copies(level.getKey(), each.format(), each.payload(), level.getValue()));
                owners.add(i);
            }
        }
        boolean[] taken = new boolean[publications.size()];
        Arrays.fill(taken, true);
        if (copies.isEmpty()) {
            return taken;
        }
        List<List<PublishOutcome>> outcomes = broker.fanOut(copies);
        for (int i = 0; i < outcomes.size(); i++) {
            for (PublishOutcome outcome : outcomes.get(i)) {
                if (!isTaken(outcome)) {
                    taken[owners.get(i)] = false;
                }
            }
        }
        return taken;
    }

    /** By the level, which depends on how many a queue has. */
    private Map<Integer, List<Command.Target>> targets(Publication publication) {
        Map<Integer, List<Command.Target>> byLevel = new TreeMap<>();
        for (Publication.Way way : publication.ways()) {
            byLevel.computeIfAbsent(way.level(), _ -> new ArrayList<>(1))
                    .add(new Command.Target(way.queue().partitionFor(way.envelope(), turn++), way.envelope()));
        }
        return byLevel;
    }

    private static boolean isTaken(PublishOutcome outcome) {
        return switch (outcome) {
            case PublishOutcome.Appended _, PublishOutcome.TakenBefore _ -> true;
            // It was deleted meanwhile, and its messages with it: this one would have been among them.
            case PublishOutcome.Refused(var reason) -> reason == Refusal.NO_SUCH_QUEUE;
            case PublishOutcome.Unknown(var cause) -> {
                LOG.warn("Whether a message was published is not known: {}", cause.getMessage());
                yield false;
            }
        };
    }
}
