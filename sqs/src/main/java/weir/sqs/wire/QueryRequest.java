package weir.sqs.wire;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import weir.core.Bytes;
import weir.sqs.wire.Shape.ListOf;
import weir.sqs.wire.Shape.MapOf;
import weir.sqs.wire.Shape.Member;
import weir.sqs.wire.Shape.Scalar;
import weir.sqs.wire.Shape.Structure;

/**
 * Reads a request in AWS's Query protocol: form parameters, whose dotted names say where in the tree each value belongs,
 * e.g. {@code SendMessageBatchRequestEntry.2.MessageAttribute.1.Value.StringValue}. What the shape does not have is skipped.
 */
public final class QueryRequest {
    private final Map<String, String> parameters = new LinkedHashMap<>();

    /** @throws SqsException if a parameter is not percent-encoded UTF-8, or there are too many */
    public QueryRequest(Bytes query, Bytes form) {
        add(query);
        add(form);
    }

    public @Nullable String action() {
        return parameters.get("Action");
    }

    /** A parameter that is of no shape, such as the version. */
    public @Nullable String parameter(String name) {
        return parameters.get(name);
    }

    /** @throws SqsException if a value is not of its type */
    public Fields read(Structure shape) {
        Draft draft = new Draft();
        for (Map.Entry<String, String> parameter : parameters.entrySet()) {
            place(draft, shape, parameter.getKey(), 0, parameter.getValue());
        }
        return (Fields) finish(draft, shape);
    }

    private void add(Bytes form) {
        int end = form.offset() + form.length();
        byte[] array = form.array();
        int at = form.offset();
        while (at < end) {
            int next = indexOf(array, '&', at, end);
            int equals = indexOf(array, '=', at, next);
            if (next > at) {
                if (parameters.size() >= WireLimits.VALUES_MAX) {
                    throw SqsError.MALFORMED_INPUT.because(
                            "The request has more than " + WireLimits.VALUES_MAX + " parameters.");
                }
                String value = equals < next ? decode(array, equals + 1, next) : "";
                parameters.put(decode(array, at, equals), value);
            }
            at = next + 1;
        }
    }

    private static int indexOf(byte[] array, char wanted, int from, int end) {
        for (int i = from; i < end; i++) {
            if (array[i] == wanted) {
                return i;
            }
        }
        return end;
    }

    private static String decode(byte[] array, int from, int end) {
        byte[] decoded = new byte[end - from];
        int size = 0;
        boolean ascii = true;
        for (int i = from; i < end; i++) {
            byte b = array[i];
            if (b == '+') {
                b = ' ';
            } else if (b == '%') {
                int high = i + 2 < end ? Character.digit(array[i + 1], 16) : -1;
                int low = i + 2 < end ? Character.digit(array[i + 2], 16) : -1;
                if (high < 0 || low < 0) {
                    throw SqsError.MALFORMED_INPUT.because("A percent sign is not followed by two hexadecimal digits.");
                }
                b = (byte) (high << 4 | low);
                i += 2;
            }
            ascii &= b >= 0;
            decoded[size++] = b;
        }
        if (ascii) {
            return new String(decoded, 0, size, StandardCharsets.ISO_8859_1);
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(decoded, 0, size))
                    .toString();
        } catch (CharacterCodingException _) {
            throw SqsError.MALFORMED_INPUT.because("A parameter is not valid UTF-8.");
        }
    }

    /** A value that is still being put together: its parts may come in any order. */
    private static final class Draft {
        @Nullable
        String text;

        final Map<String, Draft> members = new LinkedHashMap<>();
        final TreeMap<Integer, Draft> items = new TreeMap<>();
    }

    /** Puts the text where the rest of its name, from {@code at} on, says; nowhere if the shape has no such place. */
    private static void place(Draft draft, Shape shape, String name, int at, String text) {
        switch (shape) {
            case Scalar _ -> {
                if (at > name.length()) {
                    draft.text = text;
                }
            }
            case Structure structure -> {
                Member member = at > name.length() ? null : structure.memberOfQuery(segment(name, at));
                if (member != null) {
                    Draft part = draft.members.computeIfAbsent(member.name(), _ -> new Draft());
                    place(part, member.shape(), name, after(name, at), text);
                }
            }
            case ListOf(Shape element, String item) -> {
                int number = numberAt(name, at, item);
                int index = index(name, number);
                if (index >= 0) {
                    place(
                            draft.items.computeIfAbsent(index, _ -> new Draft()),
                            element,
                            name,
                            after(name, number),
                            text);
                }
            }
            case MapOf(String entryName, String keyName, String valueName, Shape value) -> {
                int number = numberAt(name, at, entryName);
                int index = index(name, number);
                int next = after(name, number);
                if (index < 0 || next > name.length()) {
                    return;
                }
                Draft entry = draft.items.computeIfAbsent(index, _ -> new Draft());
                String part = segment(name, next);
                if (part.equals(keyName)) {
                    entry.text = text;
                } else if (part.equals(valueName)) {
                    place(
                            entry.members.computeIfAbsent(valueName, _ -> new Draft()),
                            value,
                            name,
                            after(name, next),
                            text);
                }
            }
        }
    }

    private static String segment(String name, int at) {
        int dot = name.indexOf('.', at);
        return name.substring(at, dot < 0 ? name.length() : dot);
    }

    /** Where the segment after the one at {@code at} begins; past the end of the name if there is none. */
    private static int after(String name, int at) {
        int dot = at > name.length() ? -1 : name.indexOf('.', at);
        return dot < 0 ? name.length() + 1 : dot + 1;
    }

    /** Where an item's number stands: at once if the list is flattened, else behind the word for an item. */
    private static int numberAt(String name, int at, @Nullable String item) {
        if (item == null || at > name.length()) {
            return at;
        }
        return segment(name, at).equals(item) ? after(name, at) : name.length() + 1;
    }

    private static int index(String name, int at) {
        if (at >= name.length()) {
            return -1;
        }
        int index = 0;
        for (int i = at; i < name.length() && name.charAt(i) != '.'; i++) {
            int digit = name.charAt(i) - '0';
            if (digit < 0 || digit > 9 || index > 100_000_000) {
                return -1;
            }
            index = index * 10 + digit;
        }
        return index;
    }

    private static Value finish(Draft draft, Shape shape) {
        return switch (shape) {
            case Scalar scalar -> scalar(scalar, draft.text == null ? "" : draft.text);
            case Structure structure -> {
                Fields fields = new Fields();
                for (Map.Entry<String, Draft> part : draft.members.entrySet()) {
                    Member member = structure.member(part.getKey());
                    if (member != null && !isVoid(part.getValue(), member.shape())) {
                        fields.put(member.name(), finish(part.getValue(), member.shape()));
                    }
                }
                yield fields;
            }
            case ListOf list -> {
                List<Value> items = new ArrayList<>();
                for (Draft item : draft.items.values()) {
                    items.add(finish(item, list.element()));
                }
                yield new Value.Items(items);
            }
            case MapOf map -> {
                Fields fields = new Fields();
                for (Draft entry : draft.items.values()) {
                    Draft given = entry.members.get(map.valueName());
                    if (entry.text != null) {
                        fields.put(entry.text, finish(given == null ? new Draft() : given, map.value()));
                    }
                }
                yield fields;
            }
        };
    }

    /** A scalar that was only named as if it had parts was not given. */
    private static boolean isVoid(Draft draft, Shape shape) {
        return shape instanceof Scalar && draft.text == null;
    }

    private static Value scalar(Scalar scalar, String text) {
        return switch (scalar) {
            case TEXT -> new Value.Text(text);
            case WHOLE -> JsonRequest.whole(text);
            case FLAG -> new Value.Flag(Boolean.parseBoolean(text));
            case BLOB -> JsonRequest.base64(text);
        };
    }
}
