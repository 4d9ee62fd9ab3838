package weir.cluster.shard;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Shards of three and five replicas lose nothing that was acknowledged, bring nothing back that was settled, and agree on
 * everything, whatever network, clocks, disks and power do to them. {@code -DclusterSeeds=N} tries N seeds, {@code
 * -DclusterSeed=X} only that one.
 */
final class ClusterSimulationTest {
    private static final int SEEDS = 4_000;
    private static final int STEPS = 700;
    /** A few long lives, in which segments become many and are merged, and nodes fall far behind. */
    private static final int LONG_EVERY = 25;

    private static final int STEPS_LONG = 5_000;
    /** Of these a mistake must show itself in one. */
    private static final int SEEDS_FOR_A_FLAW = 2_000;

    @Test
    void nothingAcknowledgedIsLostAndReplicasAgree() {
        Long only = Long.getLong("clusterSeed");
        long first = only == null ? 0 : only;
        long count = only == null ? Long.getLong("clusterSeeds", SEEDS) : 1;
        Tally all = LongStream.range(first, first + count)
                .parallel() // Each seed is a world of its own.
                .mapToObj(seed -> run(seed, Flaw.NONE))
                .reduce(new Tally(), Tally::plus);
        if (only == null) { // Else nothing was shown.
            assertThat(all.cut).as(all.toString()).isGreaterThan(count);
            assertThat(all.takenOver).isGreaterThan(count / 4);
            assertThat(all.rebuilt).isGreaterThan(count / 10);
            assertThat(all.membersChanged).isGreaterThan(2 * count);
            assertThat(all.dropped).isGreaterThan(count / 4);
            assertThat(all.handedOver).isGreaterThan(count / 2);
            assertThat(all.elections).isGreaterThan(5 * count);
            assertThat(all.answered).isGreaterThan(20 * count);
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void aMistakeIsNoticed(Flaw flaw) {
        boolean noticed = LongStream.range(0, SEEDS_FOR_A_FLAW).parallel().anyMatch(seed -> isNoticed(seed, flaw));
        assertThat(noticed)
                .as("a cluster that " + flaw + " passed " + SEEDS_FOR_A_FLAW + " times")
                .isTrue();
    }

    private static boolean isNoticed(long seed, Flaw flaw) {
        try {
            run(seed, flaw);
            return false;
        } catch (AssertionError e) {
            return true;
        }
    }

    private static Tally run(long seed, Flaw flaw) {
        ClusterSimulation simulation = null;
        try {
            simulation = new ClusterSimulation(seed, seed % 3 == 2 ? 5 : 3, flaw);
            int steps = seed % LONG_EVERY == 0 ? STEPS_LONG : STEPS;
            for (int step = 0; step < steps; step++) {
                simulation.step();
            }
            simulation.drain();
            return simulation.tally;
        } catch (AssertionError | RuntimeException | IOException e) {
            String trace = simulation == null ? "" : String.join("\n", simulation.trace());
            throw new AssertionError("cluster seed " + seed + ", after\n" + trace + "\n" + e, e);
        }
    }
}
