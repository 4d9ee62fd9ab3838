package weir.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Delivery;
import com.rabbitmq.client.GetResponse;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** How long a client may hold a message. */
class AmqpHoldingTest {
    /** More than the time after which leases are extended, and less than half of a lease: a look may come just before a step. */
    private static final Duration STEP = Duration.ofSeconds(6);

    private static final int STEPS = 6;

    @RegisterExtension
    static final AmqpAtServer WEIR = new AmqpAtServer();

    /** Consumes with a patience of a millisecond; what it is cancelled by is added to the queue that is returned. */
    private static BlockingQueue<String> impatient(Channel on, String queue) throws Exception {
        BlockingQueue<String> cancelled = new LinkedBlockingQueue<>();
        on.basicConsume(
                queue, false, Map.of("x-consumer-timeout", 1), (_, _) -> cancelled.add("delivered"), cancelled::add);
        return cancelled;
    }

    /** More than half a minute in steps, each of which is seen by the server; its leases are of a quarter. */
    @Test
    void messageStaysItsClientsForAsLongAsItIsConnected() throws Exception {
        WEIR.declare(Map.of());
        WEIR.publish("held");
        Channel holding = WEIR.newChannel();
        GetResponse held = holding.basicGet(WEIR.name(), false);
        holdFor(holding);
        holding.basicAck(held.getEnvelope().getDeliveryTag(), false);
        holding.close();
        assertThat(WEIR.ready(WEIR.name())).isZero();
        assertThat(WEIR.drain(WEIR.name())).isEmpty();
    }

    /** What is acknowledged in a transaction is done when that is committed, and until then nobody else's. */
    @Test
    void messageStaysItsClientsForAsLongAsItsTransactionIsOpen() throws Exception {
        WEIR.declare(Map.of());
        WEIR.publish("held");
        Channel holding = WEIR.newChannel();
        holding.txSelect();
        GetResponse held = holding.basicGet(WEIR.name(), false);
        holding.basicAck(held.getEnvelope().getDeliveryTag(), false);
        holdFor(holding);
        holding.txCommit();
        holding.close();
        assertThat(WEIR.drain(WEIR.name())).isEmpty();
    }

    /** Time passes while a channel holds the test's message. */
    private static void holdFor(Channel holding) throws Exception {
        String canary = "canary";
        WEIR.channel().queueDeclare(canary, true, false, false, null);
        for (int i = 0; i < STEPS; i++) {
            WEIR.publish("", canary, AmqpAtServer.headers(Map.of()), "canary");
            BlockingQueue<String> told = impatient(holding, canary);
            assertThat(AmqpAtServer.next(told)).isEqualTo("delivered");
            WEIR.advance(STEP);
            AmqpAtServer.next(told); // Its channel was looked at, which is when leases are extended,
            holding.queuePurge(canary); // and what is answered here comes after that.
        }
        assertThat(WEIR.channel().basicGet(WEIR.name(), true)).isNull();
    }

    @Test
    void consumerThatHoldsAMessageForTooLongIsCancelledAndNoOther() throws Exception {
        WEIR.declare(Map.of());
        Channel on = WEIR.newChannel();
        on.basicQos(1);
        BlockingQueue<String> slow = impatient(on, WEIR.name());
        WEIR.publish("late");
        assertThat(AmqpAtServer.next(slow)).isEqualTo("delivered");
        BlockingQueue<Delivery> patient = AmqpAtServer.consume(on, WEIR.name(), false);
        WEIR.publish("held by the patient one");
        Delivery held = AmqpAtServer.next(patient);
        WEIR.advance(STEP);
        assertThat(AmqpAtServer.next(slow)).startsWith("amq.ctag-");
        on.basicAck(held.getEnvelope().getDeliveryTag(), false);
        Delivery again = AmqpAtServer.next(patient);
        assertThat(AmqpAtServer.body(again)).isEqualTo("late");
        assertThat(again.getEnvelope().isRedeliver()).isTrue();
        assertThat(on.isOpen()).isTrue();
    }

    @Test
    void whoHoldsAllThatItMayIsToldThatItsQueueIsGone() throws Exception {
        WEIR.declare(Map.of());
        WEIR.publish("held", "not sent for want of credit");
        Channel on = WEIR.newChannel();
        on.basicQos(1);
        BlockingQueue<String> told = new LinkedBlockingQueue<>();
        String tag = on.basicConsume(WEIR.name(), false, (_, _) -> told.add("delivered"), told::add);
        assertThat(AmqpAtServer.next(told)).isEqualTo("delivered");
        WEIR.channel().queueDelete(WEIR.name());
        assertThat(AmqpAtServer.next(told)).isEqualTo(tag);
    }

    @Test
    void aLimitOfTheChannelHoldsAtOnceForThoseWhoConsumeAlready() throws Exception {
        WEIR.declare(Map.of());
        for (int limit = 1; limit <= 20; limit++) {
            Channel on = WEIR.newChannel();
            BlockingQueue<Delivery> deliveries = AmqpAtServer.consume(on, WEIR.name(), false);
            on.basicQos(limit, true);
            String[] bodies = new String[limit + 3];
            Arrays.setAll(bodies, Integer::toString);
            WEIR.publish(bodies);
            for (int i = 0; i < limit; i++) {
                assertThat(AmqpAtServer.body(AmqpAtServer.next(deliveries))).isEqualTo(bodies[i]);
            }
            assertThat(WEIR.ready(WEIR.name())).isEqualTo(3);
            assertThat(deliveries).isEmpty();
            on.close();
            WEIR.channel().queuePurge(WEIR.name());
        }
    }
}
