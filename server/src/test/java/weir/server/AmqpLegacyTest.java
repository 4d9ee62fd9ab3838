package weir.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.LongString;
import com.rabbitmq.client.SaslMechanism;
import com.rabbitmq.client.impl.LongStringHelper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What old clients still send, and what RabbitMQ never did, over real sockets. */
class AmqpLegacyTest {
    @RegisterExtension
    static final AmqpAtServer WEIR = new AmqpAtServer("WEIR_AMQP_ANONYMOUS", "true");

    private static RawAmqp onChannel() throws IOException {
        return new RawAmqp(WEIR.server().amqpPort()).open().openChannel(1);
    }

    private static ConnectionFactory anonymous(int port) {
        ConnectionFactory factory = WEIR.factory();
        factory.setPort(port);
        factory.setSaslConfig(_ -> new SaslMechanism() {
            @Override
            public String getName() {
                return "ANONYMOUS";
            }

            @Override
            public LongString handleChallenge(LongString challenge, String user, String password) {
                return LongStringHelper.asLongString("whoever");
            }
        });
        return factory;
    }

    @Test
    void whoIsNobodyIsGuestWhereThatIsConfiguredAndRefusedElsewhere(@TempDir Path other) throws Exception {
        try (Connection connection = anonymous(WEIR.server().amqpPort()).newConnection()) {
            Channel channel = connection.createChannel();
            String queue = channel.queueDeclare().getQueue();
            AMQP.BasicProperties mine =
                    new AMQP.BasicProperties.Builder().userId("guest").build();
            channel.basicPublish("", queue, mine, new byte[1]);
            assertThat(channel.basicGet(queue, true).getProps().getUserId()).isEqualTo("guest");
        }
        try (WeirServer strict = TestServer.start(other)) {
            assertThatThrownBy(() -> anonymous(strict.amqpPort()).newConnection())
                    .rootCause()
                    .hasMessageContaining("reply-code=503")
                    .hasMessageContaining("unknown authentication mechanism 'ANONYMOUS'");
        }
    }

    /** AMQP 0-8's, which some clients still ask first; whatever it asks for is granted. */
    @Test
    void accessIsRequestedInVain() throws IOException {
        try (RawAmqp raw = onChannel()) {
            raw.method(1, "001E 000A 05" + RawAmqp.hex("/data") + "1F");
            ByteBuffer ok = ByteBuffer.wrap(raw.next());
            assertThat(ok.getShort() + "." + ok.getShort()).isEqualTo("30.11");
            assertThat(ok.getShort()).as("a ticket").isPositive();
            raw.method(1, "0032 000A 0001 00 02 00000000").expect(50, 11); // With the ticket that it was given.
        }
    }

    @Test
    void aClientCannotHaveItsDeliveriesHeldBackButMayAskForThemAgain() throws IOException {
        try (RawAmqp raw = onChannel()) {
            raw.method(1, "0014 0014 01").expect(20, 21);
            raw.method(1, "0014 0014 00");
            assertThat(raw.closeCode()).isEqualTo(540);
        }
    }

    @Test
    void aPrefetchInOctetsIsNotKnown() throws IOException {
        try (RawAmqp raw = onChannel()) {
            raw.method(1, "003C 000A 00000000 0005 00").expect(60, 11);
            raw.method(1, "003C 000A 00000400 0005 00");
            assertThat(raw.closeCode()).isEqualTo(540);
        }
    }

    @Test
    void recoveryIsToTheQueueAndNotToTheSameConsumer() throws IOException {
        try (RawAmqp raw = onChannel()) {
            raw.method(1, "003C 006E 01").expect(60, 111);
            raw.method(1, "003C 006E 00");
            assertThat(raw.closeCode()).isEqualTo(540);
        }
        try (RawAmqp raw = onChannel()) {
            raw.method(1, "003C 0064 00"); // recover-async
            assertThat(raw.closeCode()).isEqualTo(540);
        }
    }

    @Test
    void argumentsThatMeanNothingAnyMoreAreTakenAndMayChange() throws Exception {
        Map<String, Object> old = Map.of(
                "x-queue-mode",
                "lazy",
                "x-queue-version",
                2,
                "x-queue-master-locator",
                "min-masters",
                "x-queue-leader-locator",
                "balanced",
                "x-ha-policy",
                "all");
        Channel channel = WEIR.channel();
        channel.queueDeclare("old", true, false, false, old);
        channel.basicPublish("", "old", null, new byte[1]);
        channel.queueDeclare("old", true, false, false, old);
        channel.queueDeclare("old", true, false, false, Map.of("x-queue-mode", "default"));
        channel.queueDeclare("old", true, false, false, Map.of("x-queue-version", 1));
        assertThat(channel.queueDeclare("old", true, false, false, null).getMessageCount())
                .isEqualTo(1);
        channel.queueDeclare("old-transient", false, false, false, old); // Which RabbitMQ 4.3.0 answered with 541.
        channel.queueDelete("old");
        channel.queueDelete("old-transient");
    }
}
