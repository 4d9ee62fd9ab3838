package weir.amqp.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.Test;
import weir.core.Bytes;

class PropertiesTest {
    /** content-type, headers with an unsigned octet, delivery-mode, expiration. */
    private static final String HEX = "b100" + "0161" + "00000004" + "01614207" + "02" + "023430";

    private static Properties read(String hex) throws AmqpException {
        return Properties.read(Bytes.of(HexFormat.of().parseHex(hex)));
    }

    @Test
    void whatIsNotTouchedStaysByteForByte() throws Exception {
        Properties properties = read(HEX);
        assertThat(properties.expiration()).isEqualTo("40");
        assertThat(properties.headers().get("a")).isEqualTo(7);
        Properties changed = properties
                .change()
                .without(Property.EXPIRATION)
                .text(Property.REPLY_TO, "r")
                .build();
        assertThat(changed.bytes())
                .isEqualTo(
                        Bytes.of(HexFormat.of().parseHex("b200" + "0161" + "00000004" + "01614207" + "02" + "0172")));
        assertThat(properties.change().build().bytes()).isEqualTo(properties.bytes());
    }

    @Test
    void headersAreReplacedAsAWhole() throws Exception {
        Properties properties = read(HEX);
        FieldTable headers = properties.headers().with("x-death", "often").without("a");
        assertThat(properties.change().headers(headers).build().headers().asMap())
                .isEqualTo(Map.of("x-death", "often"));
        assertThat(properties.change().headers(FieldTable.EMPTY).build().has(Property.HEADERS))
                .isFalse();
    }

    @Test
    void valuesThatLieAboutTheirLengthAreRefused() {
        assertThatThrownBy(() -> read("8000" + "0561")).isInstanceOf(AmqpException.class);
        assertThatThrownBy(() -> read("2000" + "7fffffff")).isInstanceOf(AmqpException.class);
        assertThatThrownBy(() -> read("0000" + "00")).isInstanceOf(AmqpException.class);
        assertThatThrownBy(() -> read("00")).isInstanceOf(AmqpException.class);
    }

    @Test
    void headersAreOpenedOnlyWhenAskedFor() throws Exception {
        Properties properties = read("2000" + "00000002" + "ffff");
        assertThat(properties.isPersistent()).isFalse();
        assertThatThrownBy(properties::headers).isInstanceOf(AmqpException.class);
    }

    @Test
    void textThatDoesNotFitIsABugOfWhoeverSetsIt() {
        assertThat(PropertiesBuilder.fits("x".repeat(256))).isFalse();
        assertThatThrownBy(() -> new PropertiesBuilder().text(Property.TYPE, "x".repeat(256)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new PropertiesBuilder().text(Property.PRIORITY, "x"))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
