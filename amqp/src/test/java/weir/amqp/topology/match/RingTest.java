package weir.amqp.topology.match;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class RingTest {
    private static final int KEYS = 20_000;

    private final Ring<String> ring = new Ring<>();

    private static Ring.Place place(int number) {
        return new Ring.Place(number, "binding" + number);
    }

    private Map<String, String> chosen() {
        Map<String, String> chosen = new HashMap<>();
        for (int i = 0; i < KEYS; i++) {
            String key = "key" + i;
            chosen.put(key, Objects.requireNonNull(ring.pick(slots -> Hashing.jump(Hashing.hash(key), slots))));
        }
        return chosen;
    }

    private static long count(Map<String, String> chosen, String target) {
        return chosen.values().stream().filter(target::equals).count();
    }

    @Test
    void nothingIsChosenOfNothing() {
        assertThat(ring.pick(_ -> 0)).isNull();
    }

    @Test
    void keysAreSharedByWeight() {
        ring.add(place(1), 1, "light");
        ring.add(place(2), 3, "heavy");
        Map<String, String> chosen = chosen();
        assertThat(count(chosen, "light")).isBetween(KEYS / 4L - KEYS / 50, KEYS / 4L + KEYS / 50);
        assertThat(count(chosen, "heavy")).isEqualTo(KEYS - count(chosen, "light"));
    }

    @Test
    void aTargetThatComesMovesKeysToItselfOnlyAndNoMoreThanItsShare() {
        ring.add(place(1), 1, "a");
        ring.add(place(2), 1, "b");
        ring.add(place(3), 1, "c");
        Map<String, String> before = chosen();
        ring.add(place(4), 1, "d");
        Map<String, String> after = chosen();
        after.forEach((key, target) -> assertThat(target).isIn(before.get(key), "d"));
        assertThat(count(after, "d")).isLessThan(KEYS / 4L + KEYS / 50);
    }

    @Test
    void theOrderOfComingDoesNotMatterOnlyTheirPlaces() {
        ring.add(place(1), 5, "a");
        ring.add(place(2), 7, "b");
        Map<String, String> before = chosen();
        ring.remove(place(1));
        assertThat(count(chosen(), "b")).isEqualTo(KEYS);
        ring.add(place(1), 5, "a");
        assertThat(chosen()).isEqualTo(before);
    }

    @Test
    void aTargetThatIsBoundTwiceWeighsWhatItsFirstBindingSays() {
        ring.add(place(1), 1, "a");
        ring.add(place(2), 1, "b");
        ring.add(place(3), 1_000, "a");
        assertThat(count(chosen(), "b")).isGreaterThan(KEYS / 3);
    }

    /** What a key was hashed to goes to the same place after an update of the server. */
    @Test
    void theHashIsTheSameForEver() {
        assertThat(Hashing.jump(Hashing.hash("order-1"), 100)).isEqualTo(7);
        assertThat(Hashing.jump(Hashing.hash("order-2"), 100)).isEqualTo(94);
    }
}
