package weir.sqs.sns.publish;

import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import weir.sqs.sns.Protocol;
import weir.sqs.sns.delivery.Bodies;
import weir.sqs.wire.SnsError;
import weir.sqs.wire.SnsException;

/** A message that has a text of its own for some protocols: a JSON object of texts, of which one is the default. */
final class MessageStructure {
    private static final String DEFAULT = "default";
    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(PublishQuotas.STRUCTURE_NESTING_MAX)
                    .build())
            .build();

    private MessageStructure() {}

    static Bodies read(String message) {
        String standard = null;
        Map<Protocol, String> own = new EnumMap<>(Protocol.class);
        try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), message)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw unparsable();
            }
            for (String name = parser.nextName(); name != null; name = parser.nextName()) {
                JsonToken token = parser.nextToken();
                if (token != JsonToken.VALUE_STRING) {
                    parser.skipChildren(); // AWS passes over what is no text.
                } else if (name.equals(DEFAULT)) {
                    standard = parser.getString();
                } else {
                    put(own, protocol(name), parser.getString());
                }
            }
            if (parser.nextToken() != null) {
                throw unparsable();
            }
        } catch (JacksonException _) {
            throw unparsable();
        }
        if (standard == null) {
            throw SnsError.invalidParameter("Message Structure - No default entry in JSON message body");
        }
        return new Bodies(standard, own);
    }

    private static @Nullable Protocol protocol(String name) {
        for (Protocol protocol : Protocol.values()) {
            if (protocol.wireName().equals(name)) {
                return protocol;
            }
        }
        return null;
    }

    private static void put(Map<Protocol, String> own, @Nullable Protocol protocol, String text) {
        if (protocol != null) {
            own.put(protocol, text);
        }
    }

    private static SnsException unparsable() {
        return SnsError.invalidParameter("Message Structure - JSON message body failed to parse");
    }
}
