package weir.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Delivery;
import com.rabbitmq.client.GetResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** How often a message is tried, how long it rests in between, and where it is parked when that is enough. */
class AmqpRetryTest {
    @RegisterExtension
    static final AmqpAtServer WEIR = new AmqpAtServer();

    private static GetResponse taken() throws Exception {
        GetResponse got = WEIR.channel().basicGet(WEIR.name(), false);
        assertThat(got).as("a message").isNotNull();
        return got;
    }

    /** Returns when it is done. */
    private static void reject(GetResponse got) throws Exception {
        WEIR.channel().basicReject(got.getEnvelope().getDeliveryTag(), true);
        WEIR.ready(WEIR.name());
    }

    @Test
    void messageThatWasTriedTooOftenIsParkedRatherThanLost() throws Exception {
        WEIR.declare(Map.of("x-delivery-limit", 2));
        WEIR.publish("poison", "fine");
        for (int before = 0; before <= 2; before++) {
            GetResponse got = taken();
            assertThat(AmqpAtServer.text(got.getBody())).isEqualTo("poison");
            Map<String, Object> headers = got.getProps().getHeaders();
            assertThat(headers == null ? null : headers.get("x-delivery-count"))
                    .isEqualTo(before == 0 ? null : (long) before);
            reject(got);
        }
        assertThat(WEIR.drain(WEIR.name())).containsExactly("fine");
        String parked = WEIR.name() + ".dead-letters";
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(AmqpAtServer.SECONDS_MAX);
        while (!WEIR.isThere(parked)) { // It is made when the first message is to be parked.
            assertThat(System.nanoTime()).as("there is no %s", parked).isLessThan(end);
        }
        assertThat(AmqpAtServer.body(AmqpAtServer.next(AmqpAtServer.consume(WEIR.channel(), parked, true))))
                .isEqualTo("poison");
    }

    @Test
    void messageThatWasTriedTooOftenGoesToTheDeadLetterExchangeIfThereIsOne() throws Exception {
        String dead = WEIR.channel().queueDeclare().getQueue();
        WEIR.declare(Map.of(
                "x-queue-type",
                "quorum",
                "x-delivery-limit",
                0,
                "x-dead-letter-exchange",
                "",
                "x-dead-letter-routing-key",
                dead));
        WEIR.publish("poison");
        reject(taken());
        Delivery letter = AmqpAtServer.next(AmqpAtServer.consume(WEIR.channel(), dead, true));
        assertThat(letter.getProperties().getHeaders().get("x-first-death-reason"))
                .hasToString("delivery_limit");
    }

    @Test
    void givingBackUnharmedDoesNotCount() throws Exception {
        WEIR.declare(Map.of("x-delivery-limit", 1));
        WEIR.publish("patient");
        for (int i = 0; i < 5; i++) {
            WEIR.channel().basicNack(taken().getEnvelope().getDeliveryTag(), false, true);
        }
        assertThat(WEIR.drain(WEIR.name())).containsExactly("patient");
    }

    @Test
    void retriesRestForLongerEachTimeUpToTheMost() throws Exception {
        Map<String, Object> arguments = new HashMap<>();
        arguments.put("x-delayed-retry-type", "failed");
        arguments.put("x-delayed-retry-min", 10_000);
        arguments.put("x-delayed-retry-max", 25_000);
        WEIR.declare(arguments);
        WEIR.publish("later");
        for (int seconds : new int[] {10, 20, 25, 25}) {
            reject(taken());
            WEIR.advance(Duration.ofSeconds(seconds - 1));
            assertThat(WEIR.channel().basicGet(WEIR.name(), false))
                    .as("after %s s", seconds - 1)
                    .isNull();
            WEIR.advance(Duration.ofSeconds(1));
        }
        GetResponse got = taken();
        WEIR.channel().basicNack(got.getEnvelope().getDeliveryTag(), false, true);
        assertThat(taken()).as("what did not fail is not delayed").isNotNull();
    }
}
