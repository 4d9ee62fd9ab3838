package weir.amqp.topology;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** How an exchange chooses among its bindings. */
public enum ExchangeType {
    DIRECT("direct"),
    FANOUT("fanout"),
    TOPIC("topic"),
    HEADERS("headers"),
    /** One destination for each key, the same as long as the bindings are: weighted by the bindings' keys. */
    CONSISTENT_HASH("x-consistent-hash"),
    /** The same by the remainder of a division, without weights. */
    MODULUS_HASH("x-modulus-hash"),
    RANDOM("x-random"),
    /** One of those that the publisher's node leads, if it leads any. */
    LOCAL_RANDOM("x-local-random"),
    /** All, and the last few messages to whoever is bound later. */
    RECENT_HISTORY("x-recent-history"),
    /** Another type, which its arguments name, for messages that may be due later. */
    DELAYED("x-delayed-message");

    private static final Map<String, ExchangeType> BY_WORD =
            Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(ExchangeType::word, Function.identity()));

    private final String word;

    ExchangeType(String word) {
        this.word = word;
    }

    /** What clients call it. */
    public String word() {
        return word;
    }

    /** Empty if there is none of that name. */
    public static Optional<ExchangeType> named(String word) {
        return Optional.ofNullable(BY_WORD.get(word));
    }
}
