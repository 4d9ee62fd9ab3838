package weir.core.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class DeadlineTest {
    @Test
    void aPartOfACallEndsWithTheCall() throws Exception {
        long end = System.nanoTime() + Duration.ofSeconds(5).toNanos();
        long inside = Deadline.until(end, () -> Deadline.endNanos(Duration.ofMinutes(1)));
        assertThat(inside).isEqualTo(end);
        long shorter = Deadline.until(end, () -> Deadline.endNanos(Duration.ZERO));
        assertThat(shorter).isLessThan(end);
        long nested = Deadline.until(end, () -> Deadline.ofACall(() -> Deadline.endNanos(Duration.ofMinutes(1))));
        assertThat(nested).isEqualTo(end);
    }

    @Test
    void whatIsPartOfNoCallHasItsOwnTime() {
        long end = Deadline.endNanos(Duration.ofMinutes(1));
        assertThat(Deadline.left(end)).isBetween(Duration.ofSeconds(50), Duration.ofMinutes(1));
        assertThat(Deadline.nanosLeft(System.nanoTime() - 1)).isZero();
    }

    @Test
    void failuresOfTheCallAreItsOwn() {
        assertThatThrownBy(() -> Deadline.ofACall(() -> {
                    throw new OutcomeUnknownException("no answer");
                }))
                .isInstanceOf(OutcomeUnknownException.class)
                .hasMessage("no answer");
    }
}
