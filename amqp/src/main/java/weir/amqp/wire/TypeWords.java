package weir.amqp.wire;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import weir.core.Bytes;

/** What RabbitMQ's texts call the types of values in field tables. */
public final class TypeWords {
    private TypeWords() {}

    public static String of(@Nullable Object value) {
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
            default -> throw new IllegalArgumentException("no field is a " + value.getClass());
        };
    }
}
