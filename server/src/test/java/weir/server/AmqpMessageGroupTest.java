package weir.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Delivery;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** {@code x-group-id}: messages of one group are handled in order and one at a time, by any number of consumers. */
class AmqpMessageGroupTest {
    @RegisterExtension
    static final AmqpAtServer WEIR = new AmqpAtServer();

    private static void publish(String group, String... bodies) throws Exception {
        WEIR.publish("", WEIR.name(), AmqpAtServer.headers(Map.of("x-group-id", group)), bodies);
    }

    /** What one of several consumers was given. */
    private record Given(Channel on, Delivery delivery) {
        String body() {
            return AmqpAtServer.body(delivery);
        }

        void acknowledge() throws IOException {
            on.basicAck(delivery.getEnvelope().getDeliveryTag(), false);
        }
    }

    @Test
    void groupIsLockedWhileOneOfItIsHeldAndOthersGoOn() throws Exception {
        WEIR.declare(Map.of("x-group-id", true));
        BlockingQueue<Given> given = new LinkedBlockingQueue<>();
        for (int i = 0; i < 3; i++) {
            Channel on = WEIR.newChannel();
            on.basicQos(1);
            on.basicConsume(WEIR.name(), false, (_, delivery) -> given.add(new Given(on, delivery)), _ -> {});
        }
        publish("a", "a1", "a2");
        publish("b", "b1");
        Given one = AmqpAtServer.next(given);
        Given other = AmqpAtServer.next(given);
        assertThat(List.of(one.body(), other.body())).containsExactlyInAnyOrder("a1", "b1");
        assertThat(WEIR.ready(WEIR.name()))
                .as("a2 waits, though a consumer has room")
                .isEqualTo(1);
        (one.body().equals("a1") ? one : other).acknowledge();
        assertThat(AmqpAtServer.next(given).body()).isEqualTo("a2");
    }

    @Test
    void whatIsGivenBackComesAgainBeforeTheRestOfItsGroup() throws Exception {
        WEIR.declare(Map.of("x-group-id", true));
        publish("a", "a1", "a2", "a3");
        for (int i = 0; i < 2; i++) {
            var got = WEIR.channel().basicGet(WEIR.name(), false);
            assertThat(AmqpAtServer.text(got.getBody())).isEqualTo("a1");
            WEIR.channel().basicNack(got.getEnvelope().getDeliveryTag(), false, true);
        }
        assertThat(WEIR.drain(WEIR.name())).containsExactly("a1", "a2", "a3");
    }

    @Test
    void routingKeyIsTheGroupWhereTheQueueSaysSo() throws Exception {
        WEIR.declare(Map.of("x-group-id", "routing-key"));
        WEIR.channel().queueBind(WEIR.name(), "amq.topic", "#");
        WEIR.publish("amq.topic", "k1", AmqpAtServer.headers(Map.of()), "k1 first", "k1 second");
        WEIR.publish("amq.topic", "k2", AmqpAtServer.headers(Map.of()), "k2 first");
        var held = WEIR.channel().basicGet(WEIR.name(), false);
        assertThat(AmqpAtServer.text(held.getBody())).isEqualTo("k1 first");
        assertThat(WEIR.drain(WEIR.name())).containsExactly("k2 first");
        WEIR.channel().basicAck(held.getEnvelope().getDeliveryTag(), false);
        assertThat(WEIR.drain(WEIR.name())).containsExactly("k1 second");
    }

    @Test
    void groupsAndPrioritiesExcludeEachOther() throws Exception {
        WEIR.assertCloses(
                406,
                "x-max-priority conflicts with x-group-id",
                on -> on.queueDeclare("both", true, false, false, Map.of("x-group-id", true, "x-max-priority", 5)));
    }
}
