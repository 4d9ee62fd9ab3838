package weir.amqp.wire;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;
import weir.core.Bytes;

/** Reads a field table with RabbitMQ's letters for types. What is nested too deep or holds too much is a syntax error. */
final class TableReader {
    private int values;

    private TableReader() {}

    /** @param table what follows the table's length */
    static FieldTable read(Bytes table) throws AmqpException {
        return table.length() == 0 ? FieldTable.EMPTY : new TableReader().table(table, 0);
    }

    /** Of several values for one name the first counts, as in RabbitMQ. */
    private FieldTable table(Bytes bytes, int depth) throws AmqpException {
        checkDepth(depth);
        FieldReader in = new FieldReader(bytes);
        SequencedMap<String, @Nullable Object> entries = new LinkedHashMap<>();
        while (in.remaining() > 0) {
            String name = in.shortText();
            @Nullable Object value = value(in, depth);
            if (!entries.containsKey(name)) {
                entries.put(name, value);
            }
        }
        return FieldTable.decoded(entries);
    }

    private List<@Nullable Object> array(Bytes bytes, int depth) throws AmqpException {
        checkDepth(depth);
        FieldReader in = new FieldReader(bytes);
        List<@Nullable Object> items = new ArrayList<>();
        while (in.remaining() > 0) {
            items.add(value(in, depth));
        }
        return Collections.unmodifiableList(items);
    }

    private @Nullable Object value(FieldReader in, int depth) throws AmqpException {
        if (++values > WireLimits.TABLE_VALUES_MAX) {
            throw new AmqpException(
                    ErrorCode.SYNTAX_ERROR, "a table holds more than " + WireLimits.TABLE_VALUES_MAX + " values");
        }
        int type = in.u8();
        return switch (type) {
            case 'S' -> text(in.longBytes());
            case 'I' -> in.i32();
            case 'l', 'L' -> in.i64();
            case 't' -> in.u8() != 0;
            case 'T' -> instant(in.i64());
            case 'F' -> table(in.longBytes(), depth + 1);
            case 'A' -> array(in.longBytes(), depth + 1);
            case 'b' -> (byte) in.u8();
            case 'B' -> in.u8();
            case 's' -> (short) in.u16();
            case 'u' -> in.u16();
            case 'i' -> in.u32();
            case 'f' -> Float.intBitsToFloat(in.i32());
            case 'd' -> Double.longBitsToDouble(in.i64());
            case 'D' -> decimal(in.u8(), in.i32());
            case 'x' -> Bytes.of(in.longBytes().toArray()); // Not a slice: a table may outlive what was read with it.
            case 'V' -> null;
            default ->
                throw new AmqpException(ErrorCode.SYNTAX_ERROR, "a table field has the unknown type code " + type);
        };
    }

    /** Some clients send byte strings as text; what is none stays bytes, so that nothing of it is lost. */
    private static Object text(Bytes bytes) {
        String text = bytes.utf8();
        return FieldReader.isUtf8(text, bytes) ? text : Bytes.of(bytes.toArray());
    }

    private static BigDecimal decimal(int scale, int unscaled) {
        return new BigDecimal(BigInteger.valueOf(unscaled), scale);
    }

    /** Some clients send nanoseconds, which no Instant holds. */
    static Instant instant(long seconds) {
        return Instant.ofEpochSecond(Math.clamp(seconds, Instant.MIN.getEpochSecond(), Instant.MAX.getEpochSecond()));
    }

    private static void checkDepth(int depth) throws AmqpException {
        if (depth > WireLimits.TABLE_DEPTH_MAX) {
            throw new AmqpException(
                    ErrorCode.SYNTAX_ERROR, "tables are nested deeper than " + WireLimits.TABLE_DEPTH_MAX);
        }
    }
}
