package weir.amqp.queue;

import org.jspecify.annotations.Nullable;
import weir.amqp.wire.AmqpException;
import weir.core.Envelope;

/**
 * The property {@code expiration}: milliseconds, as text. A message with 0 expires unless it is delivered at once: it is
 * kept for one millisecond, in which whoever waits is given it.
 */
public final class Expiration {
    private Expiration() {}

    /**
     * When a message expires by itself.
     *
     * @param dueAtMillis when it is published, or when its delay ends
     * @throws AmqpException if the text is not a number that RabbitMQ takes
     */
    public static long atMillis(@Nullable String expiration, long dueAtMillis) throws AmqpException {
        return expiration == null ? Envelope.NEVER : dueAtMillis + Math.max(1, millis(expiration));
    }

    private static long millis(String expiration) throws AmqpException {
        int digits = 0;
        int from = expiration.startsWith("-") || expiration.startsWith("+") ? 1 : 0;
        while (from + digits < expiration.length() && Character.digit(expiration.charAt(from + digits), 10) >= 0) {
            digits++;
        }
        String rest = expiration.substring(from + digits);
        if (digits == 0) {
            throw invalid(expiration, "no_integer");
        }
        if (!rest.isEmpty()) {
            throw invalid(expiration, "{leftover_string,\"" + rest + "\"}");
        }
        long millis = digits > 18 ? Long.MAX_VALUE : Long.parseLong(expiration);
        if (millis < 0) {
            throw invalid(expiration, "{value_negative," + millis + "}");
        }
        if (millis > QueueLimits.EXPIRY_MILLIS_MAX) {
            throw invalid(expiration, "{value_too_big," + expiration + "}");
        }
        return millis;
    }

    private static AmqpException invalid(String expiration, String reason) {
        return QueueArguments.failed("invalid expiration '" + expiration + "': " + reason);
    }
}
