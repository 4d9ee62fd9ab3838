package weir.amqp.stream;

import java.time.Instant;
import weir.amqp.queue.QueueName;
import weir.amqp.topology.Age;
import weir.amqp.wire.AmqpException;
import weir.amqp.wire.ErrorCode;
import weir.amqp.wire.FieldTable;
import weir.core.broker.TopicOffsets;

/** Where a consumer begins, as {@code x-stream-offset} says it. */
public sealed interface StreamOffset {
    String ARGUMENT = "x-stream-offset";

    /** What is there from the beginning. */
    record First() implements StreamOffset {}

    /** The last message that is there, and what follows. */
    record Last() implements StreamOffset {}

    /** What is published from now on. */
    record Next() implements StreamOffset {}

    /** That one; if it is not kept any more, the next that is; if it is not there yet, it is waited for. */
    record At(long offset) implements StreamOffset {}

    /** What was published then, or later. */
    record Since(long millis) implements StreamOffset {}

    /** @throws AmqpException if the argument is none of these */
    static StreamOffset of(FieldTable arguments, QueueName queue, Instant now) throws AmqpException {
        return switch (arguments.get(ARGUMENT)) {
            case null -> new Next();
            case String text ->
                switch (text) {
                    case "first" -> new First();
                    case "last" -> new Last();
                    case "next" -> new Next();
                    default ->
                        new Since(now.minus(Age.of(text).orElseThrow(() -> invalid(queue, text)))
                                .toEpochMilli());
                };
            case Instant instant -> new Since(millis(instant));
            case Byte number -> at(number, queue);
            case Short number -> at(number, queue);
            case Integer number -> at(number, queue);
            case Long number -> at(number, queue);
            case Object other -> throw invalid(queue, other);
        };
    }

    /** Some clients send nanoseconds where seconds are meant; that is so far off that no message is as late. */
    private static long millis(Instant instant) {
        return Math.clamp(instant.getEpochSecond(), 0, Long.MAX_VALUE / 1000) * 1000;
    }

    private static StreamOffset at(long offset, QueueName queue) throws AmqpException {
        if (offset < 0) {
            throw invalid(queue, offset);
        }
        return new At(offset);
    }

    private static AmqpException invalid(QueueName queue, Object value) {
        return new AmqpException(
                ErrorCode.PRECONDITION_FAILED,
                "failed consuming from " + queue + ": {invalid_offset_arg," + value + "}");
    }

    /** The time whose offset has to be known for that. */
    default long askedMillis() {
        return this instanceof Since(long millis) ? millis : Long.MAX_VALUE;
    }

    /** The first offset that is delivered; it may not be there yet. */
    default long in(TopicOffsets reach) {
        return switch (this) {
            case First _ -> reach.start();
            case Last _ -> Math.max(reach.start(), reach.end() - 1);
            case Next _ -> reach.end();
            case At(long offset) -> Math.max(reach.start(), offset);
            case Since _ -> reach.at();
        };
    }
}
