package weir.amqp.session;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import weir.amqp.queue.AmqpQueue;
import weir.amqp.wire.AmqpException;
import weir.amqp.wire.ErrorCode;
import weir.amqp.wire.FieldTable;
import weir.amqp.wire.TypeWords;

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

    /** @throws AmqpException 406 if it is there, and no whole number */
    static int priority(AmqpQueue queue, FieldTable arguments) throws AmqpException {
        return arguments.has(PRIORITY)
                ? Math.clamp(whole(PRIORITY, queue, arguments), Integer.MIN_VALUE, Integer.MAX_VALUE)
                : 0;
    }

    /**
     * Null if it does not say.
     *
     * @throws AmqpException 406 if it is there, and no whole number from 0 on
     */
    static @Nullable Duration timeout(AmqpQueue queue, FieldTable arguments) throws AmqpException {
        if (!arguments.has(TIMEOUT)) {
            return null;
        }
        long millis = whole(TIMEOUT, queue, arguments);
        if (millis < 0) {
            throw invalid(TIMEOUT, queue, "{value_negative," + millis + "}");
        }
        return Duration.ofMillis(millis);
    }

    private static long whole(String name, AmqpQueue queue, FieldTable arguments) throws AmqpException {
        return switch (arguments.get(name)) {
            case Byte number -> number;
            case Short number -> number;
            case Integer number -> number;
            case Long number -> number;
            case null, default ->
                throw invalid(name, queue, "\"expected integer, got " + TypeWords.of(arguments.get(name)) + "\"");
        };
    }

    private static AmqpException invalid(String name, AmqpQueue queue, String reason) {
        return new AmqpException(
                ErrorCode.PRECONDITION_FAILED, "invalid arg '" + name + "' for " + queue.name() + ": " + reason);
    }
}
