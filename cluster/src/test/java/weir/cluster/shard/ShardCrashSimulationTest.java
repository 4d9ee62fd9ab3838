package weir.cluster.shard;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/**
 * Shards that crash at any instant, on disks that tear, lose, fail and fill up, lose nothing that was acknowledged and
 * bring nothing back that was settled. {@code -Dseeds=N} tries N seeds, {@code -Dseed=X} only that one.
 */
final class ShardCrashSimulationTest {
    private static final int SEEDS = 2_000;
    private static final int STEPS = 100;
    /** A few long lives, in which segments become many and are merged. */
    private static final int LONG_EVERY = 40;

    private static final int STEPS_LONG = 1_000;

    @Test
    void nothingAcknowledgedIsLostAndNothingSettledComesBack() throws IOException {
        Long only = Long.getLong("seed");
        long first = only == null ? 0 : only;
        long count = only == null ? Long.getLong("seeds", SEEDS) : 1;
        for (long seed = first; seed < first + count; seed++) {
            run(seed);
        }
    }

    private static void run(long seed) throws IOException {
        ShardCrashSimulation simulation = new ShardCrashSimulation(seed);
        try {
            int steps = seed % LONG_EVERY == 0 ? STEPS_LONG : STEPS;
            for (int step = 0; step < steps; step++) {
                simulation.step();
            }
            if (seed % 3 == 0) {
                simulation.flipABit();
            } else {
                simulation.drain();
            }
        } catch (AssertionError | RuntimeException | IOException e) {
            throw new AssertionError(
                    "seed " + seed + ", after\n" + String.join("\n", simulation.trace()) + "\n" + e, e);
        }
    }
}
