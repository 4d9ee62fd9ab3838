package weir.server.cli.ctl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LineTest {
    private static Line line(String text) {
        return Line.of(List.of(text.split(" ")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "set_policy -p v --priority 7 --apply-to=queues name ^q {}",
                "-p v set_policy name --priority=7 ^q {} --apply-to queues",
                "--vhost=v --apply_to queues set_policy name ^q --priority 7 {}"
            })
    void optionsMayStandAnywhere(String text) {
        Line line = line(text);
        assertThat(line.command()).isEqualTo("set_policy");
        assertThat(line.arguments()).containsExactly("name", "^q", "{}");
        assertThat(line.host()).isEqualTo("v");
        assertThat(line.number("priority", 0)).isEqualTo(7);
        assertThat(line.value("apply-to")).contains("queues");
    }

    @Test
    void behindTwoDashesNothingIsAnOption() {
        assertThat(line("add_user -q -- -p --weird").arguments()).containsExactly("-p", "--weird");
        assertThat(line("add_user -q -- -p").isQuiet()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"list_queues --colour", "list_queues --colour=red", "list_queues -p", "list_queues --quiet=yes"})
    void whatIsNoOptionIsWrongUsage(String text) {
        assertThatThrownBy(() -> line(text)).isInstanceOfSatisfying(CtlFailure.class, e -> assertThat(e.exitCode())
                .isEqualTo(CtlFailure.USAGE));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            "text"                        | text
            12                            | 12
            true                          | true
            null                          | ``
            []                            | []
            {}                            | []
            ["a","b"]                     | [a, b]
            {"x":1,"y":"z"}               | [{"x",1},{"y","z"}]
            {"a":{"b":true},"c":""}       | [{"a",[{"b",true}]},{"c",[]}]
            {"q":"a\\"b"}                 | [{"q","a\\"b"}]
            """)
    void valuesArePrintedAsErlangsTerms(String json, String text) {
        assertThat(ErlangText.cell(Node.JSON.readTree(json))).isEqualTo(text);
    }
}
