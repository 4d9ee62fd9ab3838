package weir.amqp.session;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LullTest {
    private static final long PERIOD = SessionLimits.LULL_PERIOD.toNanos();

    private final Lull lull = new Lull(0);

    @Test
    void aConnectionThatBringsLittleNeverRests() {
        bring(SessionLimits.LULL_MESSAGES - 1);
        assertThat(lull.hasMany(PERIOD)).isFalse();
    }

    @Test
    void aConnectionThatBringsMuchRestsUntilItBringsLittle() {
        bring(SessionLimits.LULL_MESSAGES);
        assertThat(lull.hasMany(PERIOD)).isTrue();
        assertThat(lull.hasMany(2 * PERIOD - 1)).isTrue();
        assertThat(lull.hasMany(2 * PERIOD)).isFalse();
    }

    @Test
    void whatCameAfterALongPauseIsNotMuch() {
        bring(3 * SessionLimits.LULL_MESSAGES);
        assertThat(lull.hasMany(4 * PERIOD)).isFalse();
    }

    private void bring(int messages) {
        for (int i = 0; i < messages; i++) {
            lull.added(i == 0);
        }
    }
}
