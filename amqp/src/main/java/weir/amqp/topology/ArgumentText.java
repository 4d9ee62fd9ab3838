package weir.amqp.topology;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import weir.amqp.wire.FieldTable;
import weir.core.Bytes;

/**
 * Arguments as text, for the attributes of a definition and the labels of a queue: sorted by name, with their types, so that equal arguments are equal
 * text. A value is its type's letter on the wire, its length where that is not fixed by a closing letter, a colon and its
 * characters: {@code {7:x-matchS3:all}}.
 *
 * <p>It is kept in the catalog for good, so what is written once must be read ever after.
 */
public final class ArgumentText {
    private static final char NOTHING = 'V';

    private ArgumentText() {}

    static String of(FieldTable arguments) {
        return ofValue(arguments);
    }

    /** One value alone. */
    public static String ofValue(@Nullable Object value) {
        StringBuilder out = new StringBuilder();
        write(out, value, 0);
        return out.toString();
    }

    private static void write(StringBuilder out, @Nullable Object value, int depth) {
        if (depth > TopologyLimits.ARGUMENTS_DEPTH_MAX) {
            throw new IllegalArgumentException(
                    "tables within tables, deeper than " + TopologyLimits.ARGUMENTS_DEPTH_MAX);
        }
        switch (value) {
            case null -> out.append(NOTHING);
            case FieldTable table -> {
                out.append('{');
                new TreeMap<>(table.asMap()).forEach((name, each) -> {
                    sized(out, name);
                    write(out, each, depth + 1);
                });
                out.append('}');
            }
            case List<?> list -> {
                out.append('[');
                list.forEach(each -> write(out, each, depth + 1));
                out.append(']');
            }
            case Boolean it -> scalar(out, 't', it.toString());
            case Byte it -> scalar(out, 'b', it.toString());
            case Short it -> scalar(out, 's', it.toString());
            case Integer it -> scalar(out, 'I', it.toString());
            case Long it -> scalar(out, 'l', it.toString());
            case Float it -> scalar(out, 'f', it.toString());
            case Double it -> scalar(out, 'd', it.toString());
            case BigDecimal it -> scalar(out, 'D', it.toString());
            case String it -> scalar(out, 'S', it);
            case Bytes it -> scalar(out, 'x', Base64.getEncoder().encodeToString(it.toArray()));
            case Instant it -> scalar(out, 'T', it.toString());
            default -> throw new IllegalArgumentException("no argument can be a " + value.getClass());
        }
    }

    private static void scalar(StringBuilder out, char type, String text) {
        out.append(type);
        sized(out, text);
    }

    private static void sized(StringBuilder out, String text) {
        out.append(text.length()).append(':').append(text);
    }

    /** @throws IllegalArgumentException if that is not what {@link #of} has written */
    static FieldTable read(String text) {
        if (readValue(text) instanceof FieldTable table) {
            return table;
        }
        throw new IllegalArgumentException("these are no arguments: " + text);
    }

    /** @throws IllegalArgumentException if that is not what {@link #ofValue} has written */
    public static @Nullable Object readValue(String text) {
        Reading in = new Reading(text);
        Object value = in.value(0);
        if (in.at < text.length()) {
            throw new IllegalArgumentException("this is more than one argument: " + text);
        }
        return value;
    }

    private static final class Reading {
        private final String text;
        private int at;

        Reading(String text) {
            this.text = text;
        }

        private char next() {
            if (at >= text.length()) {
                throw new IllegalArgumentException("the arguments end too early: " + text);
            }
            return text.charAt(at++);
        }

        private boolean ends(char close) {
            if (at < text.length() && text.charAt(at) == close) {
                at++;
                return true;
            }
            return false;
        }

        private String sized() {
            int colon = text.indexOf(':', at);
            if (colon < 0) {
                throw new IllegalArgumentException("the arguments end too early: " + text);
            }
            int length = Integer.parseInt(text.substring(at, colon));
            if (length < 0 || length > text.length() - colon - 1) {
                throw new IllegalArgumentException("the arguments end too early: " + text);
            }
            at = colon + 1 + length;
            return text.substring(colon + 1, at);
        }

        @Nullable
        Object value(int depth) {
            if (depth > TopologyLimits.ARGUMENTS_DEPTH_MAX) {
                throw new IllegalArgumentException("the arguments are too deep");
            }
            char type = next();
            return switch (type) {
                case NOTHING -> null;
                case '{' -> {
                    Map<String, @Nullable Object> table = new LinkedHashMap<>();
                    while (!ends('}')) {
                        String name = sized();
                        table.put(name, value(depth + 1));
                    }
                    yield table.isEmpty() ? FieldTable.EMPTY : FieldTable.of(table);
                }
                case '[' -> {
                    List<@Nullable Object> list = new ArrayList<>();
                    while (!ends(']')) {
                        list.add(value(depth + 1));
                    }
                    yield list;
                }
                default -> scalar(type, sized());
            };
        }

        private static Object scalar(char type, String text) {
            return switch (type) {
                case 't' -> Boolean.valueOf(text);
                case 'b' -> Byte.valueOf(text);
                case 's' -> Short.valueOf(text);
                case 'I' -> Integer.valueOf(text);
                case 'l' -> Long.valueOf(text);
                case 'f' -> Float.valueOf(text);
                case 'd' -> Double.valueOf(text);
                case 'D' -> new BigDecimal(text);
                case 'S' -> text;
                case 'x' -> Bytes.of(Base64.getDecoder().decode(text));
                case 'T' -> Instant.parse(text);
                default -> throw new IllegalArgumentException("an argument of the unknown type " + type);
            };
        }
    }
}
