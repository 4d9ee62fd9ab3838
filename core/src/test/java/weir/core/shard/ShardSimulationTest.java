package weir.core.shard;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Random commands against two shards, from a seed. {@code -Dseeds=N} tries N seeds, {@code -Dseed=X} only that one. A
 * failure is shrunk to the fewest actions that still fail, and told with what they did.
 */
final class ShardSimulationTest {
    private static final int SEEDS = 2_000;
    private static final int STEPS = 200;
    private static final int SHRINK_RUNS_MAX = 3_000;

    @Test
    void everyReplyAndEveryStateIsAsTheModelHasIt() {
        Long only = Long.getLong("seed");
        long first = only == null ? 0 : only;
        long count = only == null ? Long.getLong("seeds", SEEDS) : 1;
        for (long seed = first; seed < first + count; seed++) {
            List<Action> actions = Action.list(new SplittableRandom(~seed), STEPS);
            if (failure(seed, actions) != null) {
                throw failed(seed, shrink(seed, actions));
            }
        }
    }

    private static @Nullable Throwable failure(long seed, List<Action> actions) {
        try {
            ShardSimulation simulation = new ShardSimulation(seed);
            actions.forEach(simulation::step);
            simulation.drain();
            return null;
        } catch (AssertionError | RuntimeException e) {
            return e;
        }
    }

    /** Takes out ever smaller stretches of actions as long as what remains still fails. */
    private static List<Action> shrink(long seed, List<Action> failing) {
        List<Action> actions = failing;
        int runs = 0;
        for (int size = actions.size() / 2; size > 0; size = size == 1 ? 0 : (size + 1) / 2) {
            boolean shorter = true;
            while (shorter) {
                shorter = false;
                for (int from = 0; from < actions.size() && runs < SHRINK_RUNS_MAX; from += size) {
                    List<Action> fewer = new ArrayList<>(actions);
                    fewer.subList(from, Math.min(from + size, fewer.size())).clear();
                    runs++;
                    if (failure(seed, fewer) != null) {
                        actions = fewer;
                        shorter = true;
                        from -= size;
                    }
                }
            }
        }
        return actions;
    }

    private static AssertionError failed(long seed, List<Action> actions) {
        ShardSimulation simulation = new ShardSimulation(seed);
        @Nullable Throwable cause = null;
        try {
            actions.forEach(simulation::step);
            simulation.say("-- the end is drained");
            simulation.drain();
        } catch (AssertionError | RuntimeException e) {
            cause = e;
        }
        String told = simulation.trace();
        return new AssertionError(
                "seed " + seed + " fails after " + actions.size() + " actions\n" + told + "\n" + cause, cause);
    }
}
