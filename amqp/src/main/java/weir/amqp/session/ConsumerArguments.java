package weir.amqp.session;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import weir.amqp.queue.AmqpQueue;
import weir.amqp.wire.AmqpException;
import weir.amqp.wire.ErrorCode;
import weir.amqp.wire.FieldTable;

/** What arguments of basic.consume mean. Those that nobody knows are ignored. */
final class ConsumerArguments {
    private static final String PRIORITY = "x-priority";
    private static final String TIMEOUT = "x-consumer-timeout";

    private ConsumerArguments() {}

    /** @throws AmqpException 406 if there is one that means something for queues of another type only */
    static void check(AmqpQueue queue, FieldTable arguments) throws AmqpException {
        for (String name : queue.type().foreignToConsumers()) {
            if (arguments.has(name)) {
                throw new AmqpException(
                        ErrorCode.PRECONDITION_FAILED,
                        "invalid arg '" + name + "' for " + queue.name() + " of queue type "
                                + queue.type().module());
            }
        }
    }

    static int priority(FieldTable arguments) throws AmqpException {
        Object value = arguments.get(PRIORITY);
        return value == null ? 0 : Math.clamp(whole(PRIORITY, value), Integer.MIN_VALUE, Integer.MAX_VALUE);
    }

    /** Null if it does not say. */
    static @Nullable Duration timeout(FieldTable arguments) throws AmqpException {
        Object value = arguments.get(TIMEOUT);
        if (value == null) {
            return null;
        }
        long millis = whole(TIMEOUT, value);
        if (millis < 0) {
            throw invalid(TIMEOUT, "{value_negative," + millis + "}");
        }
        return Duration.ofMillis(millis);
    }

    private static long whole(String name, Object value) throws AmqpException {
        return switch (value) {
            case Byte number -> number;
            case Short number -> number;
            case Integer number -> number;
            case Long number -> number;
            default ->
                throw invalid(name, "{unacceptable_type," + value.getClass().getSimpleName() + "}");
        };
    }

    private static AmqpException invalid(String name, String reason) {
        return new AmqpException(ErrorCode.PRECONDITION_FAILED, "invalid arg '" + name + "': " + reason);
    }
}
