package weir.amqp.topology;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import weir.amqp.wire.FieldTable;

/** What may be said in a policy, and how; in RabbitMQ's words if it may not. */
final class PolicyKeys {
    /** Those of users' policies that operators' may have, too. */
    private static final Set<String> OPERATORS = Set.of(
            "expires",
            "message-ttl",
            "max-length",
            "max-length-bytes",
            "max-in-memory-length",
            "max-in-memory-bytes",
            "delivery-limit",
            "overflow",
            "queue-version",
            "target-group-size",
            "delayed-retry-type",
            "delayed-retry-min",
            "delayed-retry-max");

    private PolicyKeys() {}

    /** @param ofQueues those that queues know */
    static void check(FieldTable definition, boolean operator, Set<String> ofQueues) throws RefusedException {
        if (definition.isEmpty()) {
            throw new RefusedException("no policy provided");
        }
        List<String> unknown = unknown(definition, operator, ofQueues);
        if (unknown.size() == 1) {
            throw new RefusedException("\"" + unknown.getFirst() + "\" is not a recognised policy setting");
        }
        if (!unknown.isEmpty()) {
            throw new RefusedException(unknown + " are not recognised policy settings");
        }
        for (Map.Entry<String, @Nullable Object> each : definition.asMap().entrySet()) {
            checkValue(each.getKey(), each.getValue());
        }
        checkRetries(definition);
    }

    /** Those that mean nothing. */
    static List<String> unknown(FieldTable definition, boolean operator, Set<String> ofQueues) {
        return definition.asMap().keySet().stream()
                .filter(key -> !(operator
                        ? ofQueues.contains(key) && OPERATORS.contains(key)
                        : ofQueues.contains(key) || key.equals(Exchange.ALTERNATE)))
                .toList();
    }

    private static void checkValue(String key, @Nullable Object value) throws RefusedException {
        switch (key) {
            case Exchange.ALTERNATE -> require(value instanceof String, value, "a valid alternate exchange name");
            case "dead-letter-exchange" -> require(value instanceof String, value, "a valid dead letter exchange name");
            case "dead-letter-routing-key" ->
                require(value instanceof String, value, "a valid dead letter routing key");
            case "dead-letter-strategy" ->
                require(isOne(value, "at-most-once", "at-least-once"), value, "a valid dead letter strategy");
            case "message-ttl" -> require(isWhole(value, 0), value, "a valid message TTL");
            case "expires" -> require(isWhole(value, 1), value, "a valid queue expiry");
            case "consumer-timeout" -> require(isWhole(value, 0), value, "a valid consumer timeout");
            case "max-length" -> require(isWhole(value, 0), value, "a valid maximum length");
            case "max-length-bytes" -> require(isWhole(value, 0), value, "a valid maximum length in bytes");
            case "max-in-memory-length", "max-in-memory-bytes" ->
                require(isWhole(value, 0), value, "a valid maximum memory in bytes");
            case "overflow" ->
                require(
                        isOne(value, "drop-head", "reject-publish", "reject-publish-dlx"),
                        value,
                        "a valid overflow value");
            case "delivery-limit" -> require(isWhole(value, Long.MIN_VALUE), value, "a valid delivery limit");
            case "queue-mode" -> require(isOne(value, "default", "lazy"), value, "a valid queue-mode value");
            case "queue-version" ->
                require(isWhole(value, 1) && number(value) <= 2, value, "a valid queue-version value");
            case "delayed-retry-type" ->
                require(
                        isOne(value, "all", "failed", "returned", "disabled"),
                        value,
                        "a valid delayed retry type. Must be one of: all, failed, returned, disabled");
            case "delayed-retry-min" ->
                require(isWhole(value, 1), value, "a valid delayed retry minimum delay. Must be a positive integer");
            case "delayed-retry-max" ->
                require(isWhole(value, 1), value, "a valid delayed retry maximum delay. Must be a positive integer");
            case "max-age" -> require(value instanceof String age && Age.of(age).isPresent(), value, "a valid max age");
            default -> {} // Of the rest nothing depends on it.
        }
    }

    private static void checkRetries(FieldTable definition) throws RefusedException {
        Object type = definition.get("delayed-retry-type");
        Object least = definition.get("delayed-retry-min");
        Object most = definition.get("delayed-retry-max");
        if (type != null && !type.equals("disabled") && least == null) {
            throw new RefusedException("delayed-retry-min is required when delayed-retry-type is " + type);
        }
        if (least != null && most != null && number(most) < number(least)) {
            throw new RefusedException(
                    "delayed-retry-max (" + most + ") must not be smaller than delayed-retry-min (" + least + ")");
        }
    }

    private static void require(boolean valid, @Nullable Object value, String what) throws RefusedException {
        if (!valid) {
            throw new RefusedException((value instanceof String ? "<<\"" + value + "\">>" : value) + " is not " + what);
        }
    }

    private static boolean isOne(@Nullable Object value, String... choices) {
        return value != null && List.<Object>of((Object[]) choices).contains(value);
    }

    private static boolean isWhole(@Nullable Object value, long least) {
        return Policy.isWhole(value) && number(value) >= least;
    }

    private static long number(@Nullable Object value) {
        return value instanceof Number number ? number.longValue() : 0;
    }
}
