package weir.cluster.shard;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.InstantSource;
import org.junit.jupiter.api.Test;

class LeaderClockTest {
    private static final long MILLI = 1_000_000;

    private final LeaderClock clock = new LeaderClock(InstantSource.system(), 5_000, 0);

    @Test
    void itFollowsTheSystemsClockForward() {
        assertThat(clock.millis(6_000, MILLI)).isEqualTo(6_000);
        assertThat(clock.millis(90_000, 2 * MILLI)).isEqualTo(90_000);
    }

    @Test
    void itGoesOnWhileTheSystemsClockIsBehindAndNeverBack() {
        assertThat(clock.millis(1_000, 10 * MILLI)).isEqualTo(5_010);
        assertThat(clock.millis(1_001, 10 * MILLI + MILLI / 2)).isEqualTo(5_010);
        assertThat(clock.millis(1_002, 11 * MILLI)).isEqualTo(5_011);
        assertThat(clock.millis(5_011, 12 * MILLI)).isEqualTo(5_011);
        assertThat(clock.millis(5_020, 13 * MILLI)).isEqualTo(5_020);
    }
}
