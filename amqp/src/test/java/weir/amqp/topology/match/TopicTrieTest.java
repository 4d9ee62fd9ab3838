package weir.amqp.topology.match;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TopicTrieTest {
    private final TopicTrie<String> trie = new TopicTrie<>();

    private List<String> matching(String key) {
        List<String> found = new ArrayList<>();
        trie.match(key, found::add);
        return found;
    }

    private void add(String... patterns) {
        for (String pattern : patterns) {
            trie.add(pattern, pattern);
        }
    }

    @Test
    void aStarIsOneWordAndAHashAnyNumberOfThem() {
        add("a.*", "a.#", "#", "*", "a.b", "*.b", "#.b", "a.#.c", "");
        assertThat(matching("a.b")).containsExactlyInAnyOrder("a.*", "a.#", "#", "a.b", "*.b", "#.b");
        assertThat(matching("a")).containsExactlyInAnyOrder("a.#", "#", "*");
        assertThat(matching("a.c")).containsExactlyInAnyOrder("a.*", "a.#", "#", "a.#.c");
        assertThat(matching("a.x.y.c")).containsExactlyInAnyOrder("a.#", "#", "a.#.c");
        assertThat(matching("b")).containsExactlyInAnyOrder("#", "*", "#.b");
    }

    @Test
    void anEmptyKeyHasNoWordsAndAWordMayBeEmpty() {
        add("", "#", "*", "*.*", ".", "a.", ".a", "*.#");
        assertThat(matching("")).containsExactlyInAnyOrder("", "#");
        assertThat(matching(".")).containsExactlyInAnyOrder("#", "*.*", ".", "*.#");
        assertThat(matching("a.")).containsExactlyInAnyOrder("#", "*.*", "a.", "*.#");
    }

    @Test
    void wordsOfAKeyThatLookLikeWildcardsAreWords() {
        add("a.b", "*.b");
        assertThat(matching("*.b")).containsExactly("*.b");
        assertThat(matching("#.b")).containsExactly("*.b");
        assertThat(matching("#")).isEmpty();
    }

    @Test
    void aPatternFullOfHashesCostsItsLengthForEachWord() {
        String word = "a.";
        String pattern = "#." + (word + "#.").repeat(40) + "b";
        trie.add(pattern, pattern);
        List<String> found = new ArrayList<>();
        int visited = trie.match(word.repeat(80) + "a", found::add);
        assertThat(found).isEmpty();
        assertThat(visited).isLessThan(82 * 82);
    }

    @Test
    void ofManyBindingsOnlyThoseAreVisitedThatTheWordsLeadTo() {
        for (int i = 0; i < 100_000; i++) {
            trie.add("orders." + i + ".*", "orders" + i);
        }
        trie.add("#", "all");
        List<String> found = new ArrayList<>();
        assertThat(trie.match("orders.77777.paid", found::add)).isLessThan(20);
        assertThat(found).containsExactlyInAnyOrder("orders77777", "all");
    }

    @Test
    void whatIsRemovedMatchesNothingAndOthersStay() {
        add("a.b.c", "a.b", "a.#", "a.*.c");
        trie.add("a.b", "second");
        trie.remove("a.b", "a.b");
        trie.remove("a.b", "never there");
        trie.remove("x.y", "never there");
        trie.remove("a.#", "a.#");
        assertThat(matching("a.b")).containsExactly("second");
        assertThat(matching("a.b.c")).containsExactlyInAnyOrder("a.b.c", "a.*.c");
    }

    static LongStream seeds() {
        return LongStream.range(0, 200);
    }

    /** Against words compared one by one. */
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void matchesWhatANaiveMatcherMatches(long seed) {
        Random random = new Random(seed);
        TreeSet<String> there = new TreeSet<>();
        for (int step = 0; step < 60; step++) {
            String pattern = key(random, List.of("a", "b", "*", "#", ""));
            if (random.nextInt(4) == 0) {
                there.remove(pattern);
                trie.remove(pattern, pattern);
            } else if (there.add(pattern)) {
                trie.add(pattern, pattern);
            }
            String key = key(random, List.of("a", "b", "c", ""));
            List<String> words = TopicTrie.words(key);
            assertThat(matching(key))
                    .as(key)
                    .containsExactlyInAnyOrderElementsOf(there.stream()
                            .filter(each -> naive(TopicTrie.words(each), words))
                            .toList());
        }
        there.forEach(pattern -> trie.remove(pattern, pattern));
        assertThat(trie.match("a.b", _ -> {})).as("nodes that are left").isLessThanOrEqualTo(1);
    }

    private static String key(Random random, List<String> words) {
        List<String> chosen = new ArrayList<>();
        for (int i = random.nextInt(6); i > 0; i--) {
            chosen.add(words.get(random.nextInt(words.size())));
        }
        return String.join(".", chosen);
    }

    private static boolean naive(List<String> pattern, List<String> words) {
        if (pattern.isEmpty()) {
            return words.isEmpty();
        }
        List<String> rest = pattern.subList(1, pattern.size());
        if (pattern.getFirst().equals("#")) {
            return naive(rest, words) || (!words.isEmpty() && naive(pattern, words.subList(1, words.size())));
        }
        return !words.isEmpty()
                && (pattern.getFirst().equals("*") || pattern.getFirst().equals(words.getFirst()))
                && naive(rest, words.subList(1, words.size()));
    }
}
