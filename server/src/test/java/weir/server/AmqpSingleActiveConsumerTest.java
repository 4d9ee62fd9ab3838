package weir.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** {@code x-single-active-consumer}: one gets everything, and the next takes over when it goes. */
class AmqpSingleActiveConsumerTest {
    @RegisterExtension
    static final AmqpAtServer WEIR = new AmqpAtServer();

    private static String consume(Channel on, String who, BlockingQueue<String> got) throws Exception {
        return on.basicConsume(
                WEIR.name(),
                false,
                (_, delivery) -> {
                    on.basicAck(delivery.getEnvelope().getDeliveryTag(), false);
                    got.add(who + " got " + AmqpAtServer.body(delivery));
                },
                _ -> {});
    }

    @Test
    void nextOneTakesOverWhenTheActiveOneIsCancelledOrLost() throws Exception {
        WEIR.declare(Map.of("x-single-active-consumer", true));
        BlockingQueue<String> got = new LinkedBlockingQueue<>();
        Channel first = WEIR.newChannel();
        String tag = consume(first, "first", got);
        WEIR.publish("1");
        assertThat(AmqpAtServer.next(got)).isEqualTo("first got 1");
        Connection second = WEIR.factory().newConnection();
        consume(second.createChannel(), "second", got);
        for (int i = 2; i < 6; i++) {
            WEIR.publish("" + i);
            assertThat(AmqpAtServer.next(got)).isEqualTo("first got " + i);
        }
        first.basicCancel(tag);
        WEIR.publish("6");
        assertThat(AmqpAtServer.next(got)).isEqualTo("second got 6");
        consume(first, "first", got);
        WEIR.publish("7");
        assertThat(AmqpAtServer.next(got)).as("the active one stays").isEqualTo("second got 7");
        second.abort();
        WEIR.publish("8");
        assertThat(AmqpAtServer.next(got)).isEqualTo("first got 8");
    }

    @Test
    void exclusiveConsumersAndBasicGetAreNotForIt() throws Exception {
        WEIR.declare(Map.of("x-single-active-consumer", true));
        WEIR.assertCloses(
                403,
                "exclusive use",
                on -> on.basicConsume(
                        WEIR.name(), true, "", false, true, null, new com.rabbitmq.client.DefaultConsumer(on)));
        WEIR.assertCloses(405, "single active consumer", on -> on.basicGet(WEIR.name(), true));
    }
}
