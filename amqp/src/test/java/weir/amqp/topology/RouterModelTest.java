package weir.amqp.topology;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import weir.amqp.wire.FieldTable;

/** Random declarations, bindings and removals, held against a model that goes through all bindings of each exchange. */
class RouterModelTest {
    private static final List<String> TYPES = List.of("direct", "fanout", "topic");
    private static final List<String> WORDS = List.of("a", "b", "*", "#");

    /** @param destination with {@code q} before it if it is a queue, else {@code e} */
    private record Bound(String source, String destination, String key) {}

    /** @param alternate none if empty */
    private record Made(String type, boolean autoDelete, String alternate) {}

    private final Map<String, Made> exchanges = new TreeMap<>();
    private final Set<String> queues = new TreeSet<>();
    private final List<Bound> bindings = new ArrayList<>();

    static LongStream seeds() {
        return LongStream.range(0, 60);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void everyNodeRoutesAsTheModelDoes(long seed) throws Exception {
        Random random = new Random(seed);
        Node node = new Node();
        for (int step = 0; step < 120; step++) {
            change(node, random);
            if (random.nextInt(20) == 0) {
                node.broker.restore();
            }
            String key = key(random, 2);
            for (String exchange : exchanges.keySet()) {
                assertThat(node.routed(exchange, key))
                        .as("step %d: %s to %s of %s, %s", step, key, exchange, exchanges, bindings)
                        .isEqualTo(route(exchange, key));
            }
        }
        assertThat(node.broker.count(Exchange.KIND)).isEqualTo(exchanges.size());
        assertThat(node.broker.count(Binding.KIND)).isEqualTo(bindings.size());
    }

    private void change(Node node, Random random) throws Exception {
        String name = "x" + random.nextInt(5);
        String queue = "q" + random.nextInt(4);
        switch (random.nextInt(10)) {
            case 0, 1 -> {
                if (!exchanges.containsKey(name)) {
                    Made made = new Made(
                            TYPES.get(random.nextInt(TYPES.size())),
                            random.nextInt(4) == 0,
                            random.nextBoolean() ? "" : "x" + random.nextInt(5));
                    Map<String, Object> arguments =
                            made.alternate.isEmpty() ? Map.of() : Map.of("alternate-exchange", made.alternate);
                    node.topology
                            .exchanges()
                            .declare(
                                    node.guest,
                                    node.host,
                                    new Exchanges.Declaration(
                                            name, made.type, true, made.autoDelete, false, FieldTable.of(arguments)));
                    exchanges.put(name, made);
                }
            }
            case 2 -> {
                node.topology.exchanges().delete(node.guest, node.host, name, false);
                remove(name);
            }
            case 3 -> {
                if (queues.remove(queue)) {
                    node.broker.deleteQueue(queue);
                    node.topology.bindings().queueDeleted();
                    removeTo(queue);
                }
            }
            case 4 -> {
                if (!bindings.isEmpty()) {
                    Bound bound = bindings.get(random.nextInt(bindings.size()));
                    node.topology.bindings().unbind(node.guest, node.host, wanted(bound), _ -> {});
                    bindings.remove(bound);
                    maybeAutoDelete(bound.source);
                }
            }
            default -> {
                boolean toQueue = random.nextInt(3) > 0;
                Bound bound = new Bound(name, toQueue ? queue : "x" + random.nextInt(5), key(random, 4));
                if (toQueue && queues.add(queue)) {
                    node.broker.queue(queue);
                }
                boolean possible = exchanges.containsKey(name) && (toQueue || exchanges.containsKey(bound.destination));
                if (possible) {
                    node.topology.bindings().bind(node.guest, node.host, wanted(bound), _ -> {});
                    if (!bindings.contains(bound)) {
                        bindings.add(bound);
                    }
                }
            }
        }
    }

    private static Bindings.Wanted wanted(Bound bound) {
        Resource.Kind kind = bound.destination.startsWith("q") ? Resource.Kind.QUEUE : Resource.Kind.EXCHANGE;
        return new Bindings.Wanted(bound.source, kind, bound.destination, bound.key, FieldTable.EMPTY);
    }

    private void remove(String exchange) {
        exchanges.remove(exchange);
        bindings.removeIf(bound -> bound.source.equals(exchange));
        removeTo(exchange);
    }

    private void removeTo(String destination) {
        List<Bound> gone = bindings.stream()
                .filter(bound -> bound.destination.equals(destination))
                .toList();
        bindings.removeAll(gone);
        gone.forEach(bound -> maybeAutoDelete(bound.source));
    }

    private void maybeAutoDelete(String exchange) {
        Made made = exchanges.get(exchange);
        if (made != null && made.autoDelete && bindings.stream().noneMatch(bound -> bound.source.equals(exchange))) {
            remove(exchange);
        }
    }

    private static String key(Random random, int words) {
        List<String> chosen = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            chosen.add(WORDS.get(random.nextInt(words)));
        }
        return String.join(".", chosen);
    }

    private Set<String> route(String start, String key) {
        Set<String> reached = new TreeSet<>();
        Set<String> seen = new HashSet<>(Set.of(start));
        Deque<String> next = new ArrayDeque<>(seen);
        while (!next.isEmpty()) {
            String exchange = next.remove();
            Made made = exchanges.get(exchange);
            if (made == null) {
                continue;
            }
            List<String> destinations = new ArrayList<>();
            for (Bound bound : bindings) {
                if (bound.source.equals(exchange) && matches(made.type, bound.key, key)) {
                    destinations.add(bound.destination);
                }
            }
            if (destinations.isEmpty() && !made.alternate.isEmpty()) {
                destinations.add(made.alternate);
            }
            for (String destination : destinations) {
                if (destination.startsWith("q")) {
                    reached.add(destination);
                } else if (seen.add(destination)) {
                    next.add(destination);
                }
            }
        }
        return reached;
    }

    private static boolean matches(String type, String pattern, String key) {
        return switch (type) {
            case "direct" -> pattern.equals(key);
            case "fanout" -> true;
            default -> matches(words(pattern), words(key));
        };
    }

    private static List<String> words(String key) {
        return key.isEmpty() ? List.of() : List.of(key.split("\\.", -1));
    }

    private static boolean matches(List<String> pattern, List<String> words) {
        if (pattern.isEmpty()) {
            return words.isEmpty();
        }
        List<String> rest = pattern.subList(1, pattern.size());
        if (pattern.getFirst().equals("#")) {
            return matches(rest, words) || (!words.isEmpty() && matches(pattern, words.subList(1, words.size())));
        }
        return !words.isEmpty()
                && (pattern.getFirst().equals("*") || pattern.getFirst().equals(words.getFirst()))
                && matches(rest, words.subList(1, words.size()));
    }
}
