package weir.amqp.message;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import weir.amqp.wire.FieldTable;
import weir.core.Bytes;
import weir.core.Message.Header;

/**
 * Values of field tables as headers of messages, whose types are String, Number and Binary with a word of the publisher's
 * own behind a point. That word tells the type that a value had, so it comes back as it went.
 */
final class FieldTypes {
    private static final int LONG_DIGITS = 18; // Which every long has room for.

    private FieldTypes() {}

    static Header header(String name, @Nullable Object value) {
        return switch (value) {
            case null -> text(name, "String.void", "");
            case String text -> text(name, "String", text);
            case Boolean truth -> text(name, "String.boolean", truth.toString());
            case Byte number -> text(name, "Number.byte", number.toString());
            case Short number -> text(name, "Number.short", number.toString());
            case Integer number -> text(name, "Number.int", number.toString());
            case Long number -> text(name, "Number.long", number.toString());
            case Float number -> text(name, "Number.float", number.toString());
            case Double number -> text(name, "Number.double", number.toString());
            case BigDecimal number -> text(name, "Number.decimal", number.toPlainString());
            case Instant instant -> text(name, "Number.timestamp", Long.toString(instant.getEpochSecond()));
            case Bytes bytes -> new Header(name, "Binary", bytes);
            case FieldTable table -> text(name, "String.json", NestedJson.write(table));
            case List<?> items -> text(name, "String.json", NestedJson.write(items));
            default -> throw new IllegalStateException("a table held a " + value.getClass());
        };
    }

    static Header text(String name, String type, String value) {
        return new Header(name, type, Bytes.utf8(value));
    }

    /** The value of a header; what does not read as its type says stays a text. */
    static @Nullable Object value(Header header) {
        if (header.type().startsWith("Binary")) {
            return header.value();
        }
        String text = header.value().utf8();
        try {
            return switch (header.type()) {
                case "String.void" -> null;
                case "String.boolean" -> Boolean.valueOf(text);
                case "Number.byte" -> Byte.valueOf(text);
                case "Number.short" -> Short.valueOf(text);
                case "Number.int" -> Integer.valueOf(text);
                case "Number.long" -> Long.valueOf(text);
                case "Number.decimal" -> decimal(text);
                case "Number.float" -> Float.valueOf(text);
                case "Number.double" -> Double.valueOf(text);
                case "Number.timestamp" -> Instant.ofEpochSecond(Long.parseLong(text));
                default -> header.type().startsWith("Number") ? number(text) : text;
            };
        } catch (NumberFormatException | DateTimeException _) { // SQS lets its publishers write any word there.
            return text;
        }
    }

    private static Object decimal(String text) {
        BigDecimal number = new BigDecimal(text);
        return FieldTable.holds(number) ? number : number(text);
    }

    /** A long or a double, if nothing is lost by that. */
    private static Object number(String text) {
        BigDecimal number = new BigDecimal(text);
        if (number.scale() <= 0 && (long) number.precision() - number.scale() <= LONG_DIGITS) {
            return number.longValueExact();
        }
        double rounded = number.doubleValue();
        boolean exact = Double.isFinite(rounded) && new BigDecimal(Double.toString(rounded)).compareTo(number) == 0;
        return exact ? (Object) rounded : text;
    }
}
