package weir.amqp.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import weir.amqp.wire.AmqpException;

/** One queue has one name in Weir, and can be found back by it. */
final class QueueNameTest {
    @ParameterizedTest
    @CsvSource({
        "/,orders,orders",
        "/,orders/eu,orders/eu",
        "/,/orders,/orders",
        "/,//orders,//%2F///orders",
        "/,sns:topic:1,//%2F/sns:topic:1",
        "/,amqp:dead-letters:0,//%2F/amqp:dead-letters:0",
        "/,urn:message,urn:message",
        "shop,orders,//shop/orders",
        "shop,//orders,//shop///orders",
        "a/b c,orders,//a%2Fb%20c/orders",
        "laden-ö,x,//laden-%C3%B6/x",
        "'',x,///x"
    })
    void eachHasItsNameInWeir(String vhost, String name, String inWeir) {
        QueueName queue = new QueueName(vhost, name);
        assertThat(queue.inWeir()).isEqualTo(inWeir);
        assertThat(QueueName.ofWeir(inWeir)).contains(queue);
    }

    @ParameterizedTest
    @ValueSource(strings = {"sns:topic:1", "amqp:active:3", "//shop", "//%2F/orders", "//a b/orders", "//%2f/sns:x"})
    void whatNoClientOfAmqpCanHaveMadeIsNotSeen(String inWeir) {
        assertThat(QueueName.ofWeir(inWeir)).isEmpty();
    }

    @Test
    void noTwoHaveTheSame() {
        SplittableRandom random = new SplittableRandom(7);
        String[] parts = {"/", "//", "%2F", "%", "a", "sns:", "ö", " ", ""};
        for (int i = 0; i < 5_000; i++) {
            QueueName queue = new QueueName(text(random, parts), text(random, parts));
            assertThat(QueueName.ofWeir(queue.inWeir())).as(queue.inWeir()).contains(queue);
        }
    }

    private static String text(SplittableRandom random, String[] parts) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(4); i > 0; i--) {
            text.append(parts[random.nextInt(parts.length)]);
        }
        return text.toString();
    }

    @Test
    void aClientMayNotGiveAReservedName() {
        assertThatThrownBy(() -> new QueueName("/", "amq.mine").check())
                .isInstanceOf(AmqpException.class)
                .hasMessage("queue name 'amq.mine' contains reserved prefix 'amq.*'");
        assertThatThrownBy(() -> new QueueName("shop", "x".repeat(250)).check()).isInstanceOf(AmqpException.class);
    }
}
