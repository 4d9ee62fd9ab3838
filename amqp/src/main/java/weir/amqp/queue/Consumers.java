package weir.amqp.queue;

import java.time.InstantSource;
import java.util.Iterator;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
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
 * first consumer at a node and one with the last, for such queues alone. An exclusive consumer is alone at its node; that
 * there is none at another is asked only for such queues.
 *
 * <p>Safe for use by any number of threads; what concerns one queue is done one at a time.
 */
public final class Consumers {
    /** Which runs consume from a queue: named by the queue's id, {@code @} and the run. */
    static final String KIND = "amqp.consumers";

    /** When a queue that expires was used last: named by its id, at the definition's last change. */
    static final String USED = "amqp.used";

    private static final String AT = "@";
    private static final int RUNS_MAX = 1_000;

    /** Of its time without use, the share that a note of its use may be late. */
    private static final int USE_NOTED_SHARE = 8;

    private final Broker broker;
    private final Runs runs;
    private final InstantSource clock;
    private final Owners owners = new Owners();
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

    public Consumers(Broker broker, Runs runs, InstantSource clock) {
        this.broker = broker;
        this.runs = runs;
        this.clock = clock;
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
                    || (exclusive && (line.count > 0 || queue.hasSingleActiveConsumer() || isUsedElsewhere(queue)));
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

    /**
     * Somebody has ceased to consume.
     *
     * @return whether the queue was deleted, since that was the last one
     */
    public boolean leave(AmqpQueue queue) throws OutcomeUnknownException, InterruptedException {
        Line line = lines.get(queue.queue().id());
        if (line == null) {
            return false; // The queue was deleted, and all that was noted of it.
        }
        synchronized (line) {
            line.count--;
            line.exclusive = false;
            if (line.count > 0) {
                return false;
            }
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
    }

    private void takeAway(long id) {
        Line line = lines.remove(id);
        if (line != null) {
            synchronized (line) {
                line.gone = true;
            }
        }
    }

    /** How many consume from it: those here, and one for each other node that has some. */
    public int count(AmqpQueue queue) {
        Line line = lines.get(queue.queue().id());
        int here = 0;
        if (line != null) {
            synchronized (line) {
                here = line.count;
            }
        }
        return here + (livesByUse(queue) ? runsElsewhere(queue) : 0);
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

    /** Whether it is the own of a connection that is no more. */
    boolean isLeftBehind(AmqpQueue queue) {
        Owner owner = queue.owner();
        if (owner == null) {
            return false;
        }
        return owner.run().equals(runs.own()) ? !owners.has(owner) : !runs.isRunning(owner.run());
    }

    /** A queue that was made a moment ago. */
    void made(AmqpQueue queue) throws OutcomeUnknownException, InterruptedException {
        if (queue.owner() != null) {
            runs.sayFirst();
        }
        look(queue);
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

    /** Deletes a queue, and what was noted of it. That it is gone already, or another bears its name, is as good. */
    void delete(AmqpQueue queue) throws OutcomeUnknownException, InterruptedException {
        Queue known = queue.queue();
        broker.change(new CatalogCommand.DeleteQueue(known.name(), known.id()));
        takeAway(known.id());
        looks.remove(known.id());
        if (queue.owner() != null) {
            owners.forget(queue.owner(), queue.name());
        }
        if (queue.autoDelete() || queue.expiresMillis().isPresent()) {
            forget(known.id());
        }
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
            long due = (count(queue) > 0 ? now : usedAt) + expires;
            if (due <= now) {
                delete(queue);
            } else {
                look.setValue(due);
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
        if (!queue.autoDelete() || count(queue) > 0) {
            return;
        }
        boolean hadSome =
                !broker.definitions(KIND, queue.queue().id() + AT, "", 1).isEmpty();
        if (hadSome) { // All of runs that are over, or they would be counted.
            delete(queue);
        }
    }
}
