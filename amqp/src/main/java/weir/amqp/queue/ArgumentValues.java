package weir.amqp.queue;

import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;
import weir.amqp.wire.FieldTable;
import weir.amqp.wire.TypeWords;
import weir.core.Bytes;

/** Values of a declaration's arguments: in RabbitMQ's words, and whether it takes two for the same. */
final class ArgumentValues {
    private ArgumentValues() {}

    /** Whether RabbitMQ takes two types for equivalent: whole numbers of any width are. */
    static boolean sameClass(@Nullable Object one, @Nullable Object other) {
        return classOf(TypeWords.of(one)).equals(classOf(TypeWords.of(other)));
    }

    private static String classOf(String type) {
        return switch (type) {
            case "byte", "short", "signedint", "long" -> "int";
            case "float", "double" -> "float";
            default -> type;
        };
    }

    static boolean sameValue(@Nullable Object one, @Nullable Object other) {
        return sameClass(one, other) && valueOf(one).equals(valueOf(other));
    }

    static String valueOf(@Nullable Object value) {
        return switch (value) {
            case null -> "undefined";
            case Bytes bytes -> HexFormat.of().formatHex(bytes.toArray());
            case Float number -> Double.toString(number);
            case Instant instant -> Long.toString(instant.getEpochSecond());
            default -> value.toString();
        };
    }

    /** Whether it stays with the queue: tables and lists have no meaning as arguments of one. */
    static boolean isKept(@Nullable Object value) {
        return !(value == null || value instanceof FieldTable || value instanceof List<?>);
    }
}
