package weir.sqs.sns.filter;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** Patterns with long parts, which are searched for in another way than short ones. */
class WildcardTest {
    /** With a search that starts anew at every place this would take half a minute, of a processor, for each line. */
    @Test
    void longPartsInLongTextsAreFoundAtOnce() {
        String text = "a".repeat(250_000);
        Wildcard pattern = Wildcard.of("*" + "a".repeat(60_000) + "b*");
        assertThat(pattern.matches(text)).isFalse();
        assertThat(pattern.matches(text + "b")).isTrue();
        assertThat(pattern.matches("b" + text)).isFalse();
    }

    @Test
    void longPartsAreFoundWhereShortOnesWouldBe() {
        Random random = new Random(1);
        for (int i = 0; i < 20_000; i++) {
            String text = letters(random, 40 + random.nextInt(60));
            String part = random.nextBoolean()
                    ? letters(random, 33 + random.nextInt(5))
                    : text.substring(random.nextInt(7)).substring(0, 33);
            assertThat(Wildcard.of("*" + part + "*").matches(text))
                    .as("%s in %s", part, text)
                    .isEqualTo(text.contains(part));
        }
    }

    /** Mostly the same letter, so that much of a part is found before it is missed. */
    private static String letters(Random random, int length) {
        StringBuilder letters = new StringBuilder(length);
        for (int i = 0; i < length; i++) {
            letters.append(random.nextInt(20) == 0 ? 'b' : 'a');
        }
        return letters.toString();
    }
}
