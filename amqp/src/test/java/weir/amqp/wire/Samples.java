package weir.amqp.wire;

import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import weir.core.Bytes;

/** Random methods, tables and properties from a seed. */
final class Samples {
    private static final List<String> TEXTS = List.of("", "a", "logs", "ä→𝄞", "a.b.c", "x".repeat(255));

    private final SplittableRandom random;

    Samples(long seed) {
        random = new SplittableRandom(seed);
    }

    static List<Class<? extends Method>> methods() {
        List<Class<? extends Method>> types = new ArrayList<>();
        for (Class<?> type : Method.class.getPermittedSubclasses()) {
            types.add(type.asSubclass(Method.class));
        }
        return types;
    }

    Method method() {
        return method(pick(methods()));
    }

    /** With arguments of every width that the wire has for them. */
    Method method(Class<? extends Method> type) {
        RecordComponent[] components = type.getRecordComponents();
        Object[] arguments = Arrays.stream(components).map(this::argument).toArray();
        Class<?>[] types =
                Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
        try {
            return type.getDeclaredConstructor(types).newInstance(arguments);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(type.toString(), e);
        }
    }

    private Object argument(RecordComponent component) {
        Class<?> type = component.getType();
        if (type == boolean.class) {
            return random.nextBoolean();
        }
        if (type == int.class) {
            return random.nextInt(component.getName().startsWith("version") ? 0x100 : 0x10000);
        }
        if (type == long.class) {
            return component.getName().equals("deliveryTag") ? random.nextLong() : random.nextLong(1L << 32);
        }
        if (type == String.class) {
            return pick(TEXTS);
        }
        if (type == Bytes.class) {
            return bytes(random.nextInt(300));
        }
        return table(3);
    }

    Bytes bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return Bytes.of(bytes);
    }

    FieldTable table(int depth) {
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        for (int i = random.nextInt(6); i > 0; i--) {
            values.put("k" + random.nextInt(100), value(depth));
        }
        return FieldTable.of(values);
    }

    private @Nullable Object value(int depth) {
        return switch (random.nextInt(depth == 0 ? 12 : 14)) {
            case 0 -> null;
            case 1 -> random.nextBoolean();
            case 2 -> (byte) random.nextInt();
            case 3 -> (short) random.nextInt();
            case 4 -> random.nextInt();
            case 5 -> random.nextLong();
            case 6 -> (float) random.nextDouble();
            case 7 -> random.nextDouble();
            case 8 -> new BigDecimal(BigInteger.valueOf(random.nextInt()), random.nextInt(256));
            case 9 -> pick(TEXTS).repeat(random.nextInt(3));
            case 10 -> bytes(random.nextInt(40));
            case 11 -> Instant.ofEpochSecond(random.nextInt());
            case 12 -> table(depth - 1);
            default -> {
                List<@Nullable Object> items = new ArrayList<>();
                for (int i = random.nextInt(4); i > 0; i--) {
                    items.add(value(depth - 1));
                }
                yield items;
            }
        };
    }

    Properties properties() {
        PropertiesBuilder builder = new PropertiesBuilder();
        for (Property property : Property.values()) {
            if (random.nextBoolean()) {
                switch (property.kind()) {
                    case TEXT -> builder.text(property, pick(TEXTS));
                    case TIMESTAMP -> builder.timestamp(Instant.ofEpochSecond(random.nextInt(Integer.MAX_VALUE)));
                    case TABLE -> builder.headers(table(2));
                    case OCTET -> {
                        int octet = random.nextInt(256);
                        if (property == Property.PRIORITY) {
                            builder.priority(octet);
                        } else {
                            builder.deliveryMode(octet);
                        }
                    }
                }
            }
        }
        return builder.build();
    }

    <T> T pick(List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }

    int below(int bound) {
        return random.nextInt(bound);
    }
}
