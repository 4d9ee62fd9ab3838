package weir.amqp.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import weir.amqp.wire.PropertiesBuilder;
import weir.core.Bytes;
import weir.core.codec.CorruptDataException;

class StoredMessageTest {
    private static final String GOLDEN = "0178" + "02726b" + "03100002" + "616263";

    private static final StoredMessage MESSAGE =
            new StoredMessage("x", "rk", new PropertiesBuilder().deliveryMode(2).build(), Bytes.utf8("abc"));

    @Test
    void storedBytesStayAsTheyAre() {
        assertThat(HexFormat.of().formatHex(MESSAGE.encode().toArray())).isEqualTo(GOLDEN);
        assertThat(StoredMessage.decode(Bytes.of(HexFormat.of().parseHex(GOLDEN))))
                .isEqualTo(MESSAGE);
    }

    @Test
    void readingCopiesNothing() {
        Bytes payload = MESSAGE.encode();
        assertThat(StoredMessage.decode(payload).body().array()).isSameAs(payload.array());
        assertThat(MESSAGE.readProperties().isPersistent()).isTrue();
    }

    @Test
    void whatIsNoStoredMessageIsSaidToBeCorrupt() {
        Bytes payload = MESSAGE.encode();
        assertThatThrownBy(() -> StoredMessage.decode(payload.slice(0, 4))).isInstanceOf(CorruptDataException.class);
        Bytes broken = Bytes.of(HexFormat.of().parseHex("0000" + "01ff"));
        assertThatThrownBy(() -> StoredMessage.decode(broken).readProperties())
                .isInstanceOf(CorruptDataException.class);
        assertThatThrownBy(() -> new AmqpFormat().read(broken, 0)).isInstanceOf(CorruptDataException.class);
    }
}
