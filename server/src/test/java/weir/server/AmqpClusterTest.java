package weir.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static weir.server.AmqpNodes.bytes;
import static weir.server.AmqpNodes.publish;
import static weir.server.AmqpNodes.text;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.Delivery;
import com.rabbitmq.client.GetResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** RabbitMQ's clients at three nodes that are one broker. What they see when one is lost is in {@link AmqpLostNodeTest}. */
class AmqpClusterTest {
    private static final int SECONDS_MAX = 60;

    @RegisterExtension
    static final AmqpNodes CLUSTER = new AmqpNodes();

    private String queue = "";

    @BeforeEach
    void name() {
        queue = CLUSTER.name();
    }

    private static Delivery next(BlockingQueue<Delivery> deliveries) throws InterruptedException {
        Delivery delivery = deliveries.poll(SECONDS_MAX, TimeUnit.SECONDS);
        assertThat(delivery).as("a delivery").isNotNull();
        return Objects.requireNonNull(delivery);
    }

    private static BlockingQueue<Delivery> consume(Channel on, String queue) throws IOException {
        BlockingQueue<Delivery> deliveries = new LinkedBlockingQueue<>();
        on.basicConsume(queue, true, (_, delivery) -> deliveries.add(delivery), _ -> {});
        return deliveries;
    }

    // ---- Definitions

    @Test
    void whatIsMadeAtOneNodeIsAtOnceThereAtTheOthers() throws Exception {
        Channel one = CLUSTER.channel(1);
        Channel two = CLUSTER.channel(2);
        Channel three = CLUSTER.channel(3);
        List<String> returned = new ArrayList<>();
        three.addReturnListener((code, _, _, key, _, _) -> returned.add(code + " " + key));
        for (int i = 0; i < 5; i++) {
            String name = queue + i;
            one.queueDeclare(name, true, false, false, null);
            publish(three, "", name, "by name");
            two.exchangeDeclare(name, "fanout", true);
            one.queueBind(name, name, "");
            publish(three, name, "", "by binding");
            assertThat(text(two.basicGet(name, true).getBody())).isEqualTo("by name");
            assertThat(text(two.basicGet(name, true).getBody())).isEqualTo("by binding");
        }
        assertThat(returned).isEmpty();
    }

    @Test
    void aQueueThatIsDeletedAtOneNodeCancelsTheConsumersOfAnother() throws Exception {
        Channel one = CLUSTER.channel(1);
        Channel two = CLUSTER.channel(2);
        one.queueDeclare(queue, true, false, false, null);
        CompletableFuture<String> cancelled = new CompletableFuture<>();
        String tag = two.basicConsume(queue, true, (_, _) -> {}, cancelled::complete);
        one.queueDelete(queue);
        assertThat(cancelled.get(SECONDS_MAX, TimeUnit.SECONDS)).isEqualTo(tag);
    }

    @Test
    void anExclusiveQueueIsItsConnectionsAloneAtEveryNode() throws Exception {
        Connection owner = CLUSTER.connect(1);
        owner.createChannel().queueDeclare(queue, false, true, false, null);
        assertThatThrownBy(() -> CLUSTER.channel(2).queueDeclarePassive(queue))
                .rootCause()
                .hasMessageContaining("RESOURCE_LOCKED - cannot obtain exclusive access to locked queue '" + queue);
        owner.close();
        assertThatThrownBy(() -> CLUSTER.channel(2).queueDeclarePassive(queue))
                .rootCause()
                .hasMessageContaining("NOT_FOUND");
    }

    @Test
    void anAutoDeleteQueueGoesWithItsLastConsumerAtWhicheverNode() throws Exception {
        Channel one = CLUSTER.channel(1);
        Channel two = CLUSTER.channel(2);
        one.queueDeclare(queue, false, false, true, null);
        String first = one.basicConsume(queue, (_, _) -> {}, _ -> {});
        String second = two.basicConsume(queue, (_, _) -> {}, _ -> {});
        one.basicCancel(first);
        CLUSTER.channel(3).queueDeclarePassive(queue);
        two.basicCancel(second);
        assertThatThrownBy(() -> CLUSTER.channel(3).queueDeclarePassive(queue))
                .rootCause()
                .hasMessageContaining("NOT_FOUND");
    }

    @Test
    void consumersAreCountedAtAllNodes() throws Exception {
        Channel one = CLUSTER.channel(1);
        one.queueDeclare(queue, true, false, false, null);
        Channel two = CLUSTER.channel(2);
        String first = two.basicConsume(queue, (_, _) -> {}, _ -> {});
        Channel three = CLUSTER.channel(3);
        String second = three.basicConsume(queue, (_, _) -> {}, _ -> {});
        assertThat(one.queueDeclarePassive(queue).getConsumerCount()).isEqualTo(2);
        assertThat(two.consumerCount(queue)).isEqualTo(2);
        assertThatThrownBy(() -> CLUSTER.channel(1).queueDelete(queue, true, false))
                .rootCause()
                .hasMessageContaining("PRECONDITION_FAILED - queue '" + queue + "' in vhost '/' in use");
        two.basicCancel(first);
        three.basicCancel(second);
        one.queueDelete(queue, true, false);
        assertThatThrownBy(() -> CLUSTER.channel(3).queueDeclarePassive(queue))
                .rootCause()
                .hasMessageContaining("NOT_FOUND");
    }

    @Test
    void anExclusiveConsumerIsAloneAtAllNodes() throws Exception {
        Channel one = CLUSTER.channel(1);
        one.queueDeclare(queue, true, false, false, null);
        Channel two = CLUSTER.channel(2);
        consumeAlone(two);
        assertRefused(() -> consume(CLUSTER.channel(1), queue));
        assertRefused(() -> consumeAlone(CLUSTER.channel(3)));
        two.close();
        BlockingQueue<Delivery> shared = consume(one, queue);
        assertRefused(() -> consumeAlone(CLUSTER.channel(3)));
        publish(one, "", queue, "for whoever is there");
        assertThat(text(next(shared).getBody())).isEqualTo("for whoever is there");
        one.close();
        consumeAlone(CLUSTER.channel(3));
    }

    private void consumeAlone(Channel on) throws IOException {
        on.basicConsume(queue, true, "", false, true, null, (_, _) -> {}, _ -> {});
    }

    private void assertRefused(ThrowingCallable call) {
        assertThatThrownBy(call)
                .rootCause()
                .hasMessageContaining("ACCESS_REFUSED - queue '" + queue + "' in vhost '/' in exclusive use");
    }

    // ---- Direct replies

    @Test
    void aReplyFindsItsWayToAnotherNode() throws Exception {
        Channel asking = CLUSTER.channel(1);
        asking.queueDeclare(queue, true, false, false, null);
        BlockingQueue<Delivery> replies = consume(asking, "amq.rabbitmq.reply-to");
        asking.basicPublish(
                "",
                queue,
                new AMQP.BasicProperties.Builder()
                        .replyTo("amq.rabbitmq.reply-to")
                        .build(),
                bytes("question"));
        Channel answering = CLUSTER.channel(2);
        String address = next(consume(answering, queue)).getProperties().getReplyTo();
        assertThat(CLUSTER.channel(3).queueDeclarePassive(address).getQueue()).isEqualTo(address);
        for (int i = 0; i < 50; i++) {
            AMQP.BasicProperties properties =
                    new AMQP.BasicProperties.Builder().correlationId("c" + i).build();
            answering.basicPublish("", address, properties, bytes("answer " + i));
        }
        for (int i = 0; i < 50; i++) {
            Delivery reply = next(replies);
            assertThat(text(reply.getBody())).isEqualTo("answer " + i);
            assertThat(reply.getProperties().getCorrelationId()).isEqualTo("c" + i);
        }
        asking.close();
        List<String> returned = new ArrayList<>();
        answering.addReturnListener((code, _, _, key, _, _) -> returned.add(code + " " + key));
        publish(answering, "", address, "too late");
        assertThat(returned).containsExactly("312 " + address);
        publish(answering, "", "amq.rabbitmq.reply-to.77.nobody", "to no node");
        assertThat(returned).hasSize(2);
        assertThatThrownBy(() -> CLUSTER.channel(3).queueDeclarePassive(address))
                .rootCause()
                .hasMessageContaining("NOT_FOUND");
    }

    // ---- Consumers

    @Test
    void higherPrioritiesOfConsumersGoFirstAtWhicheverNode() throws Exception {
        Channel one = CLUSTER.channel(1);
        one.queueDeclare(queue, true, false, false, null);
        BlockingQueue<String> got = new LinkedBlockingQueue<>();
        one.basicConsume(queue, true, Map.of("x-priority", -1), (_, _) -> got.add("low"), _ -> {});
        Channel two = CLUSTER.channel(2);
        two.basicConsume(queue, true, Map.of("x-priority", 5), (_, _) -> got.add("high"), _ -> {});
        Channel three = CLUSTER.channel(3);
        publish(three, "", queue, "the first comes when both are known to wait");
        assertThat(got.poll(SECONDS_MAX, TimeUnit.SECONDS)).isNotNull();
        for (int i = 0; i < 20; i++) {
            publish(three, "", queue, "m" + i);
            assertThat(got.poll(SECONDS_MAX, TimeUnit.SECONDS)).isEqualTo("high");
        }
    }

    @Test
    void lowerPrioritiesGetWhatTheHigherHaveNoCreditFor() throws Exception {
        Channel one = CLUSTER.channel(1);
        one.queueDeclare(queue, true, false, false, null);
        BlockingQueue<String> got = new LinkedBlockingQueue<>();
        Channel two = CLUSTER.channel(2);
        two.basicQos(4);
        two.basicConsume(queue, false, Map.of("x-priority", 5), (_, _) -> got.add("high"), _ -> {});
        one.basicConsume(queue, true, Map.of("x-priority", -1), (_, _) -> got.add("low"), _ -> {});
        Channel three = CLUSTER.channel(3);
        String who = "";
        for (int i = 0; !who.equals("high"); i++) { // Until both are known to wait.
            assertThat(i).isLessThan(100);
            publish(three, "", queue, "first " + i);
            who = Objects.requireNonNull(got.poll(SECONDS_MAX, TimeUnit.SECONDS), "the first come");
        }
        for (String expected : List.of("high", "high", "high", "low", "low", "low")) {
            publish(three, "", queue, "for " + expected);
            assertThat(got.poll(SECONDS_MAX, TimeUnit.SECONDS)).isEqualTo(expected);
        }
    }

    @Test
    void consumersOfAllNodesTakeTurns() throws Exception {
        CLUSTER.channel(1).queueDeclare(queue, true, false, false, null);
        BlockingQueue<Integer> got = new LinkedBlockingQueue<>();
        for (int node = 1; node <= AmqpNodes.NODES; node++) {
            int at = node;
            Channel channel = CLUSTER.channel(node);
            channel.basicQos(1);
            channel.basicConsume(
                    queue,
                    false,
                    (_, delivery) -> {
                        got.add(at);
                        channel.basicAck(delivery.getEnvelope().getDeliveryTag(), false);
                    },
                    _ -> {});
        }
        Channel publishing = CLUSTER.channel(1);
        int[] count = new int[AmqpNodes.NODES + 1];
        for (int i = 0; i < 60; i++) {
            publish(publishing, "", queue, "m" + i);
            count[Objects.requireNonNull(got.poll(SECONDS_MAX, TimeUnit.SECONDS))]++;
        }
        assertThat(count[1]).isBetween(10, 30);
        assertThat(count[2]).isBetween(10, 30);
        assertThat(count[3]).isBetween(10, 30);
    }

    @Test
    void oneConsumerOfAllNodesIsActive() throws Exception {
        Channel one = CLUSTER.channel(1);
        one.queueDeclare(queue, true, false, false, Map.of("x-single-active-consumer", true));
        BlockingQueue<Delivery> atOne = consume(one, queue);
        publish(CLUSTER.channel(3), "", queue, "first");
        assertThat(text(next(atOne).getBody())).isEqualTo("first");
        BlockingQueue<Delivery> atTwo = consume(CLUSTER.channel(2), queue);
        for (int i = 0; i < 10; i++) {
            publish(CLUSTER.channel(3), "", queue, "m" + i);
            assertThat(text(next(atOne).getBody())).isEqualTo("m" + i);
        }
        assertThat(atTwo).isEmpty();
        one.close();
        publish(CLUSTER.channel(3), "", queue, "for the next");
        assertThat(text(next(atTwo).getBody())).isEqualTo("for the next");
    }

    @Test
    void basicGetAtAnyNodeSeesWhatWasGivenBackAtAnother() throws Exception {
        Channel one = CLUSTER.channel(1);
        one.queueDeclare(queue, true, false, false, null);
        publish(one, "", queue, "tried");
        for (int attempt = 0; attempt < 4; attempt++) {
            Channel channel = CLUSTER.channel(1 + attempt % AmqpNodes.NODES);
            GetResponse got = channel.basicGet(queue, false);
            assertThat(got.getEnvelope().isRedeliver()).isEqualTo(attempt > 0);
            if (attempt > 0) {
                assertThat(got.getProps().getHeaders()).containsEntry("x-delivery-count", (long) attempt);
            }
            channel.basicReject(got.getEnvelope().getDeliveryTag(), true);
            channel.close(); // Which is answered when it is given back.
        }
    }
}
