package weir.sqs.wire;

import java.io.ByteArrayOutputStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import weir.core.Bytes;
import weir.sqs.wire.Shape.ListOf;
import weir.sqs.wire.Shape.MapOf;
import weir.sqs.wire.Shape.Member;
import weir.sqs.wire.Shape.Structure;

/**
 * Writes the answers of the Query protocol as JSON, for a client that asks for it by {@code Accept: application/json}. This is
 * older than the JSON protocol and unlike it: the XML's outer elements are kept, a map is a list of its entries, and what there
 * is not is null.
 */
public final class QueryJsonAnswer {
    public static final String CONTENT_TYPE = "application/json";

    private QueryJsonAnswer() {}

    public static byte[] result(ServedOperation operation, Fields result, String requestId) {
        var out = new ByteArrayOutputStream(512);
        try (JsonGenerator json = JsonRequest.JSON.createGenerator(ObjectWriteContext.empty(), out)) {
            json.writeStartObject();
            json.writeName(operation.wireName() + "Response");
            json.writeStartObject();
            Structure output = operation.output();
            if (output != null) {
                json.writeName(output.name());
                structure(json, output, result);
            }
            json.writeName("ResponseMetadata");
            json.writeStartObject();
            json.writeStringProperty("RequestId", requestId);
            json.writeEndObject();
            json.writeEndObject();
            json.writeEndObject();
        }
        return out.toByteArray();
    }

    public static byte[] error(SqsException error, String requestId) {
        var out = new ByteArrayOutputStream(256);
        try (JsonGenerator json = JsonRequest.JSON.createGenerator(ObjectWriteContext.empty(), out)) {
            json.writeStartObject();
            json.writeName("Error");
            json.writeStartObject();
            json.writeStringProperty("Code", error.error().code());
            json.writeStringProperty("Message", XmlAnswer.textOf(error));
            json.writeStringProperty("Type", error.error().isSendersFault() ? "Sender" : "Receiver");
            json.writeEndObject();
            json.writeStringProperty("RequestId", requestId);
            json.writeEndObject();
        }
        return out.toByteArray();
    }

    private static void structure(JsonGenerator json, Structure shape, Fields fields) {
        json.writeStartObject();
        for (Member member : shape.members()) {
            json.writeName(nameOf(member));
            value(json, member.shape(), fields.values().get(member.name()));
        }
        json.writeEndObject();
    }

    /** The two lists whose name AWS writes small here. */
    private static String nameOf(Member member) {
        return switch (member.name()) {
            case "Messages" -> "messages";
            case "QueueUrls" -> "queueUrls";
            default -> member.name();
        };
    }

    private static void value(JsonGenerator json, Shape shape, @Nullable Value value) {
        switch (value) {
            case null -> json.writeNull();
            case Value.Text(String text) -> json.writeString(text);
            case Value.Whole(long number) -> json.writeNumber(number);
            case Value.Flag(boolean set) -> json.writeBoolean(set);
            case Value.Blob(Bytes bytes) -> json.writeBinary(bytes.array(), bytes.offset(), bytes.length());
            case Value.Items items -> list(json, shape, items);
            case Fields fields -> named(json, shape, fields);
        }
    }

    private static void list(JsonGenerator json, Shape shape, Value.Items list) {
        if (list.items().isEmpty()) {
            json.writeNull();
            return;
        }
        json.writeStartArray();
        for (Value item : list.items()) {
            value(json, shape instanceof ListOf of ? of.element() : shape, item);
        }
        json.writeEndArray();
    }

    private static void named(JsonGenerator json, Shape shape, Fields fields) {
        if (shape instanceof Structure structure) {
            structure(json, structure, fields);
        } else if (!(shape instanceof MapOf map)) {
            throw new IllegalStateException(shape + " is no structure");
        } else if (fields.isEmpty()) {
            json.writeNull();
        } else {
            json.writeStartArray();
            fields.values().forEach((key, entry) -> {
                json.writeStartObject();
                json.writeStringProperty(map.keyName(), key);
                json.writeName(map.valueName());
                value(json, map.value(), entry);
                json.writeEndObject();
            });
            json.writeEndArray();
        }
    }
}
