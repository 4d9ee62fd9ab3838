package weir.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Delivery;
import com.rabbitmq.client.GetResponse;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Messages and queues whose time is up. */
class AmqpExpiryTest {
    @RegisterExtension
    static final AmqpAtServer WEIR = new AmqpAtServer();

    private static BasicProperties expiring(String millis) {
        return new BasicProperties.Builder().expiration(millis).build();
    }

    @Test
    void messageExpiresWhereverInTheQueueItIs() throws Exception {
        WEIR.declare(Map.of());
        WEIR.publish("first");
        WEIR.publish("", WEIR.name(), expiring("10000"), "short");
        WEIR.publish("", WEIR.name(), expiring("60000"), "long");
        WEIR.advance(Duration.ofSeconds(11));
        assertThat(WEIR.drain(WEIR.name())).containsExactly("first", "long");
    }

    @Test
    void queueAndMessageEachSetATimeAndTheShorterHolds() throws Exception {
        WEIR.declare(Map.of("x-message-ttl", 30_000));
        WEIR.publish("", WEIR.name(), expiring("10000"), "message's");
        WEIR.publish("", WEIR.name(), expiring("60000"), "queue's");
        WEIR.advance(Duration.ofSeconds(11));
        assertThat(WEIR.ready(WEIR.name())).isEqualTo(1);
        WEIR.advance(Duration.ofSeconds(20));
        assertThat(WEIR.ready(WEIR.name())).isZero();
    }

    @Test
    void whoHasBeenToldThatHeConsumesIsGivenWhatExpiresAtOnce() throws Exception {
        for (int i = 0; i < 100; i++) {
            String queue = WEIR.channel()
                    .queueDeclare("", false, true, true, Map.of("x-message-ttl", 0))
                    .getQueue();
            BlockingQueue<Delivery> deliveries = AmqpAtServer.consume(WEIR.channel(), queue, true);
            WEIR.channel().basicPublish("", queue, null, AmqpAtServer.bytes("now " + i));
            assertThat(AmqpAtServer.body(AmqpAtServer.next(deliveries))).isEqualTo("now " + i);
            WEIR.channel().queueDelete(queue);
        }
    }

    /** Before that it was not in the queue. */
    @Test
    void messageOfATransactionExpiresFromTheCommitOn() throws Exception {
        WEIR.declare(Map.of());
        Channel on = WEIR.newChannel();
        on.txSelect();
        on.basicPublish("", WEIR.name(), expiring("10000"), AmqpAtServer.bytes("committed late"));
        on.basicQos(0); // It was read before the clock moves.
        WEIR.advance(Duration.ofSeconds(60));
        on.txCommit();
        assertThat(WEIR.ready(WEIR.name())).isEqualTo(1);
        WEIR.advance(Duration.ofSeconds(11));
        assertThat(WEIR.drain(WEIR.name())).isEmpty();
    }

    @Test
    void whatExpiresIsADeadLetterThatExpiresNoMore() throws Exception {
        String dead = WEIR.channel().queueDeclare().getQueue();
        WEIR.declare(Map.of("x-dead-letter-exchange", "", "x-dead-letter-routing-key", dead));
        WEIR.publish("", WEIR.name(), expiring("5000"), "dies");
        WEIR.advance(Duration.ofSeconds(6));
        Delivery letter = AmqpAtServer.next(AmqpAtServer.consume(WEIR.channel(), dead, false));
        assertThat(letter.getProperties().getExpiration()).isNull();
        assertThat(letter.getProperties().getHeaders().get("x-death"))
                .asString()
                .contains("reason=expired", "original-expiration=5000");
    }

    @Test
    void whatIsHeldDoesNotExpireUntilItIsGivenBack() throws Exception {
        WEIR.declare(Map.of("x-message-ttl", 10_000));
        WEIR.publish("held", "not held");
        GetResponse held = WEIR.channel().basicGet(WEIR.name(), false);
        WEIR.advance(Duration.ofSeconds(11));
        assertThat(WEIR.ready(WEIR.name())).isZero();
        WEIR.channel().basicNack(held.getEnvelope().getDeliveryTag(), false, true);
        assertThat(WEIR.channel().basicGet(WEIR.name(), true)).isNull();
    }

    @Test
    void expirationThatIsNoNumberIsRefused() throws Exception {
        WEIR.declare(Map.of());
        WEIR.assertCloses(
                406, "invalid expiration", on -> on.basicPublish("", WEIR.name(), expiring("soon"), new byte[0]));
    }

    @Test
    void queueThatNobodyUsesIsDeleted() throws Exception {
        WEIR.declare(Map.of("x-expires", 60_000));
        WEIR.advance(Duration.ofSeconds(61));
        awaitGone(WEIR.name());
    }

    @Test
    void consumerKeepsAQueueThatWouldExpire() throws Exception {
        String unused = WEIR.channel()
                .queueDeclare("unused", true, false, false, Map.of("x-expires", 60_000))
                .getQueue();
        WEIR.declare(Map.of("x-expires", 60_000));
        AmqpAtServer.consume(WEIR.channel(), WEIR.name(), true);
        WEIR.advance(Duration.ofSeconds(61));
        awaitGone(unused); // So this one has been looked at as well.
        assertThat(WEIR.channel().queueDeclarePassive(WEIR.name()).getConsumerCount())
                .isEqualTo(1);
    }

    /** The queues whose time has come are looked for a few times a second. */
    private static void awaitGone(String queue) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(AmqpAtServer.SECONDS_MAX);
        while (WEIR.isThere(queue)) {
            assertThat(System.nanoTime()).as("%s is still there", queue).isLessThan(end);
        }
    }
}
