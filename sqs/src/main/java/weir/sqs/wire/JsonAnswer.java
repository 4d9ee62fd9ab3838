package weir.sqs.wire;

import java.io.ByteArrayOutputStream;
import java.util.Map;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import weir.core.Bytes;

/** Writes answers in AWS's JSON 1.0 protocol. Empty lists and maps are left out, as AWS does: clients rely on it. */
public final class JsonAnswer {
    public static final String CONTENT_TYPE = "application/x-amz-json-1.0";

    private JsonAnswer() {}

    public static byte[] result(Fields result) {
        var out = new ByteArrayOutputStream(512);
        try (JsonGenerator json = JsonRequest.JSON.createGenerator(ObjectWriteContext.empty(), out)) {
            fields(json, result);
        }
        return out.toByteArray();
    }

    public static byte[] error(SqsException error) {
        return result(new Fields().put("__type", error.error().type()).put("message", error.text()));
    }

    private static void fields(JsonGenerator json, Fields fields) {
        json.writeStartObject();
        for (Map.Entry<String, Value> member : fields.values().entrySet()) {
            if (!isEmpty(member.getValue())) {
                json.writeName(member.getKey());
                value(json, member.getValue());
            }
        }
        json.writeEndObject();
    }

    private static void value(JsonGenerator json, Value value) {
        switch (value) {
            case Value.Text(String text) -> json.writeString(text);
            case Value.Whole(long number) -> json.writeNumber(number);
            case Value.Flag(boolean set) -> json.writeBoolean(set);
            case Value.Blob(Bytes bytes) -> json.writeBinary(bytes.array(), bytes.offset(), bytes.length());
            case Value.Items(var items) -> {
                json.writeStartArray();
                for (Value item : items) {
                    value(json, item);
                }
                json.writeEndArray();
            }
            case Fields fields -> fields(json, fields);
        }
    }

    private static boolean isEmpty(Value value) {
        return switch (value) {
            case Value.Items(var items) -> items.isEmpty();
            case Fields fields -> fields.isEmpty();
            case Value.Text _, Value.Whole _, Value.Flag _, Value.Blob _ -> false;
        };
    }
}
