package weir.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Delivery;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What becomes of a message for which a queue has no room. */
class AmqpOverflowTest {
    @RegisterExtension
    static final AmqpAtServer WEIR = new AmqpAtServer();

    /** What the publisher of each of these is told, in order. */
    private static List<String> told(String... bodies) throws Exception {
        Channel on = WEIR.newChannel();
        BlockingQueue<String> told = new LinkedBlockingQueue<>();
        on.addConfirmListener((tag, _) -> told.add("ack " + tag), (tag, _) -> told.add("nack " + tag));
        on.confirmSelect();
        List<String> all = new java.util.ArrayList<>();
        for (String body : bodies) {
            on.basicPublish("", WEIR.name(), null, AmqpAtServer.bytes(body));
            all.add(AmqpAtServer.next(told));
        }
        return all;
    }

    @Test
    void publisherIsToldThatAFullQueueRefuses() throws Exception {
        WEIR.declare(Map.of("x-max-length", 2, "x-overflow", "reject-publish"));
        assertThat(told("one", "two", "three")).containsExactly("ack 1", "ack 2", "nack 3");
        assertThat(WEIR.drain(WEIR.name())).containsExactly("one", "two");
        assertThat(told("four")).containsExactly("ack 1");
    }

    @Test
    void oldestMakesRoomUnlessTheQueueSaysOtherwise() throws Exception {
        String dead = WEIR.channel().queueDeclare().getQueue();
        WEIR.declare(Map.of("x-max-length", 2, "x-dead-letter-exchange", "", "x-dead-letter-routing-key", dead));
        assertThat(told("one", "two", "three")).containsExactly("ack 1", "ack 2", "ack 3");
        assertThat(WEIR.drain(WEIR.name())).containsExactly("two", "three");
        assertDied(dead, "one", "maxlen");
    }

    /** As of edition 5, which a server that was started a moment ago comes to while it works. */
    @Test
    void whatIsGivenBackMakesRoomAtOnce() throws Exception {
        String dead = WEIR.channel().queueDeclare().getQueue();
        WEIR.declare(Map.of("x-max-length", 1, "x-dead-letter-exchange", "", "x-dead-letter-routing-key", dead));
        List<String> left = List.of();
        for (int i = 0; i < 2_000 && !left.equals(List.of("two")); i++) {
            told("one");
            long one = WEIR.channel().basicGet(WEIR.name(), false).getEnvelope().getDeliveryTag();
            told("two");
            WEIR.channel().basicNack(one, false, true);
            left = WEIR.drain(WEIR.name());
        }
        assertThat(left).containsExactly("two");
        assertDied(dead, "one", "maxlen");
    }

    @Test
    void whatIsRefusedCanBeADeadLetterToo() throws Exception {
        String dead = WEIR.channel().queueDeclare().getQueue();
        WEIR.declare(Map.of(
                "x-max-length",
                1,
                "x-overflow",
                "reject-publish-dlx",
                "x-dead-letter-exchange",
                "",
                "x-dead-letter-routing-key",
                dead));
        assertThat(told("one", "two")).containsExactly("ack 1", "nack 2");
        assertThat(WEIR.drain(WEIR.name())).containsExactly("one");
        assertDied(dead, "two", "maxlen");
    }

    @Test
    void bytesAreALimitLikeAnyOther() throws Exception {
        WEIR.declare(Map.of("x-max-length-bytes", 1_000, "x-overflow", "reject-publish"));
        assertThat(told("x".repeat(600), "y".repeat(600))).containsExactly("ack 1", "nack 2");
    }

    @Test
    void oneFullQueueOfSeveralRefusesForAll() throws Exception {
        WEIR.declare(Map.of("x-max-length", 1, "x-overflow", "reject-publish"));
        String other = WEIR.channel().queueDeclare().getQueue();
        for (String each : List.of(WEIR.name(), other)) {
            WEIR.channel().queueBind(each, "amq.fanout", "");
        }
        WEIR.publish("amq.fanout", "", new BasicProperties(), "one");
        Channel on = WEIR.newChannel();
        on.confirmSelect();
        on.basicPublish("amq.fanout", "", null, AmqpAtServer.bytes("two"));
        assertThat(on.waitForConfirms(AmqpAtServer.SECONDS_MAX * 1_000L)).isFalse();
        assertThat(WEIR.drain(WEIR.name())).containsExactly("one");
        assertThat(WEIR.drain(other)).as("a refusal undoes nothing").containsExactly("one", "two");
    }

    private static void assertDied(String dead, String body, String reason) throws Exception {
        Delivery letter = AmqpAtServer.next(AmqpAtServer.consume(WEIR.channel(), dead, true));
        assertThat(AmqpAtServer.body(letter)).isEqualTo(body);
        assertThat(letter.getProperties().getHeaders().get("x-first-death-reason"))
                .hasToString(reason);
    }
}
