package weir.sqs.wire;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import weir.core.Bytes;
import weir.sqs.wire.Shape.ListOf;
import weir.sqs.wire.Shape.MapOf;
import weir.sqs.wire.Shape.Member;
import weir.sqs.wire.Shape.Scalar;
import weir.sqs.wire.Shape.Structure;

/** Reads the body of a request in AWS's JSON 1.0 protocol. Members that the shape does not have are skipped unread. */
public final class JsonRequest {
    static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(WireLimits.NESTING_MAX)
                    .maxStringLength(WireLimits.STRING_CHARS_MAX)
                    .maxNameLength(WireLimits.NAME_CHARS_MAX)
                    .maxNumberLength(WireLimits.NUMBER_CHARS_MAX)
                    .build())
            .build();

    private final JsonParser parser;
    private int values;

    private JsonRequest(JsonParser parser) {
        this.parser = parser;
    }

    /** @throws SqsException if the body is not JSON, or not of this shape */
    public static Fields read(Structure shape, Bytes body) {
        if (body.length() == 0) {
            return new Fields();
        }
        try (JsonParser parser =
                JSON.createParser(ObjectReadContext.empty(), body.array(), body.offset(), body.length())) {
            var request = new JsonRequest(parser);
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw malformed("Start of structure or map expected.");
            }
            Fields fields = request.structure(shape);
            if (parser.nextToken() != null) {
                throw malformed("Unexpected content after the request.");
            }
            return fields;
        } catch (JacksonException e) {
            throw malformed("The request is not valid JSON: " + firstLine(e.getOriginalMessage()));
        }
    }

    private Fields structure(Structure shape) {
        Fields fields = new Fields();
        for (String name = parser.nextName(); name != null; name = parser.nextName()) {
            Member member = shape.member(name);
            JsonToken token = parser.nextToken();
            if (member == null) {
                parser.skipChildren();
            } else if (token != JsonToken.VALUE_NULL) {
                fields.put(name, value(member.shape(), token));
            }
        }
        return fields;
    }

    private Value value(Shape shape, JsonToken token) {
        if (++values > WireLimits.VALUES_MAX) {
            throw malformed("The request has more than " + WireLimits.VALUES_MAX + " values.");
        }
        return switch (shape) {
            case Scalar scalar -> scalar(scalar, token);
            case ListOf list -> {
                expect(JsonToken.START_ARRAY, token, "List");
                yield list(list.element());
            }
            case MapOf map -> {
                expect(JsonToken.START_OBJECT, token, "Map");
                yield map(map.value());
            }
            case Structure structure -> {
                expect(JsonToken.START_OBJECT, token, "Structure");
                yield structure(structure);
            }
        };
    }

    private Value list(Shape element) {
        List<Value> items = new ArrayList<>();
        for (JsonToken token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
            items.add(value(element, token));
        }
        return new Value.Items(items);
    }

    private Value map(Shape shape) {
        Fields fields = new Fields();
        for (String name = parser.nextName(); name != null; name = parser.nextName()) {
            fields.put(name, value(shape, parser.nextToken()));
        }
        return fields;
    }

    private Value scalar(Scalar scalar, JsonToken token) {
        return switch (scalar) {
            case TEXT -> {
                expect(JsonToken.VALUE_STRING, token, "String");
                yield new Value.Text(parser.getString());
            }
            case WHOLE -> {
                if (token != JsonToken.VALUE_STRING) { // Some clients send what a user typed.
                    expect(JsonToken.VALUE_NUMBER_INT, token, "Integer");
                }
                yield whole(parser.getString());
            }
            case FLAG -> {
                if (token != JsonToken.VALUE_FALSE) {
                    expect(JsonToken.VALUE_TRUE, token, "Boolean");
                }
                yield new Value.Flag(token == JsonToken.VALUE_TRUE);
            }
            case BLOB -> {
                expect(JsonToken.VALUE_STRING, token, "Blob");
                yield base64(parser.getString());
            }
        };
    }

    static Value whole(String digits) {
        try {
            return new Value.Whole(Long.parseLong(digits));
        } catch (NumberFormatException _) {
            throw malformed("STRING_VALUE cannot be converted to Integer");
        }
    }

    static Value base64(String text) {
        try {
            return new Value.Blob(Bytes.of(Base64.getDecoder().decode(text)));
        } catch (IllegalArgumentException _) {
            throw malformed("Invalid base64 value.");
        }
    }

    private static void expect(JsonToken expected, JsonToken token, String type) {
        if (token != expected) {
            throw malformed(
                    switch (token) {
                        case VALUE_STRING -> "STRING_VALUE cannot be converted to " + type;
                        case VALUE_NUMBER_INT -> "NUMBER_VALUE cannot be converted to " + type;
                        case VALUE_NUMBER_FLOAT -> "DECIMAL_VALUE cannot be converted to " + type;
                        case VALUE_TRUE -> "TRUE_VALUE cannot be converted to " + type;
                        case VALUE_FALSE -> "FALSE_VALUE cannot be converted to " + type;
                        case VALUE_NULL -> "NULL_VALUE cannot be converted to " + type;
                        case START_OBJECT -> "Start of structure or map found where not expected.";
                        case START_ARRAY -> "Start of list found where not expected";
                        case END_OBJECT, END_ARRAY, PROPERTY_NAME, VALUE_EMBEDDED_OBJECT, NOT_AVAILABLE ->
                            "Unexpected token where " + type + " was expected.";
                    });
        }
    }

    private static String firstLine(String message) {
        int end = message.indexOf('\n');
        String line = end < 0 ? message : message.substring(0, end);
        return line.length() <= 200 ? line : line.substring(0, 200);
    }

    private static SqsException malformed(String message) {
        return SqsError.MALFORMED_INPUT.because(message);
    }
}
