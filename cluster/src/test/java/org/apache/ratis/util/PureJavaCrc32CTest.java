package org.apache.ratis.util;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class PureJavaCrc32CTest {
    /** The check value of CRC-32C, as in RFC 3720's tables and every catalogue of such sums. */
    private static final long OF_DIGITS = 0xE306_9283L;

    private static final byte[] DIGITS = "123456789".getBytes(US_ASCII);

    @Test
    void sumIsThatOfCrc32cFromAnArrayAndFromABufferOutsideOfTheHeap() {
        var sum = new PureJavaCrc32C();
        sum.update(DIGITS, 0, DIGITS.length);
        assertThat(sum.getValue()).isEqualTo(OF_DIGITS);

        sum.reset();
        sum.update(ByteBuffer.allocateDirect(DIGITS.length).put(DIGITS).flip());
        assertThat(sum.getValue()).isEqualTo(OF_DIGITS);
    }

    @Test
    void oursIsFoundBeforeRatissOwn() {
        assertThat(PureJavaCrc32C.class.getProtectionDomain().getCodeSource().getLocation())
                .isEqualTo(weir.cluster.ratis.RatisEngine.class
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation());
    }
}
