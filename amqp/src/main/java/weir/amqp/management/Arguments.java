package weir.amqp.management;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;
import weir.amqp.wire.FieldTable;
import weir.core.Bytes;

/** Tables of AMQP as JSON, and back: there whole numbers are all long, others double. */
final class Arguments {
    private Arguments() {}

    static SequencedMap<String, @Nullable Object> shown(FieldTable table) {
        SequencedMap<String, @Nullable Object> shown = new LinkedHashMap<>();
        table.asMap().forEach((name, value) -> shown.put(name, shown(value)));
        return shown;
    }

    private static @Nullable Object shown(@Nullable Object value) {
        return switch (value) {
            case FieldTable table -> shown(table);
            case List<?> list -> {
                List<@Nullable Object> items = new ArrayList<>(list.size());
                list.forEach(each -> items.add(shown(each)));
                yield items;
            }
            case Bytes bytes -> Base64.getEncoder().encodeToString(bytes.toArray());
            case Instant instant -> instant.getEpochSecond();
            case BigDecimal decimal -> decimal.doubleValue();
            case null -> null;
            case Object plain -> plain;
        };
    }

    static FieldTable read(Map<?, ?> object) throws Failure {
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        for (Map.Entry<?, ?> each : object.entrySet()) {
            values.put(String.valueOf(each.getKey()), read(each.getValue()));
        }
        return FieldTable.of(values);
    }

    private static Object read(@Nullable Object value) throws Failure {
        return switch (value) {
            case Map<?, ?> map -> read(map);
            case List<?> list -> {
                List<Object> items = new ArrayList<>(list.size());
                for (Object each : list) {
                    items.add(read(each));
                }
                yield items;
            }
            case String text -> text;
            case Boolean truth -> truth;
            case Long number -> number;
            case Double number -> number;
            case null -> throw Failure.badRequest("null_not_allowed");
            case Object other -> throw Failure.badRequest("{unhandled_type," + other + "}");
        };
    }
}
