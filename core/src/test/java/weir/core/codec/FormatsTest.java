package weir.core.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import weir.core.Bytes;
import weir.core.Message;

class FormatsTest {
    private static final Message PLAIN = new Message(List.of(), Bytes.utf8("b"));

    /** The payload is the body. */
    private record Bare(int code) implements MessageFormat {
        @Override
        public Message read(Bytes payload, int index) {
            return new Message(List.of(), payload.slice(index, 1));
        }
    }

    @Test
    void eachFormatIsReadByItsOwn() {
        Formats formats = Formats.of(List.of(new Bare(7)));
        assertThat(formats.read(7, Bytes.utf8("ab"), 1)).isEqualTo(PLAIN);
        assertThat(formats.read(Message.FORMAT, MessageCodec.encode(PLAIN), 0)).isEqualTo(PLAIN);
    }

    @Test
    void formatThatNobodyKnowsIsNamed() {
        assertThatThrownBy(() -> Formats.PLAIN.read(7, Bytes.EMPTY, 0))
                .isInstanceOf(CorruptDataException.class)
                .hasMessage("no reader here for payload format 7");
    }

    @Test
    void twoFormatsOfOneCodeAreRefused() {
        assertThatThrownBy(() -> Formats.of(List.of(new Bare(7), new Bare(7))))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Formats.of(List.of(new Bare(Message.FORMAT))))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
