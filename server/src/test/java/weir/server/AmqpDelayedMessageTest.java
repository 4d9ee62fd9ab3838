package weir.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.BuiltinExchangeType;
import com.rabbitmq.client.Delivery;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Exchanges of the type {@code x-delayed-message}, as the plug-in of that name had them. */
class AmqpDelayedMessageTest {
    private static final String KEY = "k";

    @RegisterExtension
    static final AmqpAtServer WEIR = new AmqpAtServer();

    @BeforeEach
    void declare() throws Exception {
        WEIR.declare(Map.of());
        WEIR.channel()
                .exchangeDeclare(
                        WEIR.name(),
                        "x-delayed-message",
                        true,
                        false,
                        Map.of("x-delayed-type", BuiltinExchangeType.DIRECT.getType()));
        WEIR.channel().queueBind(WEIR.name(), WEIR.name(), KEY);
    }

    private static void publishLater(String body, Object millis) throws Exception {
        WEIR.publish(WEIR.name(), KEY, AmqpAtServer.headers(Map.of("x-delay", millis)), body);
    }

    @Test
    void messagesComeInTheOrderOfTheirTime() throws Exception {
        publishLater("third", 3_600_000);
        publishLater("first", "60000");
        publishLater("second", 120_000L);
        assertThat(WEIR.drain(WEIR.name())).isEmpty();
        BlockingQueue<Delivery> deliveries = AmqpAtServer.consume(WEIR.channel(), WEIR.name(), true);
        for (String each : List.of("first", "second", "third")) {
            assertThat(deliveries).isEmpty();
            WEIR.advance(Duration.ofMinutes(each.equals("third") ? 58 : 1));
            assertThat(AmqpAtServer.body(AmqpAtServer.next(deliveries))).isEqualTo(each);
        }
    }

    @Test
    void whatComesShowsItsExchangeAndTheDelayThatItHasBehindIt() throws Exception {
        publishLater("late", 1_000);
        WEIR.advance(Duration.ofSeconds(1));
        var got = WEIR.channel().basicGet(WEIR.name(), true);
        assertThat(got.getEnvelope().getExchange()).isEqualTo(WEIR.name());
        assertThat(got.getEnvelope().getRoutingKey()).isEqualTo(KEY);
        assertThat(got.getProps().getHeaders()).isEqualTo(Map.of("x-delay", -1_000));
    }

    @Test
    void messageWithoutADelayComesAtOnce() throws Exception {
        publishLater("zero", 0);
        WEIR.publish(WEIR.name(), KEY, AmqpAtServer.headers(Map.of()), "none");
        assertThat(WEIR.drain(WEIR.name())).containsExactly("zero", "none");
    }

    @Test
    void delayOutlivesTheServer() throws Exception {
        publishLater("kept", 7 * 86_400_000L);
        WEIR.restart();
        assertThat(WEIR.drain(WEIR.name())).isEmpty();
        WEIR.advance(Duration.ofDays(7));
        assertThat(WEIR.drain(WEIR.name())).containsExactly("kept");
    }

    @Test
    void exchangeThatDoesNotSayAsWhichTypeItRoutesIsRefused() throws Exception {
        WEIR.assertCloses(
                406, "x-delayed-type", on -> on.exchangeDeclare("untyped", "x-delayed-message", true, false, Map.of()));
    }
}
