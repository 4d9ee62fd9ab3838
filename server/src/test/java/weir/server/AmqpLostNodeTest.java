package weir.server;

import static org.assertj.core.api.Assertions.assertThat;
import static weir.server.AmqpNodes.bytes;
import static weir.server.AmqpNodes.text;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Delivery;
import com.rabbitmq.client.GetResponse;
import com.rabbitmq.client.MessageProperties;
import com.rabbitmq.client.Recoverable;
import com.rabbitmq.client.RecoveryListener;
import com.rabbitmq.client.ShutdownSignalException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** One of three nodes is killed (SIGKILL) under RabbitMQ's clients: the one that leads their queues, or the one that they are at. */
@Timeout(value = 200, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class AmqpLostNodeTest {
    private static final int SECONDS_MAX = 90;
    private static final int GROUPS = 5;

    @RegisterExtension
    static final AmqpNodes CLUSTER = new AmqpNodes();

    /** What was found to be wrong. */
    private final Collection<String> wrong = new ConcurrentLinkedQueue<>();

    private static void awaitThat(String what, Condition condition) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS_MAX);
        while (!condition.holds()) {
            assertThat(System.nanoTime()).as(what).isLessThan(end);
        }
    }

    private interface Condition {
        boolean holds() throws Exception;
    }

    private static boolean isGone(int node, String queue) throws Exception {
        Channel channel = CLUSTER.channel(node);
        try {
            channel.queueDeclarePassive(queue);
            return false;
        } catch (IOException e) {
            return e.getCause() instanceof ShutdownSignalException closed
                    && String.valueOf(closed.getMessage()).contains("NOT_FOUND");
        } finally {
            channel.getConnection().abort();
        }
    }

    private static Delivery next(BlockingQueue<Delivery> deliveries) throws InterruptedException {
        Delivery delivery = deliveries.poll(SECONDS_MAX, TimeUnit.SECONDS);
        assertThat(delivery).as("a delivery").isNotNull();
        return Objects.requireNonNull(delivery);
    }

    private static void publish(Channel on, String queue, String... bodies) throws Exception {
        on.confirmSelect();
        for (String body : bodies) {
            on.basicPublish("", queue, MessageProperties.PERSISTENT_BASIC, bytes(body));
        }
        on.waitForConfirmsOrDie(TimeUnit.SECONDS.toMillis(SECONDS_MAX));
    }

    /** Its connection is to live on: a lost leader is nothing that a client has to recover from. */
    private Channel lasting(int node) throws Exception {
        Connection connection = CLUSTER.connect(node);
        connection.addShutdownListener(cause -> {
            if (!cause.isInitiatedByApplication()) {
                wrong.add("a connection to node " + node + " has ended: " + cause.getMessage());
            }
        });
        Channel channel = connection.createChannel();
        channel.addShutdownListener(cause -> {
            if (!cause.isInitiatedByApplication()) {
                wrong.add("a channel at node " + node + " has ended: " + cause.getMessage());
            }
        });
        return channel;
    }

    /** Takes and acknowledges, and checks what it is given. */
    private final class Taker {
        private final Set<String> got = ConcurrentHashMap.newKeySet();
        /** The number that comes next in each group. */
        private final Map<String, Integer> nextOf = new HashMap<>();

        void at(int node, String queue, boolean inGroups) throws Exception {
            Channel channel = lasting(node);
            channel.basicQos(20);
            channel.basicConsume(
                    queue,
                    false,
                    (_, delivery) -> {
                        take(delivery, inGroups);
                        channel.basicAck(delivery.getEnvelope().getDeliveryTag(), false);
                    },
                    tag -> wrong.add(tag + " was cancelled"));
        }

        private synchronized void take(Delivery delivery, boolean inGroups) {
            String body = text(delivery.getBody());
            boolean redelivered = delivery.getEnvelope().isRedeliver();
            if (!got.add(body) && !redelivered && !inGroups) { // There it is sent again until it is confirmed.
                wrong.add(body + " came again, and is not flagged");
            }
            Map<String, Object> headers = delivery.getProperties().getHeaders();
            if (redelivered != (headers != null && headers.containsKey("x-acquired-count"))) {
                wrong.add(body + " is redelivered, and does not say how often it was before");
            }
            if (inGroups) {
                String[] parts = body.split(" ", 2);
                int number = Integer.parseInt(parts[1]);
                int expected = nextOf.getOrDefault(parts[0], 0);
                if (number > expected) {
                    wrong.add(body + " came before " + expected);
                }
                nextOf.put(parts[0], Math.max(expected, number + 1));
            }
        }

        boolean hasAll(Set<String> bodies) {
            return got.containsAll(bodies);
        }
    }

    @Test
    void whoPublishesAndConsumesGoesOnWhenTheLeaderIsLost() throws Exception {
        CLUSTER.lead(3);
        Channel one = CLUSTER.channel(1);
        one.queueDeclare("taken", true, false, false, Map.of("x-queue-type", "quorum"));
        one.queueDeclare(
                "dying", true, false, false, Map.of("x-dead-letter-exchange", "", "x-dead-letter-routing-key", "dead"));
        one.queueDeclare("dead", true, false, false, null);
        one.queueDeclare("held", true, false, false, null);
        one.queueDeclare("counted", true, false, false, null);
        one.queueDeclare("tx-1", true, false, false, null);
        one.queueDeclare("tx-2", true, false, false, null);

        // Tried twice before, and held while it happens.
        publish(one, "counted", "tried");
        for (int attempt = 0; attempt < 2; attempt++) {
            one.basicReject(one.basicGet("counted", false).getEnvelope().getDeliveryTag(), true);
        }
        publish(one, "held", "a", "b", "c");
        Channel holding = lasting(2);
        List<Long> held = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            held.add(holding.basicGet("held", false).getEnvelope().getDeliveryTag());
        }

        Taker takes = new Taker();
        takes.at(2, "taken", false);
        Taker ofDead = new Taker();
        ofDead.at(1, "dead", false);
        Channel rejecting = lasting(2);
        rejecting.basicQos(20);
        rejecting.basicConsume(
                "dying",
                false,
                (_, delivery) -> rejecting.basicReject(delivery.getEnvelope().getDeliveryTag(), false),
                tag -> wrong.add(tag + " was cancelled"));
        AmqpPublisher plain = new AmqpPublisher(lasting(1), "taken", Integer::toString);
        AmqpPublisher dying = new AmqpPublisher(lasting(1), "dying", Integer::toString);
        Transactions transactions = new Transactions();
        List<Thread> threads = new ArrayList<>();
        for (Runnable each : List.of(plain, dying, transactions)) {
            threads.add(Thread.ofVirtual().start(each));
        }
        assertThat(plain.awaitConfirmed(150)).isTrue();
        assertThat(dying.awaitConfirmed(100)).isTrue();
        long killed = System.nanoTime();
        CLUSTER.kill(3);
        assertThat(plain.awaitConfirmed(150)).isTrue();
        assertThat(dying.awaitConfirmed(100)).isTrue();
        System.out.println("AmqpLostNodeTest: 150 more confirmed "
                + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - killed) + " ms after the leader was killed; "
                + plain.refused().size() + " not taken");
        plain.end();
        dying.end();
        transactions.ended = true;
        for (Thread thread : threads) {
            assertThat(thread.join(Duration.ofSeconds(SECONDS_MAX)))
                    .as("a client ends")
                    .isTrue();
        }
        assertThat(plain.failure()).isNull();
        assertThat(dying.failure()).isNull();

        for (long tag : held) {
            holding.basicAck(tag, false);
        }
        awaitThat("all that was confirmed comes", () -> takes.hasAll(plain.confirmed()));
        awaitThat("all dead letters come", () -> ofDead.hasAll(dying.confirmed()));
        GetResponse tried = Objects.requireNonNull(CLUSTER.channel(2).basicGet("counted", true));
        assertThat(tried.getProps().getHeaders()).containsEntry("x-delivery-count", 2L);
        holding.close();
        Channel two = CLUSTER.channel(2);
        assertThat(two.queueDeclarePassive("held").getMessageCount()).isZero();
        transactions.check();
        assertThat(wrong).isEmpty();
        CLUSTER.start(3);
        CLUSTER.awaitWhole();
    }

    /** The same number to two queues in one transaction, again and again until it is committed. */
    private static final class Transactions implements Runnable {
        private final Set<String> committed = ConcurrentHashMap.newKeySet();
        private volatile boolean ended;

        @Override
        public void run() {
            for (int number = 0; !ended; number++) {
                String body = Integer.toString(number);
                try {
                    Channel channel = CLUSTER.channel(1);
                    channel.txSelect();
                    channel.basicPublish("", "tx-1", MessageProperties.PERSISTENT_BASIC, bytes(body));
                    channel.basicPublish("", "tx-2", MessageProperties.PERSISTENT_BASIC, bytes(body));
                    channel.txCommit();
                    committed.add(body);
                    channel.getConnection().close();
                } catch (Exception _) { // The channel was closed: nobody knows, so it does not count.
                }
            }
        }

        void check() throws Exception {
            Channel channel = CLUSTER.channel(1);
            assertThat(committed).isNotEmpty();
            for (String queue : List.of("tx-1", "tx-2")) {
                List<String> there = new ArrayList<>();
                for (GetResponse got = channel.basicGet(queue, true);
                        got != null;
                        got = channel.basicGet(queue, true)) {
                    there.add(text(got.getBody()));
                }
                assertThat(there).containsAll(committed).doesNotHaveDuplicates();
            }
        }
    }

    @Test
    void groupsKeepTheirOrderWhenTheLeaderIsLost() throws Exception {
        CLUSTER.lead(3);
        CLUSTER.channel(1).queueDeclare("ordered", true, false, false, Map.of("x-group-id", true));
        Taker takes = new Taker();
        takes.at(1, "ordered", true);
        takes.at(2, "ordered", true);
        Grouped grouped = new Grouped();
        Thread thread = Thread.ofVirtual().start(grouped);
        assertThat(grouped.awaitSent(100)).isTrue();
        CLUSTER.kill(3);
        assertThat(grouped.awaitSent(100)).isTrue();
        grouped.ended = true;
        thread.join();
        awaitThat("all come", () -> takes.hasAll(grouped.sent));
        assertThat(wrong).isEmpty();
        CLUSTER.start(3);
        CLUSTER.awaitWhole();
    }

    /** One number after the other to each group, each until it is confirmed. */
    private final class Grouped implements Runnable {
        private final Set<String> sent = ConcurrentHashMap.newKeySet();
        private final Semaphore confirms = new Semaphore(0);
        private volatile boolean ended;

        @Override
        public void run() {
            try {
                Channel channel = lasting(2);
                channel.confirmSelect();
                for (int number = 0; !ended; number++) {
                    for (int group = 0; group < GROUPS; group++) {
                        send(channel, "g" + group, number);
                    }
                }
            } catch (Exception e) {
                wrong.add("publishing ended: " + e);
            }
        }

        private void send(Channel channel, String group, int number) throws Exception {
            String body = group + " " + number;
            var properties = MessageProperties.PERSISTENT_BASIC
                    .builder()
                    .headers(Map.of("x-group-id", group))
                    .build();
            do {
                channel.basicPublish("", "ordered", properties, bytes(body));
            } while (!channel.waitForConfirms(TimeUnit.SECONDS.toMillis(SECONDS_MAX)));
            sent.add(body);
            confirms.release();
        }

        boolean awaitSent(int more) throws InterruptedException {
            return confirms.tryAcquire(more, SECONDS_MAX, TimeUnit.SECONDS);
        }
    }

    @Test
    void clientsOfALostNodeComeBackThroughAnother() throws Exception {
        CLUSTER.lead(3);
        Channel three = CLUSTER.channel(3);
        three.queueDeclare("work", true, false, false, null);
        three.queueDeclare("placed", true, false, false, null);
        three.queueDeclare("single", true, false, false, Map.of("x-single-active-consumer", true));
        three.queueDeclare("alone", true, false, false, null);
        publish(three, "work", "1", "2", "3", "4", "5");
        publish(three, "placed", "1", "2", "3", "4");
        publish(three, "single", "1", "2", "3");

        // A client that recovers, with an exclusive queue and unsettled deliveries.
        Connection recovering = CLUSTER.connectToAnyOf(1, 2);
        CountDownLatch recovered = new CountDownLatch(1);
        ((Recoverable) recovering).addRecoveryListener(new RecoveryListener() {
            @Override
            public void handleRecovery(Recoverable recoverable) {
                recovered.countDown();
            }

            @Override
            public void handleRecoveryStarted(Recoverable recoverable) {}
        });
        Channel channel = recovering.createChannel();
        channel.basicQos(3);
        BlockingQueue<Delivery> work = consume(channel, "work");
        for (String expected : List.of("1", "2", "3")) {
            assertThat(text(next(work).getBody())).isEqualTo(expected);
        }
        Channel ofOwn = recovering.createChannel();
        ofOwn.queueDeclare("its-own", false, true, false, null);
        BlockingQueue<Delivery> own = consume(ofOwn, "its-own");

        // Clients of the same node that are lost with it.
        Channel lost = CLUSTER.channel(1);
        assertThat(text(lost.basicGet("placed", false).getBody())).isEqualTo("1");
        assertThat(text(lost.basicGet("placed", false).getBody())).isEqualTo("2");
        lost.queueDeclare("left-behind", false, true, false, null);
        lost.queueDeclare("fleeting", false, false, true, null);
        lost.basicConsume("fleeting", true, (_, _) -> {}, _ -> {});
        Channel active = CLUSTER.channel(1);
        active.basicQos(1);
        assertThat(text(next(consume(active, "single")).getBody())).isEqualTo("1");
        BlockingQueue<Delivery> waiting = consume(CLUSTER.channel(2), "single");
        Channel alone = CLUSTER.channel(1);
        alone.basicConsume("alone", false, "", false, true, null, new DefaultConsumer(alone));
        assertThat(refusesAnother("alone")).isTrue();

        long killed = System.nanoTime();
        CLUSTER.kill(1);

        assertThat(recovered.await(SECONDS_MAX, TimeUnit.SECONDS)).isTrue();
        said("recovered", killed);
        publish(three, "its-own", "found again");
        assertThat(text(next(own).getBody())).isEqualTo("found again");
        said("the exclusive queue is back", killed);
        Map<String, Delivery> all = new HashMap<>();
        while (all.size() < 5) {
            Delivery delivery = next(work);
            all.put(text(delivery.getBody()), delivery);
            channel.basicAck(delivery.getEnvelope().getDeliveryTag(), false);
        }
        said("unsettled deliveries are back", killed);
        for (String body : List.of("1", "2", "3")) {
            Delivery again = Objects.requireNonNull(all.get(body));
            assertThat(again.getEnvelope().isRedeliver()).isTrue();
            assertThat(again.getProperties().getHeaders()).containsEntry("x-delivery-count", 1L);
        }
        awaitThat(
                "what a lost client held is ready",
                () -> three.queueDeclarePassive("placed").getMessageCount() == 4);
        for (int i = 1; i <= 4; i++) {
            GetResponse got = three.basicGet("placed", true);
            assertThat(text(got.getBody())).isEqualTo(Integer.toString(i));
            assertThat(got.getEnvelope().isRedeliver()).isEqualTo(i <= 2);
        }
        for (String expected : List.of("1", "2", "3")) {
            assertThat(text(next(waiting).getBody())).isEqualTo(expected);
        }
        said("another consumer is active", killed);
        publish(three, "alone", "for the next one");
        awaitThat("the lost client is not alone any more", () -> !refusesAnother("alone"));
        said("another consumer may be alone", killed);
        BlockingQueue<Delivery> next = new LinkedBlockingQueue<>();
        CLUSTER.channel(2)
                .basicConsume("alone", false, "", false, true, null, (_, got) -> next.add(got), _ -> {}, (_, _) -> {});
        assertThat(text(next(next).getBody())).isEqualTo("for the next one");
        assertThat(refusesAnother("alone")).isTrue();
        awaitThat("the lost client's own queue goes", () -> isGone(2, "left-behind"));
        awaitThat("the queue goes that had its consumers there", () -> isGone(2, "fleeting"));
        said("what it left behind is gone", killed);
        CLUSTER.start(1);
        CLUSTER.awaitWhole();
    }

    /** Whether nobody else may consume, since somebody is alone there. */
    private static boolean refusesAnother(String queue) throws Exception {
        Channel channel = CLUSTER.channel(2);
        try {
            channel.basicConsume(queue, false, new DefaultConsumer(channel));
            return false;
        } catch (IOException e) {
            assertThat(e).cause().hasMessageContainingAll("403", "in exclusive use");
            return true;
        } finally {
            channel.getConnection().abort();
        }
    }

    private static void said(String what, long sinceNanos) {
        System.out.println("AmqpLostNodeTest: " + what + " "
                + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - sinceNanos) + " ms after its node was killed");
    }

    private static BlockingQueue<Delivery> consume(Channel channel, String queue) throws IOException {
        BlockingQueue<Delivery> deliveries = new LinkedBlockingQueue<>();
        channel.basicConsume(queue, false, (_, delivery) -> deliveries.add(delivery), _ -> {});
        return deliveries;
    }
}
