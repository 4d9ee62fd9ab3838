package weir.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class KeyHashTest {
    /** The vectors of Kafka's own test. */
    @Test
    void hashIsThatOfKafkasClients() {
        Map<String, Integer> known = Map.of(
                "21", -973932308,
                "foobar", -790332482,
                "a-little-bit-long-string", -985981536,
                "a-little-bit-longer-string", -1486304829,
                "lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971,
                "abc", 479470107);
        known.forEach((key, hash) -> assertThat(KeyHash.murmur2(key.getBytes(StandardCharsets.UTF_8)))
                .as(key)
                .isEqualTo(hash));
    }

    @Test
    void bucketsAreWithinBoundsAndEven() {
        int[] counts = new int[7];
        for (int i = 0; i < 7_000; i++) {
            counts[KeyHash.bucket("customer-" + i, 7)]++;
        }
        assertThat(Arrays.stream(counts).boxed()).allMatch(count -> count > 850 && count < 1_150);
    }

    @Test
    void emptyKeyHasABucket() {
        assertThat(KeyHash.bucket("", 64)).isBetween(0, 63);
    }
}
