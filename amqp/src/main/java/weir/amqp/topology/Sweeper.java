package weir.amqp.topology;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import weir.core.broker.Broker;
import weir.core.broker.OutcomeUnknownException;

/**
 * Removes from the catalog what belongs to nothing any more: bindings of an exchange or a queue that is gone, exchanges that
 * delete themselves. Whoever removes something sweeps after it; what a crash or another front leaves behind is swept with
 * the next sweep of anybody. Two nodes that sweep the same do no harm to each other.
 */
final class Sweeper {
    private final TopologyIndex index;
    private final Broker broker;
    private final Changes changes;
    /** Else a thousand connections that end at once would remove each thing a thousand times. */
    private final ReentrantLock turn = new ReentrantLock();

    Sweeper(TopologyIndex index, Broker broker) {
        this.index = index;
        this.broker = broker;
        this.changes = new Changes(broker);
    }

    /** Until nothing is left over that was not tried: one that goes may leave others. */
    void sweep() throws OutcomeUnknownException, InterruptedException {
        boolean mine = turn.tryLock(TopologyLimits.SWEEP_TURN.toMillis(), TimeUnit.MILLISECONDS);
        try { // Who has waited for so long sweeps beside: the catalog may not answer the other one.
            sweepAll();
        } finally {
            if (mine) {
                turn.unlock();
            }
        }
    }

    private void sweepAll() throws OutcomeUnknownException, InterruptedException {
        Set<TopologyIndex.LeftOver> tried = new HashSet<>();
        boolean any = true;
        for (int round = 0; any && round < TopologyLimits.SWEEP_ROUNDS_MAX; round++) {
            any = false;
            for (TopologyIndex.LeftOver each : index.leftOver()) {
                if (tried.add(each)) {
                    any = true;
                    remove(each);
                }
            }
        }
    }

    /** Unless another one bears its name by now. */
    private void remove(TopologyIndex.LeftOver each) throws OutcomeUnknownException, InterruptedException {
        boolean there = broker.definition(each.kind(), each.name())
                .filter(definition -> definition.created() == each.created())
                .isPresent();
        if (there && index.isLeftOver(each)) {
            changes.remove(each.kind(), each.name());
        }
    }
}
