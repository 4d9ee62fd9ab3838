package weir.amqp.management;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ChangingTest {
    private final Changing changing = new Changing();

    private double[] at(long seconds, String what, long... now) {
        return changing.perSecond(what, TimeUnit.SECONDS.toNanos(seconds), now);
    }

    @Test
    void aRateIsThatBetweenTheLastTwoTimesOfAskingThatWereFarEnoughApart() {
        assertThat(at(0, "q", 100, 7)).containsExactly(0, 0);
        assertThat(at(1, "q", 900, 7)).containsExactly(0, 0); // Too soon to tell.
        assertThat(at(10, "q", 200, 2)).containsExactly(10, -0.5);
        assertThat(at(12, "q", 0, 0)).containsExactly(10, -0.5);
        assertThat(at(20, "q", 200, 2)).containsExactly(0, 0);
    }

    @Test
    void eachIsKnownByItsName() {
        at(0, "one", 0);
        assertThat(at(10, "other", 100)).containsExactly(0);
        assertThat(at(10, "one", 50)).containsExactly(5);
    }

    @Test
    void whoAsksAfterALongTimeAsksForTheFirstTime() {
        at(0, "q", 0);
        assertThat(at(3_600, "q", 36_000)).containsExactly(0);
        assertThat(at(3_610, "q", 36_010)).containsExactly(1);
    }
}
