package weir.amqp.queue;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import weir.core.broker.Broker;
import weir.core.broker.OutcomeUnknownException;
import weir.core.catalog.CatalogCommand;
import weir.core.catalog.CatalogRefusal;
import weir.core.catalog.CatalogReply;
import weir.core.catalog.Definition;

/**
 * Which run has a queue's exclusive consumer. That is a definition, named by the queue's id, which is made before it consumes and
 * taken back when it has ceased: so of two that want to be alone at two nodes one is, and others know without asking. What a run
 * that is over has left behind counts no more.
 */
record ExclusiveUse(Broker broker, Runs runs) {
    static final String KIND = "amqp.exclusive";
    private static final String RUN = "run";

    private static String runOf(Definition use) {
        return use.attributes().getOrDefault(RUN, "");
    }

    /** Whether somebody at another node consumes alone. */
    boolean isElsewhere(long queue) throws OutcomeUnknownException, InterruptedException {
        if (!isKnownElsewhere(queue)) {
            return false;
        }
        broker.catchUp(); // It may have ceased a moment ago.
        return isKnownElsewhere(queue);
    }

    private boolean isKnownElsewhere(long queue) {
        return broker.definition(KIND, Long.toString(queue))
                .map(ExclusiveUse::runOf)
                .filter(run -> !run.equals(runs.own()) && runs.isRunning(run))
                .isPresent();
    }

    /** False if somebody at another node has it. */
    boolean begin(long queue) throws OutcomeUnknownException, InterruptedException {
        runs.sayFirst();
        String name = Long.toString(queue);
        Optional<Definition> left = broker.definition(KIND, name)
                .filter(use -> !runOf(use).equals(runs.own()) && !runs.isRunning(runOf(use)));
        long revision = left.map(Definition::revision).orElse(Definition.NEW);
        CatalogReply reply =
                broker.change(new CatalogCommand.Define(KIND, name, revision, new TreeMap<>(Map.of(RUN, runs.own()))));
        return switch (reply) {
            case CatalogReply.Defined(Definition use, boolean _) -> runOf(use).equals(runs.own());
            case CatalogReply.Refused(CatalogRefusal _) -> false;
            case CatalogReply.Created _, CatalogReply.Updated _, CatalogReply.Deleted _, CatalogReply.Undefined _ ->
                throw new IllegalStateException("the catalog answered " + reply);
        };
    }

    void end(long queue) throws OutcomeUnknownException, InterruptedException {
        String name = Long.toString(queue);
        if (broker.definition(KIND, name).isPresent()) {
            broker.change(new CatalogCommand.Undefine(KIND, name));
        }
    }

    /** Whether it stands though nobody here consumes alone, or was left behind by a run that is over. */
    boolean isOver(Definition use, boolean aloneHere) {
        return runOf(use).equals(runs.own()) ? !aloneHere : !runs.isRunning(runOf(use));
    }
}
