package weir.core.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class PatienceTest {
    @Test
    void aPartOfACallEndsWithTheCall() throws Exception {
        long end = System.nanoTime() + Duration.ofSeconds(5).toNanos();
        long inside = Patience.until(end, () -> Patience.endNanos(Duration.ofMinutes(1)));
        assertThat(inside).isEqualTo(end);
        long shorter = Patience.until(end, () -> Patience.endNanos(Duration.ZERO));
        assertThat(shorter).isLessThan(end);
        long nested = Patience.until(end, () -> Patience.ofACall(() -> Patience.endNanos(Duration.ofMinutes(1))));
        assertThat(nested).isEqualTo(end);
    }

    @Test
    void whatIsPartOfNoCallHasItsOwnTime() {
        long end = Patience.endNanos(Duration.ofMinutes(1));
        assertThat(Patience.left(end)).isBetween(Duration.ofSeconds(50), Duration.ofMinutes(1));
        assertThat(Patience.nanosLeft(System.nanoTime() - 1)).isZero();
    }

    @Test
    void failuresOfTheCallAreItsOwn() {
        assertThatThrownBy(() -> Patience.ofACall(() -> {
                    throw new OutcomeUnknownException("no answer");
                }))
                .isInstanceOf(OutcomeUnknownException.class)
                .hasMessage("no answer");
    }
}
