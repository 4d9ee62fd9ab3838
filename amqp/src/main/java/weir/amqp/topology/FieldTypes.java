package weir.amqp.topology;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import weir.amqp.wire.FieldTable;
import weir.core.Bytes;

/** What RabbitMQ's texts call the types of arguments. */
final class FieldTypes {
    private FieldTypes() {}

    static String word(@Nullable Object value) {
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
