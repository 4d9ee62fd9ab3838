package weir.amqp.topology;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import weir.amqp.wire.FieldTable;
import weir.core.catalog.Definition;

/**
 * What holds for all queues and exchanges whose names match, without their having been declared so. Of those that match, the
 * one of the highest priority holds alone; beside it one operator's policy, which can only make numbers smaller.
 *
 * @param pattern found anywhere in the name
 * @param definition what it says, by RabbitMQ's keys
 * @param operator whether it is an operator's
 */
public record Policy(
        String name, Expression pattern, Scope scope, long priority, FieldTable definition, boolean operator) {
    /** The kinds of their definitions, whose names are the virtual host's id, a slash, and their own. */
    public static final String KIND = "amqp.policy";

    public static final String OPERATOR_KIND = "amqp.operator-policy";

    /** The highest priority; among equals by name, so that every node says the same. */
    static final Comparator<Policy> WINNER_FIRST =
            Comparator.comparingLong(Policy::priority).reversed().thenComparing(Policy::name);

    /** What a policy is for, as RabbitMQ calls it. */
    public enum Scope {
        ALL("all"),
        EXCHANGES("exchanges"),
        QUEUES("queues"),
        CLASSIC_QUEUES("classic_queues"),
        QUORUM_QUEUES("quorum_queues"),
        STREAMS("streams");

        private final String word;

        Scope(String word) {
            this.word = word;
        }

        public String word() {
            return word;
        }

        static @Nullable Scope named(String word) {
            for (Scope scope : values()) {
                if (scope.word.equals(word)) {
                    return scope;
                }
            }
            return null;
        }

        /** @param type as in x-queue-type; of an exchange without meaning */
        boolean has(Resource.Kind kind, String type) {
            boolean queue = kind == Resource.Kind.QUEUE;
            return switch (this) {
                case ALL -> true;
                case EXCHANGES -> !queue;
                case QUEUES -> queue;
                case CLASSIC_QUEUES -> queue && type.equals("classic");
                case QUORUM_QUEUES -> queue && type.equals("quorum");
                case STREAMS -> queue && type.equals("stream");
            };
        }
    }

    String kind() {
        return operator ? OPERATOR_KIND : KIND;
    }

    boolean appliesTo(Resource.Kind kind, String resource, String type) {
        return scope.has(kind, type) && pattern.matches(resource);
    }

    static Policy of(Definition definition) {
        SortedMap<String, String> attributes = definition.attributes();
        String key = definition.name();
        Scope scope = Scope.named(attributes.getOrDefault("apply-to", ""));
        if (scope == null) {
            throw new IllegalArgumentException("a policy for the unknown " + attributes.get("apply-to"));
        }
        return new Policy(
                key.substring(key.indexOf('/') + 1),
                new Expression(attributes.getOrDefault("pattern", "")),
                scope,
                Long.parseLong(attributes.getOrDefault("priority", "0")),
                ArgumentText.read(attributes.getOrDefault("definition", "{}")),
                definition.kind().equals(OPERATOR_KIND));
    }

    SortedMap<String, String> attributes() {
        SortedMap<String, String> attributes = new TreeMap<>();
        attributes.put("pattern", pattern.text());
        attributes.put("apply-to", scope.word);
        attributes.put("priority", Long.toString(priority));
        attributes.put("definition", ArgumentText.of(definition));
        return attributes;
    }

    /** RabbitMQ's rule for each key: of two numbers the smaller, as a rule; of anything else the operator's. */
    static FieldTable merged(FieldTable policy, FieldTable operators) {
        if (operators.isEmpty()) {
            return policy;
        }
        if (policy.isEmpty()) {
            return operators;
        }
        Map<String, @Nullable Object> merged = new LinkedHashMap<>(policy.asMap());
        operators.asMap().forEach((key, value) -> merged.merge(key, value, (one, other) -> merged(key, one, other)));
        return FieldTable.of(merged);
    }

    private static Object merged(String key, Object policy, Object operators) {
        if (!isWhole(policy) || !isWhole(operators)) {
            return operators;
        }
        long one = ((Number) policy).longValue();
        long other = ((Number) operators).longValue();
        boolean policys =
                switch (key) {
                    case "delivery-limit" -> (one < 0 || other < 0) ? one > other : one < other; // Negative for none.
                    case "delayed-retry-min", "target-group-size" -> one > other;
                    case "queue-version" -> false;
                    default -> one < other;
                };
        return policys ? policy : operators;
    }

    static boolean isWhole(@Nullable Object value) {
        return value instanceof Byte || value instanceof Short || value instanceof Integer || value instanceof Long;
    }
}
