package weir.amqp.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class PrefetchTest {
    /** A single active consumer has to say that it still is, however long its client works on what it has. */
    @Test
    @Timeout(60)
    void whoHasNoCreditWaitsForAWhileOnly() throws Exception {
        Prefetch prefetch = new Prefetch();
        Prefetch.Share share = new Prefetch.Share(2);
        assertThat(prefetch.reserve(share, 5, Duration.ofSeconds(1))).isEqualTo(2);
        assertThat(prefetch.reserve(share, 5, Duration.ofMillis(1))).isZero();
        prefetch.unreserve(share, 1);
        assertThat(prefetch.reserve(share, 5, Duration.ofMillis(1))).isEqualTo(1);
    }
}
