package weir.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.Delivery;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Who is silent for two heartbeats is gone; who has nothing to say, says so. */
class AmqpHeartbeatTest {
    private static final int HEARTBEATS = 3;

    @RegisterExtension
    static final AmqpAtServer WEIR = new AmqpAtServer();

    @Test
    void quietServerIsHeardAndAQuietClientIsTakenForGone() throws Exception {
        WEIR.declare(Map.of());
        WEIR.publish("held");
        try (Relay relay = new Relay(WEIR.server().amqpPort(), HEARTBEATS)) {
            ConnectionFactory factory = WEIR.factory();
            factory.setPort(relay.port());
            factory.setRequestedHeartbeat(1);
            Connection quiet = factory.newConnection();
            assertThat(quiet.getHeartbeat()).isEqualTo(1);
            Channel on = quiet.createChannel();
            assertThat(on.basicGet(WEIR.name(), false)).isNotNull();
            assertThat(relay.awaitHeartbeatsOfServer(AmqpAtServer.SECONDS_MAX)).isTrue();
            assertThat(quiet.isOpen()).as("each has heard the other").isTrue();
            relay.muteClient();
            relay.awaitEndByServer(AmqpAtServer.SECONDS_MAX);
            quiet.abort();
        }
        Delivery back = AmqpAtServer.next(AmqpAtServer.consume(WEIR.channel(), WEIR.name(), true));
        assertThat(AmqpAtServer.body(back)).isEqualTo("held");
        assertThat(back.getEnvelope().isRedeliver()).isTrue();
    }
}
