package weir.cluster.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ThrottleTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final AtomicLong clientBytes = new AtomicLong();
    private final Throttle throttle = new Throttle(clientBytes::get, 10, 100, 0);

    @Test
    void readersTakeTurns() {
        assertThat(throttle.reserve(50, 0)).isZero();
        assertThat(throttle.reserve(100, 0)).isEqualTo(SECOND / 2);
        assertThat(throttle.reserve(100, 0)).isEqualTo(3 * SECOND / 2);
    }

    @Test
    void whatWasNotTakenIsNotSavedUp() {
        assertThat(throttle.reserve(50, 100 * SECOND)).isZero();
        assertThat(throttle.reserve(50, 100 * SECOND)).isEqualTo(SECOND / 2);
    }

    @ParameterizedTest
    @CsvSource({"0, 100", "5, 80", "20, 20", "23, 10", "100000, 10"})
    void theRateGivesWayToClientsDownToItsMinimum(long clientBytesPerSecond, long left) {
        clientBytes.addAndGet(clientBytesPerSecond * 10);
        throttle.reserve(100, 10 * SECOND);
        assertThat(throttle.reserve(0, 10 * SECOND)).isEqualTo(100 * SECOND / left);
    }
}
