package weir.amqp.topology.match;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import weir.core.Bytes;

class HeadersIndexTest {
    private final HeadersIndex<String> index = new HeadersIndex<>();

    private void add(String binding, Map<String, @Nullable Object> arguments) {
        index.add(HeaderPattern.of(arguments), binding);
    }

    private Set<String> matching(Map<String, @Nullable Object> headers) {
        Set<String> found = new HashSet<>();
        index.match(headers, found::add);
        return found;
    }

    @Test
    void allWantsEachHeaderAndAnyWantsOne() {
        add("all", Map.of("x-match", "all", "a", 1, "b", "two"));
        add("any", Map.of("x-match", "any", "a", 1, "b", "two"));
        add("unsaid", Map.of("a", 1));
        assertThat(matching(Map.of("a", 1, "b", "two"))).containsExactlyInAnyOrder("all", "any", "unsaid");
        assertThat(matching(Map.of("a", 1))).containsExactlyInAnyOrder("any", "unsaid");
        assertThat(matching(Map.of("b", "two", "a", 2))).containsExactly("any");
        assertThat(matching(Map.of())).isEmpty();
    }

    @Test
    void headersThatBeginWithXCountOnlyIfThatIsSaid() {
        add("all", Map.of("x-match", "all", "x-a", 1, "b", 2));
        add("all-with-x", Map.of("x-match", "all-with-x", "x-a", 1, "b", 2));
        add("any", Map.of("x-match", "any", "x-a", 1));
        add("any-with-x", Map.of("x-match", "any-with-x", "x-a", 1));
        assertThat(matching(Map.of("b", 2))).containsExactly("all");
        assertThat(matching(Map.of("x-a", 1))).containsExactly("any-with-x");
        assertThat(matching(Map.of("x-a", 1, "b", 2))).containsExactlyInAnyOrder("all", "all-with-x", "any-with-x");
    }

    @Test
    void aBindingThatWantsNothingGetsEverythingIfItWantsAllOfItAndNothingIfItWantsAny() {
        add("all", Map.of());
        add("any", Map.of("x-match", "any"));
        assertThat(matching(Map.of())).containsExactly("all");
        assertThat(matching(Map.of("a", 1))).containsExactly("all");
    }

    @Test
    void aValueOfNoneWantsTheHeaderToBeThere() {
        Map<String, @Nullable Object> wanted = new HashMap<>();
        wanted.put("a", null);
        add("present", wanted);
        assertThat(matching(Map.of("a", "whatever"))).containsExactly("present");
        assertThat(matching(wanted)).containsExactly("present");
        assertThat(matching(Map.of("b", 1))).isEmpty();
    }

    @Test
    void wholeNumbersOfAnyWidthAreEqualAndTextIsItsBytes() {
        add("one", Map.of("a", (byte) 1));
        add("text", Map.of("b", "x"));
        assertThat(matching(Map.of("a", 1L, "b", Bytes.utf8("x")))).containsExactlyInAnyOrder("one", "text");
        assertThat(matching(Map.of("a", 1.0, "b", 'x' + "y"))).isEmpty();
        assertThat(matching(Map.of("a", "1"))).isEmpty();
        assertThat(matching(Map.of("a", true))).isEmpty();
    }

    @Test
    void ofManyBindingsOnlyThoseAreLookedAtThatShareTheRarestHeader() {
        for (int i = 0; i < 100_000; i++) {
            add("all" + i, Map.of("x-match", "all", "format", "pdf", "customer", i));
        }
        Set<String> found = new HashSet<>();
        int visited = index.match(Map.of("format", "pdf", "customer", 4711), found::add);
        assertThat(found).containsExactly("all4711");
        assertThat(visited).isLessThan(5);
    }

    static LongStream seeds() {
        return LongStream.range(0, 200);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void matchesWhatANaiveMatcherMatches(long seed) {
        Random random = new Random(seed);
        Map<String, HeaderPattern> there = new TreeMap<>();
        for (int step = 0; step < 60; step++) {
            String name = "binding" + random.nextInt(20);
            if (random.nextInt(3) == 0) {
                there.remove(name);
                index.remove(name);
            } else {
                Map<String, @Nullable Object> arguments = headers(random);
                arguments.put(
                        "x-match",
                        List.of("all", "any", "all-with-x", "any-with-x").get(random.nextInt(4)));
                there.put(name, HeaderPattern.of(arguments));
                add(name, arguments);
            }
            Map<String, @Nullable Object> headers = headers(random);
            List<String> expected = new ArrayList<>();
            for (Map.Entry<String, HeaderPattern> each : there.entrySet()) {
                if (each.getValue().matches(headers)) {
                    expected.add(each.getKey());
                }
            }
            assertThat(matching(headers)).as(headers + " of " + there).containsExactlyInAnyOrderElementsOf(expected);
        }
    }

    private static Map<String, @Nullable Object> headers(Random random) {
        Map<String, @Nullable Object> headers = new TreeMap<>();
        for (String name : List.of("a", "b", "c", "x-d")) {
            switch (random.nextInt(5)) {
                case 0 -> headers.put(name, 1);
                case 1 -> headers.put(name, "one");
                case 2 -> headers.put(name, null);
                default -> {}
            }
        }
        return headers;
    }
}
