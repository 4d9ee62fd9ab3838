package weir.server;

import java.time.Duration;
import java.time.Instant;
import weir.admin.TestControls;
import weir.cluster.ClusterNode;
import weir.core.broker.OutcomeUnknownException;

/** What tests do to a whole server. */
final class Tests implements TestControls {
    private final ClusterNode node;
    private final MovableClock clock;
    private final Duration nameRest;

    /** @param nameRest how long the name of a deleted queue cannot be used again */
    Tests(ClusterNode node, MovableClock clock, Duration nameRest) {
        this.node = node;
        this.clock = clock;
        this.nameRest = nameRest;
    }

    @Override
    public Instant now() {
        return clock.instant();
    }

    @Override
    public void advance(Duration by) throws OutcomeUnknownException, InterruptedException {
        if (by.toMillis() < 1) {
            throw new IllegalArgumentException("the clock cannot be moved by " + by + ": it never goes back");
        }
        clock.advance(by);
        node.clockMoved();
    }

    @Override
    public void reset() throws OutcomeUnknownException, InterruptedException {
        node.clear();
        if (nameRest.isPositive()) {
            advance(nameRest); // Else the next test could not use the names of this one.
        }
    }
}
