package weir.amqp.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import weir.amqp.wire.FieldTable;
import weir.core.Bytes;

class ArgumentTextTest {
    @Test
    void everyTypeComesBack() {
        Map<String, @Nullable Object> values = new HashMap<>();
        values.put("bool", true);
        values.put("byte", (byte) -1);
        values.put("short", (short) 2);
        values.put("int", 3);
        values.put("long", Long.MIN_VALUE);
        values.put("float", 1.5f);
        values.put("double", Double.NaN);
        values.put("decimal", new BigDecimal("12.340"));
        values.put("text", "a:b{}[]\u00e4\n");
        values.put("bytes", Bytes.of(new byte[] {0, -1}));
        values.put("instant", Instant.ofEpochSecond(1_700_000_000));
        values.put("table", FieldTable.of(Map.of("empty", FieldTable.EMPTY)));
        values.put("list", List.of("a", 1, List.of()));
        values.put("none", null);
        values.put("", "");
        FieldTable table = FieldTable.of(values);
        assertThat(ArgumentText.read(ArgumentText.of(table))).isEqualTo(table);
    }

    /** It is kept for good. */
    @Test
    void theFormIsTheSameForEver() {
        FieldTable table = FieldTable.of(Map.of("x-match", "all", "a", 1, "l", List.of(true)));
        assertThat(ArgumentText.of(table)).isEqualTo("{1:aI1:11:l[t4:true]7:x-matchS3:all}");
    }

    @Test
    void oneValueStandsAlone() {
        assertThat(ArgumentText.ofValue(70_000)).isEqualTo("I5:70000");
        assertThat(ArgumentText.readValue("I5:70000")).isEqualTo(70_000);
        assertThatThrownBy(() -> ArgumentText.readValue("I5:70000V")).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "{1:a", "{1:aI9:1}", "{}x", "I1:1", "{1:aZ1:1}", "{-1:}", "{1:aI1:x}", "{9}"})
    void whatIsNoArgumentsIsRefused(String text) {
        assertThatThrownBy(() -> ArgumentText.read(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void tablesWithinTablesEndSomewhere() {
        FieldTable table = FieldTable.EMPTY;
        for (int i = 0; i < 100; i++) {
            table = FieldTable.of(Map.of("t", table));
        }
        FieldTable deep = table;
        assertThatThrownBy(() -> ArgumentText.of(deep)).isInstanceOf(IllegalArgumentException.class);
    }
}
