package weir.sqs.action;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import weir.core.Bytes;
import weir.core.Message.Header;

/** The digests that SDKs check and throw on, against digests recorded from AWS. */
class DigestTest {
    private static Header text(String name, String value) {
        return new Header(name, "String", Bytes.utf8(value));
    }

    @Test
    void digestOfAttributesIsAwsOwn() {
        var three = List.of(text("Help.Me", "Me"), text("Hello", "There"), text("General", "Kenobi"));
        assertThat(MessageAttributes.md5(three)).isEqualTo("4c360f3fdafd970e05fae2f149d997f5");
        assertThat(MessageAttributes.md5(three.subList(1, 3))).isEqualTo("fca026605781cb4126a1e9044df24232");
    }

    @Test
    void digestOfTheTraceHeaderIsAwsOwn() {
        var trace =
                text("AWSTraceHeader", "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1");
        assertThat(MessageAttributes.md5(List.of(trace))).isEqualTo("5ae4d5d7636402d80f4eb6d213245a88");
    }

    @Test
    void customTypeIsPartOfTheDigestAndBinaryIsMarkedSo() {
        Bytes value = Bytes.utf8("1");
        assertThat(List.of("Number", "Number.int", "String", "Binary", "Binary.gif"))
                .extracting(type -> MessageAttributes.md5(List.of(new Header("a", type, value))))
                .doesNotHaveDuplicates();
    }

    @Test
    void nothingHasNoDigest() {
        assertThat(MessageAttributes.md5(List.of())).isNull();
    }
}
