package weir.sqs.policy;

import java.io.StringWriter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;

/** A JSON text as a tree, its members in the order written. */
public sealed interface Json {
    record Text(String text) implements Json {}

    /** A number, {@code true}, {@code false} or {@code null}, as it was written. */
    record Word(String word) implements Json {}

    record Items(List<Json> items) implements Json {
        public Items {
            items = List.copyOf(items);
        }
    }

    record Members(SequencedMap<String, Json> members) implements Json {
        public Members {
            members = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(members));
        }
    }

    /** A list of texts, or the one text by itself: how policies write either. */
    static Json textOrTexts(List<String> texts) {
        return texts.size() == 1
                ? new Text(texts.getFirst())
                : new Items(texts.stream().<Json>map(Text::new).toList());
    }

    /** @throws PolicyException if it is not JSON, nests too deeply, or has two members of one name */
    static Json parse(String text) throws PolicyException {
        try (JsonParser parser = Format.JSON.createParser(ObjectReadContext.empty(), text)) {
            JsonToken first = parser.nextToken();
            if (first == null) {
                throw new PolicyException("the text is empty");
            }
            Json value = value(parser, first);
            if (parser.nextToken() != null) {
                throw new PolicyException("something follows the document");
            }
            return value;
        } catch (JacksonException e) {
            throw new PolicyException("not JSON: " + e.getOriginalMessage());
        }
    }

    private static Json value(JsonParser parser, JsonToken token) throws PolicyException {
        return switch (token) {
            case START_OBJECT -> {
                SequencedMap<String, Json> members = new LinkedHashMap<>();
                for (String name = parser.nextName(); name != null; name = parser.nextName()) {
                    members.put(name, value(parser, parser.nextToken()));
                }
                yield new Members(members);
            }
            case START_ARRAY -> {
                List<Json> items = new ArrayList<>();
                for (JsonToken next = parser.nextToken(); next != JsonToken.END_ARRAY; next = parser.nextToken()) {
                    items.add(value(parser, next));
                }
                yield new Items(items);
            }
            case VALUE_STRING -> new Text(parser.getString());
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT, VALUE_TRUE, VALUE_FALSE, VALUE_NULL ->
                new Word(parser.getString());
            case END_OBJECT, END_ARRAY, PROPERTY_NAME, VALUE_EMBEDDED_OBJECT, NOT_AVAILABLE ->
                throw new PolicyException("not JSON: " + token);
        };
    }

    /** The text of this tree, without spaces. */
    default String write() {
        StringWriter out = new StringWriter();
        try (JsonGenerator json = Format.JSON.createGenerator(ObjectWriteContext.empty(), out)) {
            write(json, this);
        }
        return out.toString();
    }

    private static void write(JsonGenerator json, Json value) {
        switch (value) {
            case Text(String text) -> json.writeString(text);
            case Word(String word) -> json.writeRawValue(word);
            case Items(List<Json> items) -> {
                json.writeStartArray();
                for (Json item : items) {
                    write(json, item);
                }
                json.writeEndArray();
            }
            case Members(SequencedMap<String, Json> members) -> {
                json.writeStartObject();
                for (Map.Entry<String, Json> member : members.entrySet()) {
                    json.writeName(member.getKey());
                    write(json, member.getValue());
                }
                json.writeEndObject();
            }
        }
    }

    /** How JSON is read here. */
    final class Format {
        private static final JsonFactory JSON = JsonFactory.builder()
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION) // Which of two effects would it be?
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(PolicyLimits.NESTING_MAX)
                        .maxDocumentLength(PolicyLimits.TEXT_CHARS_MAX)
                        .maxStringLength(PolicyLimits.TEXT_CHARS_MAX)
                        .maxNameLength(PolicyLimits.TEXT_CHARS_MAX)
                        .maxNumberLength(100)
                        .build())
                .build();

        private Format() {}
    }
}
