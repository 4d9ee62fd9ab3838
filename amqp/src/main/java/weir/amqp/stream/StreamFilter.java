package weir.amqp.stream;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import weir.amqp.wire.AmqpException;
import weir.amqp.wire.FieldTable;
import weir.amqp.wire.Properties;
import weir.core.Bytes;

/**
 * Which messages a consumer wants, by their header {@code x-stream-filter-value}. RabbitMQ leaves out whole chunks that cannot
 * have any of these; here each message is looked at, so that none comes that the client would have to leave out itself.
 *
 * @param values one of which it has to be; null to want all
 * @param unfiltered whether those without the header are wanted, too
 */
public record StreamFilter(@Nullable List<String> values, boolean unfiltered) {
    static final String HEADER = "x-stream-filter-value";
    private static final String ARGUMENT = "x-stream-filter";
    private static final String MATCH_UNFILTERED = "x-stream-match-unfiltered";

    /** As RabbitMQ, it takes no notice of what is no text. */
    public static StreamFilter of(FieldTable arguments) {
        List<String> values = new ArrayList<>();
        switch (arguments.get(ARGUMENT)) {
            case String one -> values.add(one);
            case List<?> several -> {
                for (Object each : several) {
                    if (each instanceof String text) {
                        values.add(text);
                    }
                }
            }
            case null, default -> {
                return new StreamFilter(null, true);
            }
        }
        return new StreamFilter(List.copyOf(values), Boolean.TRUE.equals(arguments.get(MATCH_UNFILTERED)));
    }

    /** @param properties of the message, as they are stored */
    public boolean wants(Bytes properties) {
        if (values == null) {
            return true;
        }
        try {
            Object value = Properties.read(properties).headers().get(HEADER);
            return value instanceof String text ? values.contains(text) : unfiltered;
        } catch (AmqpException _) { // Was seen to when it was published; whoever can read it decides for himself.
            return true;
        }
    }
}
