package weir.core.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class DeadlineTest {
    @Test
    void aPartOfACallEndsWithTheCall() throws Exception {
        assertThat(inACallUntil(500, 501)).isEqualTo(500);
        assertThat(inACallUntil(500, 499)).isEqualTo(499);
        long nested = Deadline.until(500, () -> Deadline.until(600, () -> Deadline.noLaterThanTheCall(700)));
        assertThat(nested).isEqualTo(500);
    }

    @Test
    void whatIsPartOfNoCallHasItsOwnTime() {
        assertThat(Deadline.noLaterThanTheCall(700)).isEqualTo(700);
    }

    @Test
    void aClockThatWrapsIsStillAClock() throws Exception {
        assertThat(inACallUntil(Long.MIN_VALUE + 5, Long.MAX_VALUE)).isEqualTo(Long.MAX_VALUE);
        assertThat(inACallUntil(Long.MAX_VALUE, Long.MIN_VALUE + 5)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void failuresOfTheCallAreItsOwn() {
        assertThatThrownBy(() -> Deadline.until(500, () -> {
                    throw new OutcomeUnknownException("no answer");
                }))
                .isInstanceOf(OutcomeUnknownException.class)
                .hasMessage("no answer");
    }

    private static long inACallUntil(long end, long part) throws Exception {
        return Deadline.until(end, () -> Deadline.noLaterThanTheCall(part));
    }
}
