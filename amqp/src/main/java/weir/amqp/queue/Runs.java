package weir.amqp.queue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import weir.amqp.nodes.Presence;
import weir.core.broker.Broker;
import weir.core.broker.OutcomeUnknownException;
import weir.core.catalog.CatalogCommand;
import weir.core.catalog.Definition;

/**
 * Which nodes' fronts are running. Each start of one is a run with a name of its own, which it says in the catalog again and again.
 * Exclusive queues and consumers are a run's.
 *
 * <p>A run is over if its node has begun another; if it is silent and its node says that it is over, or does not run; or if both
 * are silent for long. Silence is measured by this node's own monotonic clock, from when it saw the last word, and only after it
 * has caught up with the catalog: so neither clocks that disagree nor a node that was cut off itself can end another's run.
 *
 * <p>A run that could neither speak nor answer for that long and goes on has lost its exclusive queues, as in RabbitMQ when a node
 * was cut off.
 */
public final class Runs {
    static final String KIND = "amqp.run";
    private static final String NODE = "node";

    static final Duration SAID_EVERY = Duration.ofSeconds(5);

    /** Then its node is asked: it should have spoken twice. */
    static final Duration ASKED_AFTER = SAID_EVERY.multipliedBy(2);

    /** Without an answer either. */
    static final Duration OVER_AFTER = Duration.ofSeconds(30);

    private static final int PAGE = 1_000;

    /** The way to other nodes' fronts. */
    public interface Asking {
        /** @param connection empty to ask for the run alone */
        Presence lives(int node, String run, String connection) throws InterruptedException;
    }

    private final Broker broker;
    private final int node;
    private final Asking asking;
    private final LongSupplier monotonicMillis;
    private final String own = UUID.randomUUID().toString();
    /** The last word of each other run, and when this node saw it. */
    private final Map<String, Word> words = new ConcurrentHashMap<>();

    private final Set<String> over = ConcurrentHashMap.newKeySet();
    /** Guarded by this. */
    private boolean said;

    private record Word(long revision, long seenMillis) {}

    /** @param node this one's number */
    public Runs(Broker broker, int node, Asking asking, LongSupplier monotonicMillis) {
        this.broker = broker;
        this.node = node;
        this.asking = asking;
        this.monotonicMillis = monotonicMillis;
    }

    /** This run's name. */
    public String own() {
        return own;
    }

    /** Whether that one is still running, as far as this node knows. */
    boolean isRunning(String run) {
        return run.equals(own)
                || broker.definition(KIND, run).filter(there -> !isOver(there)).isPresent();
    }

    /** Whether the connection is still there, by what its node says; in doubt it is. For when somebody is in its way. */
    boolean isThere(Owner owner) throws InterruptedException {
        if (owner.run().equals(own)) {
            return true;
        }
        Optional<Definition> run = broker.definition(KIND, owner.run());
        return run.isPresent()
                && !isOver(run.get())
                && asking.lives(nodeOf(run.get()), owner.run(), owner.connection()) != Presence.GONE;
    }

    private boolean isOver(Definition run) {
        return (nodeOf(run) == node && !run.name().equals(own)) || over.contains(run.name());
    }

    private static int nodeOf(Definition run) {
        return Integer.parseInt(run.attributes().getOrDefault(NODE, "0"));
    }

    /** Says again that this one is running, if it was ever said: a node that owns nothing is quiet. */
    synchronized void sayAgain() throws OutcomeUnknownException, InterruptedException {
        if (said) {
            say();
        }
    }

    private void say() throws OutcomeUnknownException, InterruptedException {
        Optional<Definition> there = broker.definition(KIND, own);
        long revision = there.map(Definition::revision).orElse(Definition.NEW);
        broker.change(
                new CatalogCommand.Define(KIND, own, revision, new TreeMap<>(Map.of(NODE, Integer.toString(node)))));
        said = true;
    }

    /** Says so for the first time, before anything is owned: what a run owns that nobody knows is taken for left behind. */
    synchronized void sayFirst() throws OutcomeUnknownException, InterruptedException {
        if (!said) {
            say();
        }
    }

    // ---- For the keeper

    /** Looks who has ended. True if somebody has since the last look. */
    boolean look() throws OutcomeUnknownException, InterruptedException {
        if (others().stream().noneMatch(run -> silentMillis(run) > ASKED_AFTER.toMillis())) {
            return false;
        }
        broker.catchUp(); // What this node has not heard is nobody's silence.
        List<Definition> runs = others();
        words.keySet().retainAll(runs.stream().map(Definition::name).toList());
        over.retainAll(words.keySet());
        boolean ended = false;
        for (Definition run : runs) {
            if (isEnded(run)) {
                ended |= over.add(run.name());
            }
        }
        return ended;
    }

    private boolean isEnded(Definition run) throws InterruptedException {
        long silent = silentMillis(run);
        if (silent <= ASKED_AFTER.toMillis()) {
            return false;
        }
        return switch (asking.lives(nodeOf(run), run.name(), "")) {
            case THERE -> false;
            case GONE -> true;
            case UNKNOWN -> silent > OVER_AFTER.toMillis();
        };
    }

    private List<Definition> others() {
        return broker.definitions(KIND, "", "", PAGE).stream()
                .filter(run -> !run.name().equals(own))
                .toList();
    }

    private long silentMillis(Definition run) {
        long now = monotonicMillis.getAsLong();
        Word word = words.compute(run.name(), (name, last) -> {
            if (last != null && last.revision() == run.revision()) {
                return last;
            }
            over.remove(name);
            return new Word(run.revision(), now);
        });
        return now - word.seenMillis();
    }

    /** Forgets runs that are over, once nothing of theirs is left. */
    void forgetOver() throws OutcomeUnknownException, InterruptedException {
        for (Definition run : others()) {
            if (isOver(run)) {
                broker.change(new CatalogCommand.Undefine(KIND, run.name()));
            }
        }
    }

    /** This one ends. */
    void end() throws OutcomeUnknownException, InterruptedException {
        broker.change(new CatalogCommand.Undefine(KIND, own));
    }
}
