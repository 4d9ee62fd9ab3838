package weir.amqp.queue;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;
import weir.amqp.wire.FieldTable;
import weir.core.Bytes;

/**
 * One argument of a declaration as text: in a queue's labels, and in RabbitMQ's words for a value and its type.
 *
 * <p>Tables and lists have no meaning as arguments of a queue; they are not kept.
 */
final class ArgumentText {
    private ArgumentText() {}

    /** What RabbitMQ calls the value's type. */
    static String typeOf(@Nullable Object value) {
        return switch (value) {
            case null -> "void";
            case Boolean _ -> "bool";
            case Byte _ -> "byte";
            case Short _ -> "short";
            case Integer _ -> "signedint";
            case Long _ -> "long";
            case Float _ -> "float";
            case Double _ -> "double";
            case BigDecimal _ -> "decimal";
            case String _ -> "longstr";
            case Bytes _ -> "binary";
            case Instant _ -> "timestamp";
            case FieldTable _ -> "table";
            case List<?> _ -> "array";
            default -> throw new IllegalArgumentException("no argument is a " + value.getClass());
        };
    }

    /** Whether RabbitMQ takes two types for equivalent: whole numbers of any width are. */
    static boolean sameClass(@Nullable Object one, @Nullable Object other) {
        return classOf(typeOf(one)).equals(classOf(typeOf(other)));
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

    /** Whether {@link #label} can hold it. */
    static boolean isKept(@Nullable Object value) {
        return !(value == null || value instanceof FieldTable || value instanceof List<?>);
    }

    static String label(Object value) {
        return typeOf(value) + ":" + valueOf(value);
    }

    /** What {@link #label} was given. */
    static Object ofLabel(String label) {
        int colon = label.indexOf(':');
        String text = label.substring(colon + 1);
        return switch (label.substring(0, Math.max(colon, 0))) {
            case "bool" -> Boolean.valueOf(text);
            case "byte" -> Byte.valueOf(text);
            case "short" -> Short.valueOf(text);
            case "signedint" -> Integer.valueOf(text);
            case "long" -> Long.valueOf(text);
            case "float" -> Float.valueOf(text);
            case "double" -> Double.valueOf(text);
            case "decimal" -> new BigDecimal(text);
            case "binary" -> Bytes.of(HexFormat.of().parseHex(text));
            case "timestamp" -> Instant.ofEpochSecond(Long.parseLong(text));
            default -> text;
        };
    }
}
