package weir.amqp.message;

import java.io.StringWriter;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;
import weir.amqp.wire.FieldTable;
import weir.core.Bytes;

/** Tables and arrays within headers as JSON, for fronts whose headers hold no such thing. Bytes are base64. */
final class NestedJson {
    private static final JsonFactory JSON = new JsonFactory();

    private NestedJson() {}

    static String write(Object value) {
        StringWriter text = new StringWriter();
        try (JsonGenerator out = JSON.createGenerator(ObjectWriteContext.empty(), text)) {
            write(out, value);
        }
        return text.toString();
    }

    private static void write(JsonGenerator out, @Nullable Object value) {
        switch (value) {
            case null -> out.writeNull();
            case String text -> out.writeString(text);
            case Boolean truth -> out.writeBoolean(truth);
            case Byte number -> out.writeNumber(number.intValue());
            case Short number -> out.writeNumber(number.intValue());
            case Integer number -> out.writeNumber(number);
            case Long number -> out.writeNumber(number);
            case Float number -> out.writeNumber(number);
            case Double number -> out.writeNumber(number);
            case BigDecimal number -> out.writeNumber(number);
            case Instant instant -> out.writeString(instant.toString());
            case Bytes bytes -> out.writeBinary(bytes.array(), bytes.offset(), bytes.length());
            case FieldTable table -> {
                out.writeStartObject();
                table.asMap().forEach((name, each) -> {
                    out.writeName(name);
                    write(out, each);
                });
                out.writeEndObject();
            }
            case List<?> items -> {
                out.writeStartArray();
                items.forEach(item -> write(out, item));
                out.writeEndArray();
            }
            default -> throw new IllegalStateException("a table held a " + value.getClass());
        }
    }
}
