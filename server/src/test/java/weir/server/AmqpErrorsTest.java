package weir.server;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Errors that close a channel and nothing else, in the words that clients look for. */
class AmqpErrorsTest {
    @RegisterExtension
    static final AmqpAtServer WEIR = new AmqpAtServer();

    private static String at(String queue) {
        return "PRECONDITION_FAILED - inequivalent arg '%s' for queue '" + queue + "' in vhost '/': received %s but"
                + " current is %s";
    }

    @Test
    void queueIsDeclaredAgainOnlyAsItIs() throws Exception {
        WEIR.declare(Map.of("x-max-length", 10));
        String text = at(WEIR.name());
        WEIR.assertCloses(
                406,
                text.formatted("durable", "'false'", "'true'"),
                on -> on.queueDeclare(WEIR.name(), false, false, false, Map.of("x-max-length", 10)));
        WEIR.assertCloses(
                406,
                text.formatted("auto_delete", "'true'", "'false'"),
                on -> on.queueDeclare(WEIR.name(), true, false, true, Map.of("x-max-length", 10)));
        WEIR.assertCloses(
                406,
                text.formatted("x-max-length", "'11'", "'10'"),
                on -> on.queueDeclare(WEIR.name(), true, false, false, Map.of("x-max-length", 11)));
        WEIR.assertCloses(
                406,
                text.formatted("x-max-length", "none", "the value '10' of type 'signedint'"),
                on -> on.queueDeclare(WEIR.name(), true, false, false, null));
        WEIR.channel().queueDeclare(WEIR.name(), true, false, false, Map.of("x-max-length", 10L));
        WEIR.channel().queueDeclare(WEIR.name(), true, false, false, Map.of("x-max-length", 10, "x-unknown", 1));
    }

    @Test
    void exchangeIsDeclaredAgainOnlyAsItIs() throws Exception {
        WEIR.channel().exchangeDeclare(WEIR.name(), "direct", true);
        WEIR.assertCloses(
                406,
                "PRECONDITION_FAILED - inequivalent arg 'type' for exchange '" + WEIR.name()
                        + "' in vhost '/': received 'topic' but current is 'direct'",
                on -> on.exchangeDeclare(WEIR.name(), "topic", true));
        WEIR.assertCloses(406, "unknown exchange type 'nonsense'", on -> on.exchangeDeclare("other", "nonsense", true));
    }

    @Test
    void argumentsThatMakeNoSenseAreRefused() throws Exception {
        refusedArgument("x-message-ttl", -1, "invalid arg 'x-message-ttl' for queue 'refused' in vhost '/'");
        refusedArgument("x-expires", 0, "{value_zero,0}");
        refusedArgument("x-max-length", "ten", "expected integer, got longstr");
        refusedArgument("x-max-priority", 256, "max_value_exceeded");
        refusedArgument("x-overflow", "none", "invalid_overflow");
        refusedArgument("x-dead-letter-routing-key", "k", "routing_key_but_no_dlx_defined");
        refusedArgument("x-queue-type", "nonsense", "unsupported queue type 'nonsense'");
    }

    private static void refusedArgument(String name, Object value, String text) throws Exception {
        WEIR.assertCloses(406, text, on -> on.queueDeclare("refused", true, false, false, Map.of(name, value)));
    }

    @Test
    void argumentsOfConsumersAreNumbers() throws Exception {
        WEIR.declare(Map.of());
        String text = "PRECONDITION_FAILED - invalid arg '%s' for queue '" + WEIR.name() + "' in vhost '/': %s";
        String priority = "x-priority";
        refusedToConsume(priority, "high", text.formatted(priority, "\"expected integer, got longstr\""));
        refusedToConsume(priority, Map.of(), text.formatted(priority, "\"expected integer, got table\""));
        refusedToConsume(priority, null, text.formatted(priority, "\"expected integer, got void\""));
        refusedToConsume("x-consumer-timeout", -1, text.formatted("x-consumer-timeout", "{value_negative,-1}"));
    }

    private static void refusedToConsume(String name, @Nullable Object value, String text) throws Exception {
        Map<String, Object> arguments = new HashMap<>();
        arguments.put(name, value);
        WEIR.assertCloses(406, text, on -> AmqpAtServer.consume(on, WEIR.name(), true, arguments));
    }

    @Test
    void whatIsNotThereIsSaid() throws Exception {
        WEIR.assertCloses(404, "NOT_FOUND - no queue 'none' in vhost '/'", on -> on.basicConsume("none", null));
        WEIR.assertCloses(404, "no queue 'none'", on -> on.basicGet("none", true));
        WEIR.assertCloses(404, "no queue 'none'", on -> on.queuePurge("none"));
        WEIR.assertCloses(404, "no queue 'none'", on -> on.queueBind("none", "amq.direct", ""));
        WEIR.assertCloses(404, "no exchange 'none' in vhost '/'", on -> on.exchangeDeclarePassive("none"));
        WEIR.assertCloses(404, "no exchange 'none'", on -> on.basicPublish("none", "", null, new byte[0]));
        WEIR.assertCloses(404, "no previously declared queue", on -> on.queuePurge(""));
        WEIR.channel().queueDelete("none");
        WEIR.channel().exchangeDelete("none");
    }

    @Test
    void whatIsReservedIsRefused() throws Exception {
        WEIR.assertCloses(403, "ACCESS_REFUSED", on -> on.queueDeclare("amq.mine", true, false, false, null));
        WEIR.assertCloses(403, "ACCESS_REFUSED", on -> on.exchangeDeclare("amq.mine", "direct"));
        WEIR.assertCloses(403, "ACCESS_REFUSED", on -> on.exchangeDelete("amq.direct"));
        WEIR.declare(Map.of());
        WEIR.assertCloses(403, "ACCESS_REFUSED", on -> on.queueBind(WEIR.name(), "", WEIR.name()));
    }

    @Test
    void queueInUseIsNotDeletedByWhoAsksForThat() throws Exception {
        WEIR.declare(Map.of());
        WEIR.publish("m");
        WEIR.assertCloses(406, "not empty", on -> on.queueDelete(WEIR.name(), false, true));
        WEIR.drain(WEIR.name());
        AmqpAtServer.consume(WEIR.newChannel(), WEIR.name(), true);
        WEIR.assertCloses(406, "in use", on -> on.queueDelete(WEIR.name(), true, false));
        WEIR.channel().exchangeDeclare(WEIR.name(), "fanout");
        WEIR.channel().queueBind(WEIR.name(), WEIR.name(), "");
        WEIR.assertCloses(406, "in use", on -> on.exchangeDelete(WEIR.name(), true));
    }

    @Test
    void exclusivenessIsHeldTo() throws Exception {
        WEIR.declare(Map.of());
        Channel first = WEIR.newChannel();
        first.basicConsume(WEIR.name(), true, "", false, true, null, new com.rabbitmq.client.DefaultConsumer(first));
        WEIR.assertCloses(403, "in exclusive use", on -> AmqpAtServer.consume(on, WEIR.name(), true));
        try (Connection other = WEIR.factory().newConnection()) {
            other.createChannel().queueDeclare("exclusive", false, true, false, null);
            WEIR.assertCloses(
                    405,
                    "RESOURCE_LOCKED - cannot obtain exclusive access to locked queue 'exclusive' in vhost '/'",
                    on -> on.queueDeclare("exclusive", false, true, false, null));
            WEIR.assertCloses(405, "RESOURCE_LOCKED", on -> on.queueDelete("exclusive"));
        }
    }

    @Test
    void modesExcludeEachOther() throws Exception {
        WEIR.assertCloses(406, "cannot switch from confirm to tx mode", on -> {
            on.confirmSelect();
            on.txSelect();
        });
        WEIR.assertCloses(406, "cannot switch from tx to confirm mode", on -> {
            on.txSelect();
            on.confirmSelect();
        });
        WEIR.assertCloses(406, "channel is not transactional", Channel::txCommit);
        WEIR.assertCloses(406, "unknown delivery tag 7", on -> on.basicReject(7, true));
    }

    @Test
    void directRepliesHaveTheirRules() throws Exception {
        String pseudo = "amq.rabbitmq.reply-to";
        BasicProperties ask = new BasicProperties.Builder().replyTo(pseudo).build();
        WEIR.assertCloses(406, "reply consumer cannot acknowledge", on -> on.basicConsume(pseudo, false, null));
        WEIR.assertCloses(
                406, "fast reply consumer does not exist", on -> on.basicPublish("", "any", ask, new byte[0]));
        WEIR.assertCloses(406, "reply consumer already set", on -> {
            AmqpAtServer.consume(on, pseudo, true);
            AmqpAtServer.consume(on, pseudo, true);
        });
    }

    @Test
    void tooLargeAMessageIsRefused() throws Exception {
        WEIR.assertCloses(
                406,
                "is larger than configured max size",
                on -> on.basicPublish("", "any", null, new byte[17 * 1024 * 1024]));
    }
}
