package weir.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.Delivery;
import com.rabbitmq.client.ShutdownSignalException;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a user may do who may not do everything. */
class AmqpRightsTest {
    private static final String REPLIES = "amq.rabbitmq.reply-to";

    @RegisterExtension
    static final AmqpAtServer WEIR = new AmqpAtServer();

    /** A connection of a user of the test's name. */
    private static Connection connect(String configure, String write, String read) throws Exception {
        ManagementClient api = ManagementClient.guest(WEIR.server());
        api.put("/users/" + WEIR.name(), "{\"password\":\"secret\",\"tags\":\"\"}");
        api.put(
                "/permissions/%2F/" + WEIR.name(),
                "{\"configure\":\"%s\",\"write\":\"%s\",\"read\":\"%s\"}".formatted(configure, write, read));
        ConnectionFactory factory = WEIR.factory();
        factory.setUsername(WEIR.name());
        factory.setPassword("secret");
        return factory.newConnection();
    }

    private interface Doing {
        void on(Channel channel) throws Exception;
    }

    private static void assertRefused(Connection connection, String text, Doing doing) throws Exception {
        Channel on = connection.createChannel();
        assertThatThrownBy(() -> {
                    doing.on(on);
                    on.basicQos(0); // Nobody answers a publish.
                    on.basicQos(0);
                })
                .satisfies(thrown -> {
                    Throwable cause = thrown instanceof ShutdownSignalException ? thrown : thrown.getCause();
                    assertThat(cause).isInstanceOfSatisfying(ShutdownSignalException.class, signal -> assertThat(
                                    signal.getReason())
                            .isInstanceOfSatisfying(AMQP.Channel.Close.class, close -> {
                                assertThat(close.getReplyCode()).isEqualTo(403);
                                assertThat(close.getReplyText()).contains(text);
                            }));
                });
        assertThat(connection.isOpen()).isTrue();
    }

    @Test
    void whoMayNotWriteToTheDefaultExchangeMayNotReply() throws Exception {
        Channel asking = WEIR.channel();
        BlockingQueue<Delivery> replies = AmqpAtServer.consume(asking, REPLIES, true);
        WEIR.declare(Map.of());
        WEIR.publish(
                "",
                WEIR.name(),
                new AMQP.BasicProperties.Builder().replyTo(REPLIES).build(),
                "question");
        try (Connection reader = connect("", "^nothing$", ".*")) {
            String address = reader.createChannel()
                    .basicGet(WEIR.name(), true)
                    .getProps()
                    .getReplyTo();
            assertRefused(
                    reader,
                    "write access to exchange 'amq.default' in vhost '/' refused for user '" + WEIR.name() + "'",
                    on -> on.basicPublish("", address, null, AmqpAtServer.bytes("an answer that is not allowed")));
            asking.basicPublish("", address, null, AmqpAtServer.bytes("allowed"));
        }
        assertThat(AmqpAtServer.body(AmqpAtServer.next(replies))).isEqualTo("allowed");
    }

    @Test
    void replyInATransactionIsGivenWhenThatIsCommitted() throws Exception {
        Channel asking = WEIR.channel();
        BlockingQueue<Delivery> replies = AmqpAtServer.consume(asking, REPLIES, true);
        WEIR.declare(Map.of());
        WEIR.publish(
                "",
                WEIR.name(),
                new AMQP.BasicProperties.Builder().replyTo(REPLIES).build(),
                "question");
        Channel answering = WEIR.newChannel();
        answering.txSelect();
        String address = answering.basicGet(WEIR.name(), true).getProps().getReplyTo();
        answering.basicPublish("", address, null, AmqpAtServer.bytes("taken back"));
        answering.txRollback();
        answering.basicPublish("", address, null, AmqpAtServer.bytes("committed"));
        answering.txCommit();
        assertThat(AmqpAtServer.body(AmqpAtServer.next(replies))).isEqualTo("committed");
        answering.basicPublish("", address + "-of-nobody", true, null, AmqpAtServer.bytes("to nobody"));
        answering.txCommit();
        assertThat(replies).isEmpty();
    }

    @Test
    void serversNamesForQueuesAreAskedForAsTheyAre() throws Exception {
        try (Connection some = connect("^amq\\\\.gen", "", "")) {
            assertThat(some.createChannel().queueDeclare().getQueue()).startsWith("amq.gen-");
        }
        try (Connection none = connect("", "", "")) {
            assertRefused(none, "configure access to queue 'amq.gen-", on -> on.queueDeclare());
        }
    }

    /** An application that only uses what was made for it declares it all the same. */
    @Test
    void rightsToDeadLettersAreForWhoMakesTheQueue() throws Exception {
        Map<String, Object> arguments = Map.of("x-dead-letter-exchange", "amq.fanout");
        try (Connection user = connect(".*", "^nothing$", ".*")) {
            assertRefused(
                    user,
                    "write access to exchange 'amq.fanout'",
                    on -> on.queueDeclare(WEIR.name(), true, false, false, arguments));
            WEIR.declare(arguments);
            user.createChannel().queueDeclare(WEIR.name(), true, false, false, arguments);
        }
    }
}
