package weir.sqs.action;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import weir.core.Bytes;
import weir.core.Message;
import weir.core.Message.Header;

class ForeignMessagesTest {
    private static Header header(String name, String value) {
        return new Header(name, "String", Bytes.utf8(value));
    }

    private static Message shown(Bytes body, Header... headers) {
        return ForeignMessages.shown(new Message(List.of(headers), body));
    }

    @Test
    void whatSqsCouldHaveTakenIsNotTouched() {
        var message = new Message(List.of(header("a", "1"), header("b", "2")), Bytes.utf8("text\n"));
        assertThat(ForeignMessages.shown(message)).isEqualTo(message);
    }

    @Test
    void bodyThatIsNoTextIsBase64AndSaysSo() {
        var expected = new Message(List.of(header("BodyEncoding", "base64")), Bytes.utf8("AP8="));
        assertThat(shown(Bytes.of(new byte[] {0, -1}))).isEqualTo(expected);
        assertThat(shown(Bytes.utf8("\u0001")).body().utf8()).isEqualTo("AQ==");
        assertThat(shown(Bytes.utf8("\uFFFD")).body().utf8()).isEqualTo("\uFFFD");
    }

    @Test
    void headersBeyondTenAreInOneOfThem() {
        List<Header> headers = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            headers.add(header("h" + i, "v" + i));
        }
        List<Header> shown = shown(Bytes.EMPTY, headers.toArray(Header[]::new)).headers();
        assertThat(shown).hasSize(10).startsWith(headers.subList(0, 9).toArray(Header[]::new));
        assertThat(shown.getLast()).isEqualTo(header("mq.headers", "{\"h9\":\"v9\",\"h10\":\"v10\",\"h11\":\"v11\"}"));
        assertThat(shown(Bytes.of(new byte[1]), headers.toArray(Header[]::new)).headers())
                .hasSize(10)
                .contains(header("BodyEncoding", "base64"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"with space", "AWS.x", "", "a..b"})
    void headerWhoseNameNoAttributeCanHaveIsAmongTheRest(String name) {
        assertThat(shown(Bytes.EMPTY, header(name, "v"), header("ok", "v")).headers())
                .containsExactly(header("ok", "v"), header("mq.headers", "{\"" + name + "\":\"v\"}"));
    }

    @Test
    void valueThatNoAttributeCanHaveIsAmongTheRest() {
        assertThat(shown(Bytes.EMPTY, header("empty", ""), header("control", "\u0001"), header("none", "\uFFFF"))
                        .headers())
                .containsExactly(header("mq.headers", "{\"empty\":\"\",\"control\":\"\\u0001\",\"none\":\"\\uffff\"}"));
        var binary = new Header("with space", "Binary", Bytes.of(new byte[] {-1}));
        assertThat(shown(Bytes.EMPTY, binary).headers())
                .containsExactly(header("mq.headers", "{\"with space\":\"/w==\"}"));
    }

    @Test
    void whatIsAFrontsOwnIsNotShown() {
        assertThat(shown(Bytes.EMPTY, new Header("x", "kafka.internal", Bytes.EMPTY))
                        .headers())
                .isEmpty();
    }
}
