package weir.amqp.queue;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import weir.core.broker.Broker;
import weir.core.broker.OutcomeUnknownException;
import weir.core.catalog.CatalogCommand;
import weir.core.catalog.Definition;

/**
 * Which nodes' fronts are running. Each start of one is a run with a name of its own, which it says in the catalog again and again;
 * a run that has said nothing for a minute is over, and so are its connections. Exclusive queues and consumers are a run's.
 *
 * <p>A run that could not speak for that long and goes on has lost its exclusive queues, as in RabbitMQ when a node was cut
 * off.
 */
public final class Runs {
    static final String KIND = "amqp.run";

    static final Duration SAID_EVERY = Duration.ofSeconds(10);
    static final Duration OVER_AFTER = Duration.ofSeconds(60);
    private static final int PAGE = 1_000;

    private final Broker broker;
    private final InstantSource clock;
    private final String own = UUID.randomUUID().toString();
    private boolean said;

    public Runs(Broker broker, InstantSource clock) {
        this.broker = broker;
        this.clock = clock;
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

    private boolean isOver(Definition run) {
        return clock.millis() - run.modifiedAtMillis() > OVER_AFTER.toMillis();
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
        broker.change(new CatalogCommand.Define(KIND, own, revision, new TreeMap<>()));
        said = true;
    }

    /** Says so for the first time, before anything is owned: what a run owns that nobody knows is taken for left behind. */
    synchronized void sayFirst() throws OutcomeUnknownException, InterruptedException {
        if (!said) {
            say();
        }
    }

    /** Forgets runs that are over, once nothing of theirs is left. */
    void forgetOver() throws OutcomeUnknownException, InterruptedException {
        List<Definition> all = broker.definitions(KIND, "", "", PAGE);
        for (Definition run : all) {
            if (!run.name().equals(own) && isOver(run)) {
                broker.change(new CatalogCommand.Undefine(KIND, run.name()));
            }
        }
    }

    /** This one ends. */
    void end() throws OutcomeUnknownException, InterruptedException {
        broker.change(new CatalogCommand.Undefine(KIND, own));
    }
}
