package weir.sqs.sns.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import weir.core.Position;

/** Pauses between offers to a dead-letter queue that would not have a message. */
class WaitingLettersTest {
    private static final Position LETTER = new Position(0, 7);

    private final WaitingLetters waiting = new WaitingLetters();

    @Test
    void pausesGrowUpToABound() {
        assertThat(waiting.offered(LETTER)).isTrue();
        for (long seconds : new long[] {1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300}) {
            assertThat(waiting.hasToWait(LETTER)).isTrue();
            assertThat(waiting.pause(LETTER)).isEqualTo(Duration.ofSeconds(seconds));
            assertThat(waiting.hasToWait(LETTER)).isFalse();
            assertThat(waiting.offered(LETTER)).isFalse();
        }
    }

    @Test
    void oldestIsForgottenIfThereAreTooMany() {
        for (int i = 0; i <= DeliveryLimits.LETTERS_WAITING_MAX; i++) {
            waiting.offered(new Position(0, i));
        }
        assertThat(waiting.has(new Position(0, 0))).isFalse();
        assertThat(waiting.has(new Position(0, 1))).isTrue();
    }
}
