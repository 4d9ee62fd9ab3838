package weir.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The replicas of a machine stay equal because nothing in the core can tell one process from another. */
final class PurityTest {
    private static final Path SOURCES = Path.of("src/main/java");

    private static final Pattern DIFFERS_BETWEEN_REPLICAS =
            Pattern.compile(
                    "\\b[A-Z]\\w*\\.now\\(|currentTimeMillis|nanoTime|randomUUID|\\b\\w*Random\\b"
                            + "|\\bjava\\.(io|net|sql)\\.|\\bjava\\.nio\\.(file|channels)\\b"
                            + "|\\b(Thread|Executors|CompletableFuture)\\b|\\bjava\\.util\\.Timer\\b|parallelStream|\\.parallel\\("
                            + "|\\bSystem\\.(get|out|err)|\\bidentityHashCode|\\b(ZoneId|Locale|Charset|TimeZone)\\."
                            + "|\\b(toLowerCase|toUpperCase)\\(\\)|\\bString\\.format\\("
                            + "|\\b(Concurrent|Weak|Identity)?Hash(Map|Set)\\b" // Order varies by identity or hash...
                            + "|\\b(Set|Map)\\.(of|ofEntries|copyOf)\\b|Collectors\\.to(Unmodifiable)?(Set|Map)\\b"); // ...or JVM run.

    private static final Pattern IMPORT = Pattern.compile("(?m)^import (?:static )?([\\w.]+)");
    private static final Pattern MAY_BE_IMPORTED = Pattern.compile("java\\..*|org\\.jspecify\\..*|weir\\.core\\..*");

    /**
     * What is used nevertheless, as "file: word", and why it does not show. A hash map may stand here if it is looked up
     * by key alone and never iterated.
     */
    private static final Map<String, String> ALLOWED = Map.of(
            "weir/core/shard/Deduplication.java: HashMap", "ids are looked up; what is iterated is the queue by age");

    private static final Pattern COMMENT = Pattern.compile("(?s)/\\*.*?\\*/|//[^\\n]*");

    @Test
    void nothingInTheCoreDiffersBetweenReplicas() {
        List<String> found = new ArrayList<>();
        sources().forEach(file -> differences(read(file))
                .map(word -> SOURCES.relativize(file) + ": " + word)
                .filter(use -> !ALLOWED.containsKey(use))
                .forEach(found::add));
        assertThat(found).isEmpty();
    }

    @Test
    void everyExceptionIsStillNeeded() {
        ALLOWED.forEach((use, reason) -> {
            String[] parts = use.split(": ", 2);
            assertThat(differences(read(SOURCES.resolve(parts[0]))))
                    .as(use + ", " + reason)
                    .contains(parts[1]);
        });
    }

    @Test
    void coreSeesOnlyTheJdkAndItself() {
        List<String> found = new ArrayList<>();
        sources().forEach(file -> IMPORT.matcher(read(file))
                .results()
                .map(result -> result.group(1))
                .filter(name -> !MAY_BE_IMPORTED.matcher(name).matches())
                .forEach(name -> found.add(SOURCES.relativize(file) + ": " + name)));
        assertThat(found).isEmpty();
    }

    @Test
    void thereAreSourcesToLookAt() {
        assertThat(sources()).hasSizeGreaterThan(40);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Instant.now()",
                "System.currentTimeMillis()",
                "new java.util.Random()",
                "ThreadLocalRandom.current()",
                "UUID.randomUUID()",
                "Thread.startVirtualThread(this)",
                "import java.io.File;",
                "java.nio.file.Files.exists(path)",
                "new HashMap<>()",
                "new IdentityHashMap<>()",
                "new ConcurrentHashMap<>()",
                "Set.of(a, b)",
                "Map.copyOf(map)",
                "list.parallelStream()",
                "System.getenv()"
            })
    void plantedDifferenceIsFound(String line) {
        assertThat(differences(line)).isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "new LinkedHashMap<>()",
                "List.of(a)",
                "new TreeMap<>()",
                "import java.nio.ByteBuffer;",
                "/** Like HashMap. */",
                "x(); // Map.of",
                "new EnumMap<>(Key.class)"
            })
    void harmlessLineIsLeftAlone(String line) {
        assertThat(differences(line)).isEmpty();
    }

    private static Stream<String> differences(String source) {
        String code = COMMENT.matcher(source).replaceAll(" ");
        return DIFFERS_BETWEEN_REPLICAS.matcher(code).results().map(MatchResult::group);
    }

    private static List<Path> sources() {
        try (Stream<Path> files = Files.walk(SOURCES)) {
            return files.filter(file -> file.toString().endsWith(".java"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
