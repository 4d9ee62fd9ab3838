package weir.amqp.topology;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What a hash exchange can choose by in the place of the routing key, besides a header. */
public enum HashProperty {
    MESSAGE_ID,
    CORRELATION_ID,
    TIMESTAMP;

    /** By its name in {@code hash-property}; empty if there is none of that name. */
    static Optional<HashProperty> named(String word) {
        return Arrays.stream(values())
                .filter(property -> property.name().toLowerCase(Locale.ROOT).equals(word))
                .findFirst();
    }
}
