package weir.amqp.topology;

import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import weir.amqp.topology.match.HeaderPattern;
import weir.amqp.topology.match.Ring;
import weir.amqp.wire.AmqpException;
import weir.amqp.wire.ErrorCode;
import weir.amqp.wire.FieldTable;
import weir.amqp.wire.TypeWords;

/** What an exchange's type demands of the exchange and of a binding from it; a type's own texts are RabbitMQ's. */
final class BindingRules {
    private static final Set<String> X_MATCH = Set.of("all", "any", "all-with-x", "any-with-x");

    private BindingRules() {}

    /** The type of that name. */
    static ExchangeType type(String word) throws AmqpException {
        return ExchangeType.named(word).orElseThrow(() -> refused("unknown exchange type '" + word + "'"));
    }

    /** Whether there can be an exchange of that type with those arguments. */
    static void checkExchange(ExchangeType type, FieldTable arguments) throws AmqpException {
        switch (type) {
            case DIRECT, FANOUT, TOPIC, HEADERS, MODULUS_HASH, RANDOM, LOCAL_RANDOM -> {}
            case CONSISTENT_HASH -> checkHashed(arguments);
            case RECENT_HISTORY -> checkHistory(arguments);
            case DELAYED -> {
                if (!(arguments.get(Exchange.DELAYED_TYPE) instanceof String inner)) {
                    throw refused("Invalid argument, 'x-delayed-type' must be an existing exchange type");
                }
                ExchangeType innerType = type(inner);
                if (innerType == ExchangeType.DELAYED) {
                    throw refused("Invalid argument, 'x-delayed-message' can't be used for 'x-delayed-type'");
                }
                checkExchange(innerType, arguments);
            }
        }
    }

    private static void checkHistory(FieldTable arguments) throws AmqpException {
        Object length = arguments.get(Exchange.HISTORY_LENGTH);
        boolean positive = Policy.isWhole(length) && length instanceof Number number && number.longValue() > 0;
        if (arguments.has(Exchange.HISTORY_LENGTH) && !positive) {
            throw refused(
                    "Invalid argument " + length + ", '" + Exchange.HISTORY_LENGTH + "' must be a positive integer");
        }
    }

    private static void checkHashed(FieldTable arguments) throws AmqpException {
        Object header = text(arguments, Exchange.HASH_HEADER);
        String property = text(arguments, Exchange.HASH_PROPERTY);
        if (header != null && property != null) {
            throw refused("hash-header and hash-property are mutually exclusive");
        }
        if (property != null && HashProperty.named(property).isEmpty()) {
            throw refused("Unsupported property: " + property);
        }
    }

    private static @Nullable String text(FieldTable arguments, String name) throws AmqpException {
        if (!arguments.has(name)) {
            return null;
        }
        if (arguments.get(name) instanceof String text) {
            return text;
        }
        throw refused("invalid type '" + TypeWords.of(arguments.get(name)) + "' for arg '" + name + "'");
    }

    /** Whether an exchange of that way of routing takes such a binding. */
    static void checkBinding(ExchangeType routing, String routingKey, FieldTable arguments) throws AmqpException {
        switch (routing) {
            case DIRECT, FANOUT, TOPIC, MODULUS_HASH, RANDOM, LOCAL_RANDOM, RECENT_HISTORY, DELAYED -> {}
            case HEADERS -> checkHeaders(arguments);
            case CONSISTENT_HASH -> checkWeight(routingKey);
        }
    }

    private static void checkHeaders(FieldTable arguments) throws AmqpException {
        if (!arguments.has(HeaderPattern.X_MATCH)) {
            return;
        }
        Object match = arguments.get(HeaderPattern.X_MATCH);
        if (!(match instanceof String text)) {
            throw refused("Invalid x-match field type " + TypeWords.of(match) + " (value "
                    + (match == null ? "undefined" : match) + "); expected longstr");
        }
        if (!X_MATCH.contains(text)) {
            throw refused(
                    "Invalid x-match field value <<\"" + text + "\">>; expected all, any, all-with-x, or any-with-x");
        }
    }

    private static void checkWeight(String routingKey) throws AmqpException {
        OptionalInt weight = weight(routingKey);
        if (weight.isEmpty()) {
            throw refused("The binding key must be an integer: <<\"" + routingKey + "\">>");
        }
        if (weight.getAsInt() < 1) {
            throw refused("The binding key must be greater than 0");
        }
        if (weight.getAsInt() > Ring.WEIGHT_MAX) {
            throw refused("The binding key must not exceed " + Ring.WEIGHT_MAX);
        }
    }

    /** What a binding's key weighs; empty if it is no number. */
    static OptionalInt weight(String routingKey) {
        try {
            return OptionalInt.of(Integer.parseInt(routingKey));
        } catch (NumberFormatException _) {
            return OptionalInt.empty();
        }
    }

    static AmqpException refused(String text) {
        return new AmqpException(ErrorCode.PRECONDITION_FAILED, text);
    }
}
