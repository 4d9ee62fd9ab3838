package weir.sqs.wire;

import java.io.ByteArrayOutputStream;
import java.util.Base64;
import java.util.List;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import weir.core.Bytes;
import weir.sqs.wire.Shape.ListOf;
import weir.sqs.wire.Shape.MapOf;
import weir.sqs.wire.Shape.Member;
import weir.sqs.wire.Shape.Structure;

/**
 * Writes the answers of the Query protocol as JSON that has the XML's elements as they are: those of one name are an array, and
 * one alone is none. That is not AWS's ({@link QueryJsonAnswer}), but what tools for developers know from LocalStack.
 */
public final class XmlAsJsonAnswer {
    private final JsonGenerator json;

    private XmlAsJsonAnswer(JsonGenerator json) {
        this.json = json;
    }

    public static byte[] result(ServedOperation operation, Fields result, String requestId) {
        return write(json -> {
            json.writeName(operation.wireName() + "Response");
            json.writeStartObject();
            Structure output = operation.output();
            if (output != null) {
                json.writeName(output.name());
                new XmlAsJsonAnswer(json).structure(output, result);
            }
            json.writeName("ResponseMetadata");
            json.writeStartObject();
            json.writeStringProperty("RequestId", requestId);
            json.writeEndObject();
            json.writeEndObject();
        });
    }

    public static byte[] error(ServiceException error, String requestId) {
        return write(json -> {
            json.writeName("ErrorResponse");
            json.writeStartObject();
            json.writeName("Error");
            json.writeStartObject();
            json.writeStringProperty("Type", error.isSendersFault() ? "Sender" : "Receiver");
            json.writeStringProperty("Code", error.code());
            json.writeStringProperty("Message", XmlAnswer.textOf(error));
            json.writeEndObject();
            json.writeStringProperty("RequestId", requestId);
            json.writeEndObject();
        });
    }

    private interface Content {
        void write(JsonGenerator json);
    }

    private static byte[] write(Content content) {
        var out = new ByteArrayOutputStream(512);
        try (JsonGenerator json = JsonRequest.JSON.createGenerator(ObjectWriteContext.empty(), out)) {
            json.writeStartObject();
            content.write(json);
            json.writeEndObject();
        }
        return out.toByteArray();
    }

    private void structure(Structure shape, Fields fields) {
        json.writeStartObject();
        fields.values().forEach((name, value) -> {
            Member member = shape.member(name);
            if (member == null) {
                throw new IllegalStateException(shape.name() + " has no " + name);
            }
            elements(member.queryName(), member.shape(), value);
        });
        json.writeEndObject();
    }

    private void elements(String name, Shape shape, Value value) {
        switch (value) {
            case Value.Items(var items)
            when shape instanceof ListOf list ->
                several(
                        name,
                        items.stream()
                                .<Runnable>map(item -> () -> one(list.element(), item))
                                .toList());
            case Fields fields
            when shape instanceof MapOf map ->
                several(
                        name,
                        fields.values().entrySet().stream()
                                .<Runnable>map(entry -> () -> entry(map, entry.getKey(), entry.getValue()))
                                .toList());
            case Value single -> several(name, List.of(() -> one(shape, single)));
        }
    }

    private void several(String name, List<Runnable> elements) {
        if (elements.isEmpty()) {
            return;
        }
        json.writeName(name);
        if (elements.size() > 1) {
            json.writeStartArray();
        }
        elements.forEach(Runnable::run);
        if (elements.size() > 1) {
            json.writeEndArray();
        }
    }

    private void entry(MapOf map, String key, Value value) {
        json.writeStartObject();
        json.writeStringProperty(map.keyName(), key);
        elements(map.valueName(), map.value(), value);
        json.writeEndObject();
    }

    /** Everything but a structure is text, as in XML. */
    private void one(Shape shape, Value value) {
        switch (value) {
            case Value.Text(String text) -> json.writeString(text);
            case Value.Whole(long number) -> json.writeString(Long.toString(number));
            case Value.Flag(boolean set) -> json.writeString(Boolean.toString(set));
            case Value.Blob(Bytes bytes) -> json.writeString(Base64.getEncoder().encodeToString(bytes.toArray()));
            case Fields fields when shape instanceof Structure structure -> structure(structure, fields);
            case Value.Items _, Fields _ -> throw new IllegalStateException("SQS has no lists or maps within others");
        }
    }
}
