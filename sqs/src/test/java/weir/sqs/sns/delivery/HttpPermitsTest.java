package weir.sqs.sns.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import weir.sqs.sns.delivery.HttpPermits.Kind;

/** Endpoints that hang leave room for the others. */
class HttpPermitsTest {
    private final HttpPermits permits = new HttpPermits();

    private int acquired(Kind kind, int tries) throws InterruptedException {
        int acquired = 0;
        for (int i = 0; i < tries; i++) {
            acquired += permits.acquire(kind) ? 1 : 0;
        }
        return acquired;
    }

    @Test
    void furtherRequestsLeaveRoomForTheFirstOfAsManyEndpoints() throws InterruptedException {
        assertThat(acquired(Kind.FURTHER, 500)).isEqualTo(128);
        assertThat(permits.furtherRoom()).isZero();
        assertThat(acquired(Kind.FIRST, 128)).isEqualTo(128);
        permits.release(Kind.FURTHER);
        assertThat(permits.furtherRoom()).isEqualTo(1);
        assertThat(permits.acquire(Kind.FURTHER)).isTrue();
    }

    @Test
    void endpointsThatHangHaveAShareOfTheirOwn() throws InterruptedException {
        assertThat(acquired(Kind.HANGING, 64)).isEqualTo(64);
        assertThat(acquired(Kind.FURTHER, 500)).isEqualTo(128);
        assertThat(acquired(Kind.FIRST, 64)).isEqualTo(64);
    }

    @Test
    void whatFindsNoRoomInAllGivesItsShareBack() throws InterruptedException {
        acquired(Kind.FIRST, 256);
        assertThat(permits.acquire(Kind.FURTHER)).isFalse();
        permits.release(Kind.FIRST);
        assertThat(permits.furtherRoom()).isEqualTo(1);
    }
}
