package weir.sqs.action;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TextTest {
    /** The text is ten times an {@code x}, then what the row gives as UTF-16 code units, then ten times an {@code x}. */
    @ParameterizedTest
    @CsvSource({
        "0020, true, 1",
        "003f, true, 1",
        "007f, true, 1",
        "0009, true, 1",
        "000a, true, 1",
        "000d, true, 1",
        "0000, false, 1",
        "001f, false, 1",
        "0080, true, 2",
        "00ff, true, 2",
        "07ff, true, 2",
        "0800, true, 3",
        "fffd, true, 3",
        "fffe, false, 3",
        "d83d de00, true, 4",
        "d83d, false, 1",
        "de00, false, 1",
        "de00 d83d, false, 2",
    })
    void textIsAllowedIfXmlCanCarryItAndCountsAsUtf8(String units, boolean allowed, int bytes) {
        StringBuilder text = new StringBuilder("x".repeat(10));
        for (String unit : units.split(" ", -1)) {
            text.append((char) Integer.parseInt(unit, 16));
        }
        text.append("x".repeat(10));
        assertThat(Text.isAllowed(text.toString())).isEqualTo(allowed);
        assertThat(Text.utf8Length(text.toString())).isEqualTo(20 + bytes);
    }
}
