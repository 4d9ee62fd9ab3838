package weir.amqp.topology.match;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import weir.core.Bytes;

/**
 * What a headers exchange's binding wants of a message.
 *
 * @param any whether one of the headers is enough
 * @param wanted by name, in the form of {@link #form}; {@link AnyValue#PRESENT} where any value will do
 */
public record HeaderPattern(boolean any, List<Wanted> wanted) {
    /** The argument that says how. */
    public static final String X_MATCH = "x-match";

    /** In the place of a value. */
    enum AnyValue {
        /** The header has to be there. */
        PRESENT
    }

    /** @param value {@link AnyValue#PRESENT}, or what the header has to be */
    public record Wanted(String name, Object value) {}

    public HeaderPattern {
        wanted = List.copyOf(wanted);
    }

    /** @param arguments of a binding whose {@code x-match}, if any, is one of the four */
    public static HeaderPattern of(Map<String, @Nullable Object> arguments) {
        Object match = arguments.get(X_MATCH);
        boolean withX = "all-with-x".equals(match) || "any-with-x".equals(match);
        SortedMap<String, Object> sorted = new TreeMap<>();
        arguments.forEach((name, value) -> {
            if (withX ? !name.equals(X_MATCH) : !name.startsWith("x-")) {
                sorted.put(name, value == null ? AnyValue.PRESENT : form(value));
            }
        });
        List<Wanted> wanted = new ArrayList<>(sorted.size());
        sorted.forEach((name, value) -> wanted.add(new Wanted(name, value)));
        return new HeaderPattern("any".equals(match) || "any-with-x".equals(match), wanted);
    }

    boolean matches(Map<String, @Nullable Object> headers) {
        return any
                ? wanted.stream().anyMatch(each -> has(headers, each))
                : wanted.stream().allMatch(each -> has(headers, each));
    }

    private static boolean has(Map<String, @Nullable Object> headers, Wanted wanted) {
        if (wanted.value instanceof AnyValue) {
            return headers.containsKey(wanted.name);
        }
        Object value = headers.get(wanted.name);
        return value != null && form(value).equals(wanted.value);
    }

    /** Numbers of every width are one kind, those with a fraction another; text is its bytes. */
    static Object form(Object value) {
        return switch (value) {
            case Byte _, Short _, Integer _ -> ((Number) value).longValue();
            case Float number -> number.doubleValue();
            case Bytes bytes -> bytes.utf8();
            default -> value;
        };
    }
}
