package weir.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LiveRangesTest {
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 5, 50, 95, 99, 100})
    void theyCountWhatWasLiveWhenTheyWereTaken(int percentLive) {
        SplittableRandom random = new SplittableRandom(percentLive);
        SimpleLiveness live = new SimpleLiveness();
        for (long offset = 100; offset < 400; offset++) {
            if (random.nextInt(100) < percentLive) {
                live.add(StoreFixture.A, offset, offset + 1);
            }
        }
        SimpleLiveness later = live.copy();
        LiveRanges ranges = LiveRanges.of(later, StoreFixture.A, 90, 410);
        later.settleAll();
        for (long from = 90; from < 410; from++) {
            for (long to = from + 1; to <= Math.min(410, from + 40); to++) {
                assertThat(ranges.count(from, to)).isEqualTo((int) live.countLive(StoreFixture.A, from, to));
            }
        }
    }
}
