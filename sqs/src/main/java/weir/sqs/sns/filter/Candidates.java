package weir.sqs.sns.filter;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import weir.core.Message.Header;

/** Those parts of one message that a policy names. Nothing else of it is kept. */
final class Candidates {
    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(FilterLimits.BODY_NESTING_MAX)
                    .build())
            .build();

    private final Datum.Members root = new Datum.Members();
    private final Set<PathStep> withValue = Collections.newSetFromMap(new IdentityHashMap<>());

    private Candidates() {}

    Datum.Members root() {
        return root;
    }

    boolean hasValueAt(PathStep place) {
        return withValue.contains(place);
    }

    /** Binary attributes are not looked at, as on AWS. */
    static Candidates ofAttributes(List<Header> attributes, PathStep steps) {
        var candidates = new Candidates();
        for (Header attribute : attributes) {
            PathStep place = place(attribute.name(), steps);
            if (place != null && !isOf("Binary", attribute.type())) {
                put(candidates.root, attribute.name(), candidates.ofAttribute(attribute, place));
            }
        }
        return candidates;
    }

    private static boolean isOf(String type, String dataType) {
        return dataType.equals(type) || dataType.startsWith(type + ".");
    }

    private Datum ofAttribute(Header attribute, PathStep place) {
        String text = attribute.value().utf8();
        if (attribute.type().equals("String.Array")) {
            return ofArray(text, place);
        }
        withValue.add(place);
        Datum.Value number = isOf("Number", attribute.type()) ? Datum.number(text) : null;
        return number != null ? number : new Datum.Text(text);
    }

    /** The elements; none if the text is no JSON array. */
    private Datum ofArray(String text, PathStep place) {
        try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), text)) {
            if (parser.nextToken() == JsonToken.START_ARRAY) {
                Datum items = read(parser, JsonToken.START_ARRAY, place);
                return parser.nextToken() == null ? items : new Datum.Items(List.of());
            }
        } catch (JacksonException _) { // Then nobody can say what it holds.
        }
        return new Datum.Items(List.of());
    }

    /** Empty if the body is no JSON object. */
    static Optional<Candidates> ofBody(String body, PathStep steps) {
        try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), body)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return Optional.empty();
            }
            var candidates = new Candidates();
            candidates.readMembers(parser, candidates.root, steps);
            return parser.nextToken() == null ? Optional.of(candidates) : Optional.empty();
        } catch (JacksonException _) {
            return Optional.empty();
        }
    }

    private void readMembers(JsonParser parser, Datum.Members members, PathStep steps) {
        for (String name = parser.nextName(); name != null; name = parser.nextName()) {
            JsonToken token = parser.nextToken();
            PathStep place = place(name, steps);
            if (place == null) {
                parser.skipChildren();
            } else if (token == JsonToken.START_OBJECT) {
                readMembers(parser, into(members, name), place);
            } else {
                put(members, name, read(parser, token, place));
            }
        }
    }

    private Datum read(JsonParser parser, JsonToken token, PathStep place) {
        if (token == JsonToken.START_OBJECT) {
            Datum.Members members = new Datum.Members();
            readMembers(parser, members, place);
            return members;
        }
        if (token == JsonToken.START_ARRAY) {
            List<Datum> items = new ArrayList<>();
            for (JsonToken next = parser.nextToken(); next != JsonToken.END_ARRAY; next = parser.nextToken()) {
                items.add(read(parser, next, place));
            }
            return new Datum.Items(items);
        }
        withValue.add(place);
        return switch (token) {
            case VALUE_TRUE -> Datum.Constant.TRUE;
            case VALUE_FALSE -> Datum.Constant.FALSE;
            case VALUE_NULL -> Datum.Constant.NULL;
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> numberOf(parser);
            default -> new Datum.Text(parser.getString());
        };
    }

    static Datum.Value numberOf(JsonParser parser) {
        String digits = parser.getString();
        Datum.Value number = Datum.number(digits);
        return number != null ? number : new Datum.LongDecimal(digits);
    }

    private static @Nullable PathStep place(String name, PathStep from) {
        PathStep place = from;
        int start = 0;
        for (int dot = name.indexOf('.'); dot >= 0 && place != null; dot = name.indexOf('.', start)) {
            place = place.then(name.substring(start, dot));
            start = dot + 1;
        }
        return place == null ? null : place.then(name.substring(start));
    }

    private static Datum.Members into(Datum.Members members, String name) {
        return holderOf(members, name).into(name.substring(name.lastIndexOf('.') + 1));
    }

    private static void put(Datum.Members members, String name, Datum datum) {
        holderOf(members, name).add(name.substring(name.lastIndexOf('.') + 1), datum);
    }

    /** The members that hold the last step of a name with dots. */
    private static Datum.Members holderOf(Datum.Members members, String name) {
        Datum.Members holder = members;
        int start = 0;
        for (int dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', start)) {
            holder = holder.into(name.substring(start, dot));
            start = dot + 1;
        }
        return holder;
    }
}
