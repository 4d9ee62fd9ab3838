package weir.cluster.placement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import weir.cluster.replication.GroupId;

final class LoadMeterTest {
    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final LoadMeter meter = new LoadMeter(GroupId.shard(0));
    private long nanos;
    private long bytes;
    private long commands;

    private ShardLoad second(long moreBytes, long moreCommands) {
        nanos += SECOND;
        bytes += moreBytes;
        commands += moreCommands;
        return meter.load(bytes, commands, nanos);
    }

    @Test
    void whatWentOnForLongIsTheRateAndABurstIsNot() {
        bytes = 1_000_000_000; // What was before the first look does not count.
        assertThat(second(0, 0).weight()).isZero();
        ShardLoad load = second(10_000, 10);
        for (int i = 0; i < 600; i++) {
            load = second(10_000, 10);
        }
        assertThat((double) load.bytesPerSecond()).isCloseTo(10_000, within(10.0));
        assertThat((double) load.commandsPerSecond()).isCloseTo(10, within(1.0));
        assertThat(load.steady()).isLessThan(load.weight());
        ShardLoad burst = second(1_000_000, 10);
        assertThat(burst.bytesPerSecond()).isBetween(20_000L, 30_000L);
        assertThat(burst.steady() - load.steady()).isLessThan(2_000);
    }

    @Test
    void lookingTwiceAtOnceChangesNothing() {
        second(0, 0);
        ShardLoad load = second(10_000, 10);
        assertThat(meter.load(bytes + 1_000_000, commands, nanos + 1)).isEqualTo(load);
    }

    @Test
    void replicaThatWasMadeAnewHasNoNegativeRate() {
        second(10_000, 10);
        second(10_000, 10);
        assertThat(meter.load(0, 0, nanos + SECOND).bytesPerSecond()).isNotNegative();
    }
}
