package weir.amqp.queue;

import java.time.InstantSource;
import java.util.Iterator;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import weir.amqp.wire.AmqpException;
import weir.amqp.wire.ErrorCode;
import weir.core.broker.Broker;
import weir.core.broker.OutcomeUnknownException;
import weir.core.catalog.CatalogCommand;
import weir.core.catalog.Definition;
import weir.core.catalog.Queue;

/**
 * Who consumes from which queue at this node, and what depends on it: exclusive consumers, queues that are deleted with their last
 * consumer, and queues that are deleted when nobody has used them for long.
 *
 * <p>Consumers are not replicated. Of a queue whose life depends on them, the catalog knows which runs have any ({@link #KIND}:
 * the queue's id and the run), so that no node deletes what is in use at another. That costs a change of the catalog with the
 * first consumer at a node and one with the last, for such queues alone. How many there are at other nodes is asked there.
 * That a consumer is alone over all nodes is in the catalog, see {@link ExclusiveUse}.
 *
 * <p>Safe for use by any number of threads; what concerns one queue is done one at a time.
 */
public final class Consumers {
    /** Which runs consume from a queue: named by the queue's id, {@code @} and the run. */
    static final String KIND = "amqp.consumers";

    /** When a queue that expires was used last: named by its id, at the definition's last change. */
    static final String USED = "amqp.used";

    /** Between the two. */
    static final String AT = "@";

    private static final int RUNS_MAX = 1_000;
    private static final int PAGE = 1_000;

    /** Of its time without use, the share that a note of its use may be late. */
    private static final int USE_NOTED_SHARE = 8;

    private final Broker broker;
    private final Runs runs;
    private final InstantSource clock;
    private final Elsewhere elsewhere;
    private final ExclusiveUse exclusiveUse;
    private final Owners owners = new Owners();
    private final LongAdder deleted = new LongAdder();
    private final Map<Long, Line> lines = new ConcurrentHashMap<>();
    /** Queues that expire: by id, when to look. */
    private final Map<Long, Long> looks = new ConcurrentHashMap<>();

    /** The consumers of one queue here. Its monitor guards it. */
    private static final class Line {
        int count;
        boolean exclusive;
        long usedAtMillis;
        /** Nobody was in it any more, so it was taken away: who comes now has to look for another. */
        boolean gone;
    }

    /** What other nodes' fronts say. */
    public interface Elsewhere {
        /**
         * How many consume from a queue at other nodes, of those that answer.
         *
         * @param caughtUp whether each is to look after what the catalog has said by now
         */
        int consumers(long queue, boolean caughtUp) throws InterruptedException;
    }

    public Consumers(Broker broker, Runs runs, InstantSource clock, Elsewhere elsewhere) {
        this.broker = broker;
        this.runs = runs;
        this.clock = clock;
        this.elsewhere = elsewhere;
        this.exclusiveUse = new ExclusiveUse(broker, runs);
    }

    /** Whether other nodes have to know that it is used here. They cannot use an exclusive one. */
    private static boolean livesByUse(AmqpQueue queue) {
        return !queue.exclusive()
                && (queue.autoDelete() || queue.expiresMillis().isPresent());
    }

    private static String nameOf(AmqpQueue queue, String run) {
        return queue.queue().id() + AT + run;
    }

    private Line line(AmqpQueue queue) {
        return lines.computeIfAbsent(queue.queue().id(), _ -> new Line());
    }

    /**
     * Somebody begins to consume.
     *
     * @throws AmqpException 403 if somebody else consumes exclusively, or this one wants to and is not alone
     */
    public void attend(AmqpQueue queue, boolean exclusive)
            throws AmqpException, OutcomeUnknownException, InterruptedException {
        boolean in = false;
        while (!in) {
            in = attend(line(queue), queue, exclusive);
        }
    }

    /** False if the line was taken away meanwhile. */
    private boolean attend(Line line, AmqpQueue queue, boolean exclusive)
            throws AmqpException, OutcomeUnknownException, InterruptedException {
        synchronized (line) {
            if (line.gone) {
                return false;
            }
            boolean taken = line.exclusive
                    || exclusiveUse.isElsewhere(queue.queue().id())
                    || (exclusive && (line.count > 0 || queue.hasSingleActiveConsumer() || !beginAlone(queue)));
            if (taken) {
                throw new AmqpException(ErrorCode.ACCESS_REFUSED, queue.name() + " in exclusive use");
            }
            if (line.count == 0 && livesByUse(queue)) {
                runs.sayFirst();
                broker.change(
                        new CatalogCommand.Define(KIND, nameOf(queue, runs.own()), Definition.NEW, new TreeMap<>()));
            }
            line.count++;
            line.exclusive = exclusive;
            return true;
        }
    }

    /** Makes known that somebody here consumes alone; false if somebody else consumes at another node. */
    private boolean beginAlone(AmqpQueue queue) throws OutcomeUnknownException, InterruptedException {
        long id = queue.queue().id();
        if (queue.exclusive()) {
            return true; // No other connection can, at whichever node.
        }
        if (!exclusiveUse.begin(id)) {
            return false;
        }
        boolean alone = false;
        try {
            // Who begins elsewhere after having been asked finds what was made known.
            alone = elsewhere.consumers(id, true) == 0 && !isUsedElsewhere(queue);
            return alone;
        } finally {
            if (!alone) {
                exclusiveUse.end(id);
            }
        }
    }

    /**
     * Somebody has ceased to consume.
     *
     * @return whether the queue was deleted, since that was the last one
     */
    public boolean leave(AmqpQueue asItWas) throws OutcomeUnknownException, InterruptedException {
        AmqpQueue queue = now(asItWas); // A policy may say by now that it expires, or no longer.
        Line line = lines.get(queue.queue().id());
        if (line == null) {
            return false; // The queue was deleted, and all that was noted of it.
        }
        synchronized (line) {
            boolean wasAlone = line.exclusive;
            line.count--;
            line.exclusive = false;
            try {
                return line.count == 0 && lastLeft(line, queue);
            } finally {
                if (wasAlone && !queue.exclusive()) {
                    exclusiveUse.end(queue.queue().id());
                }
            }
        }
    }

    /** Whether the queue was deleted for it. */
    private boolean lastLeft(Line line, AmqpQueue queue) throws OutcomeUnknownException, InterruptedException {
        if (livesByUse(queue)) {
            broker.change(new CatalogCommand.Undefine(KIND, nameOf(queue, runs.own())));
        }
        boolean there = broker.find(queue.queue().id()).isPresent();
        if (there && queue.autoDelete() && !isUsedElsewhere(queue)) {
            delete(queue);
            return true;
        }
        line.usedAtMillis = 0;
        if (there && queue.expiresMillis().isPresent()) {
            used(queue);
        } else {
            takeAway(queue.queue().id());
        }
        return false;
    }

    private void takeAway(long id) {
        Line line = lines.remove(id);
        if (line != null) {
            synchronized (line) {
                line.gone = true;
            }
        }
    }

    private AmqpQueue now(AmqpQueue asItWas) {
        return broker.find(asItWas.queue().id()).flatMap(AmqpQueue::of).orElse(asItWas);
    }

    /**
     * A policy has changed what holds for the queue: if its life depends on its use now, the consumers that it has here are made
     * known.
     */
    void changed(AmqpQueue queue) throws OutcomeUnknownException, InterruptedException {
        look(queue);
        Line line = lines.get(queue.queue().id());
        if (line == null || !livesByUse(queue)) {
            return;
        }
        synchronized (line) {
            String name = nameOf(queue, runs.own());
            if (line.count > 0 && broker.definition(KIND, name).isEmpty()) {
                runs.sayFirst();
                broker.change(new CatalogCommand.Define(KIND, name, Definition.NEW, new TreeMap<>()));
            }
        }
    }

    /**
     * How many consume from it, as is known without asking: those here, and of queues whose life depends on it one for each other
     * node that has some.
     */
    int countKnown(AmqpQueue queue) {
        return countHere(queue.queue().id()) + (livesByUse(queue) ? runsElsewhere(queue) : 0);
    }

    /** How many consume from it at all nodes that answer. */
    public int count(AmqpQueue queue) throws InterruptedException {
        if (queue.exclusive()) {
            return countHere(queue.queue().id());
        }
        int others = elsewhere.consumers(queue.queue().id(), false);
        return countHere(queue.queue().id()) + Math.max(others, livesByUse(queue) ? runsElsewhere(queue) : 0);
    }

    /** At this node. */
    public int countHere(long queue) {
        Line line = lines.get(queue);
        if (line == null) {
            return 0;
        }
        synchronized (line) {
            return line.count;
        }
    }

    private boolean isUsedElsewhere(AmqpQueue queue) {
        return livesByUse(queue) && runsElsewhere(queue) > 0;
    }

    private int runsElsewhere(AmqpQueue queue) {
        int count = 0;
        String prefix = queue.queue().id() + AT;
        for (Definition there : broker.definitions(KIND, prefix, "", RUNS_MAX)) {
            String run = there.name().substring(prefix.length());
            if (!run.equals(runs.own()) && runs.isRunning(run)) {
                count++;
            }
        }
        return count;
    }

    Owners owners() {
        return owners;
    }

    /** Whether the connection that owns a queue is still there, at whichever node. */
    boolean isThere(Owner owner) throws InterruptedException {
        return owner.run().equals(runs.own()) ? owners.has(owner) : runs.isThere(owner);
    }

    /** Whether it is the own of a connection that is no more, as far as this node knows without asking another. */
    private boolean isLeftBehind(AmqpQueue queue) {
        Owner owner = queue.owner();
        if (owner == null) {
            return false;
        }
        return owner.run().equals(runs.own()) ? !owners.has(owner) : !runs.isRunning(owner.run());
    }

    /** A queue that was made a moment ago. */
    void made(AmqpQueue queue) {
        look(queue);
    }

    /** Before a connection of this node is given a queue of its own: whoever sees that has to know the run that it is of. */
    void willOwn() throws OutcomeUnknownException, InterruptedException {
        runs.sayFirst();
    }

    /** Has the queue looked at when it may have been unused for too long. */
    void look(AmqpQueue queue) {
        if (queue.expiresMillis().isPresent()) {
            looks.putIfAbsent(queue.queue().id(), 0L);
        }
    }

    /** The queue was declared again, or somebody got a message from it by basic.get. Notes it if its life depends on that. */
    public void used(AmqpQueue queue) throws OutcomeUnknownException, InterruptedException {
        if (queue.expiresMillis().isEmpty()) {
            return;
        }
        Line line = line(queue);
        synchronized (line) {
            long now = clock.millis();
            if (now - line.usedAtMillis <= queue.expiresMillis().getAsLong() / USE_NOTED_SHARE) {
                return;
            }
            line.usedAtMillis = now;
            String name = Long.toString(queue.queue().id());
            long revision =
                    broker.definition(USED, name).map(Definition::revision).orElse(Definition.NEW);
            broker.change(new CatalogCommand.Define(USED, name, revision, new TreeMap<>()));
            look(queue);
        }
    }

    /** How many queues this node has deleted, for whatever reason. */
    public long deletedHere() {
        return deleted.sum();
    }

    /** Deletes a queue, and what was noted of it. That it is gone already, or another bears its name, is as good. */
    void delete(AmqpQueue queue) throws OutcomeUnknownException, InterruptedException {
        Queue known = queue.queue();
        broker.change(new CatalogCommand.DeleteQueue(known.name(), known.id()));
        deleted.increment();
        takeAway(known.id());
        looks.remove(known.id());
        if (queue.owner() != null) {
            owners.forget(queue.owner(), queue.name());
        }
        if (queue.autoDelete() || queue.expiresMillis().isPresent()) {
            forget(known.id());
        }
        exclusiveUse.end(known.id());
        if (queue.hasSingleActiveConsumer()) {
            ActiveConsumers.forget(broker, known);
        }
    }

    private void forget(long id) throws OutcomeUnknownException, InterruptedException {
        if (broker.definition(USED, Long.toString(id)).isPresent()) {
            broker.change(new CatalogCommand.Undefine(USED, Long.toString(id)));
        }
        for (Definition there : broker.definitions(KIND, id + AT, "", RUNS_MAX)) {
            broker.change(new CatalogCommand.Undefine(KIND, there.name()));
        }
    }

    // ---- For the keeper

    /** Deletes the queues that nobody has used for as long as they may be unused. */
    void deleteUnused() throws OutcomeUnknownException, InterruptedException {
        long now = clock.millis();
        for (Iterator<Map.Entry<Long, Long>> all = looks.entrySet().iterator(); all.hasNext(); ) {
            Map.Entry<Long, Long> look = all.next();
            if (look.getValue() > now) {
                continue;
            }
            AmqpQueue queue = broker.find(look.getKey()).flatMap(AmqpQueue::of).orElse(null);
            if (queue == null || queue.expiresMillis().isEmpty() || isOwnedElsewhere(queue)) {
                all.remove();
                continue;
            }
            long expires = queue.expiresMillis().getAsLong();
            long usedAt = broker.definition(USED, Long.toString(queue.queue().id()))
                    .map(Definition::modifiedAtMillis)
                    .orElse(queue.queue().createdAtMillis());
            long due = Math.max((countKnown(queue) > 0 ? now : usedAt) + expires, earliest(queue.queue(), expires));
            if (due <= now) {
                delete(queue);
            } else {
                look.setValue(due);
            }
        }
    }

    /** A policy that came later gives all of the time from then on, and other nodes that to make their consumers known. */
    private static long earliest(Queue queue, long expires) {
        boolean changed = queue.modifiedAtMillis() > queue.createdAtMillis();
        return changed
                ? queue.modifiedAtMillis() + Math.max(expires, QueueLimits.CONSUMERS_MADE_KNOWN.toMillis())
                : queue.createdAtMillis();
    }

    /** Takes back what could not be taken back when it was over, here or by a run that is no more. */
    void forgetExclusiveUse() throws OutcomeUnknownException, InterruptedException {
        for (Definition use : broker.definitions(ExclusiveUse.KIND, "", "", PAGE)) {
            long queue = Long.parseLong(use.name());
            Line line = lines.computeIfAbsent(queue, _ -> new Line());
            synchronized (line) { // Nobody here is about to begin.
                if (!line.gone && exclusiveUse.isOver(use, line.exclusive)) {
                    broker.change(new CatalogCommand.Undefine(ExclusiveUse.KIND, use.name()));
                }
                if (line.count == 0) {
                    takeAway(queue);
                }
            }
        }
    }

    private boolean isOwnedElsewhere(AmqpQueue queue) {
        Owner owner = queue.owner();
        return owner != null && !owner.run().equals(runs.own());
    }

    /** Deletes the queue if it is the own of a connection, or had its consumers at a node, that is no more. */
    void deleteLeftBehind(AmqpQueue queue) throws OutcomeUnknownException, InterruptedException {
        if (isLeftBehind(queue)) {
            delete(queue);
            return;
        }
        if (!queue.autoDelete() || countKnown(queue) > 0) {
            return;
        }
        boolean hadSome =
                !broker.definitions(KIND, queue.queue().id() + AT, "", 1).isEmpty();
        if (hadSome) { // All of runs that are over, or they would be counted.
            delete(queue);
        }
    }
}
