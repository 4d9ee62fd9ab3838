package weir.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.BuiltinExchangeType;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.GetResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Ways that a message takes beyond a single exchange of the four types. */
class AmqpExchangesTest {
    private static final BasicProperties PLAIN = new BasicProperties();

    @RegisterExtension
    static final AmqpAtServer WEIR = new AmqpAtServer();

    private static String exchange(String name, String type, Map<String, Object> arguments) throws Exception {
        WEIR.channel().exchangeDeclare(name, type, false, true, arguments);
        return name;
    }

    private static String queue() throws Exception {
        return WEIR.channel().queueDeclare().getQueue();
    }

    /** Before its client is answered: who declares it next is to have a new one. */
    @Test
    void exchangeThatDeletesItselfGoesWithTheLastQueueThatDoes() throws Exception {
        exchange(WEIR.name(), "direct", Map.of());
        WEIR.channel().queueDeclare(WEIR.name(), true, false, true, null);
        WEIR.channel().queueBind(WEIR.name(), WEIR.name(), "key");
        String tag = WEIR.channel().basicConsume(WEIR.name(), (_, _) -> {}, _ -> {});
        WEIR.channel().basicCancel(tag);
        WEIR.assertCloses(404, "no exchange '" + WEIR.name() + "'", on -> on.exchangeDeclarePassive(WEIR.name()));
    }

    @Test
    void whatGoesNowhereGoesToTheAlternateExchange() throws Exception {
        exchange("alternate", "fanout", Map.of());
        exchange("primary", "direct", Map.of("alternate-exchange", "alternate"));
        String known = queue();
        String rest = queue();
        WEIR.channel().queueBind(known, "primary", "known");
        WEIR.channel().queueBind(rest, "alternate", "");
        WEIR.publish("primary", "known", PLAIN, "known");
        WEIR.publish("primary", "other", PLAIN, "other");
        assertThat(WEIR.drain(known)).containsExactly("known");
        GetResponse got = WEIR.channel().basicGet(rest, true);
        assertThat(AmqpAtServer.text(got.getBody())).isEqualTo("other");
        assertThat(got.getEnvelope().getExchange()).as("where it was published").isEqualTo("primary");
        assertThat(WEIR.drain(rest)).isEmpty();
    }

    @Test
    void mandatoryMessageIsReturnedIfTheAlternateExchangeRoutesNowhereEither() throws Exception {
        exchange("empty", "fanout", Map.of());
        exchange("outer", "direct", Map.of("alternate-exchange", "empty"));
        List<String> returned = new ArrayList<>();
        Channel on = WEIR.newChannel();
        on.addReturnListener((code, text, exchange, key, _, _) -> returned.add(code + text + exchange + key));
        on.confirmSelect();
        on.basicPublish("outer", "k", true, PLAIN, AmqpAtServer.bytes("x"));
        on.waitForConfirmsOrDie(AmqpAtServer.SECONDS_MAX * 1_000L);
        assertThat(returned).containsExactly("312NO_ROUTEouterk");
    }

    @Test
    void exchangesAreBoundToEachOtherInCirclesToo() throws Exception {
        exchange("circle-1", "direct", Map.of());
        exchange("circle-2", "topic", Map.of());
        WEIR.channel().exchangeBind("circle-2", "circle-1", "a.b");
        WEIR.channel().exchangeBind("circle-1", "circle-2", "#");
        String queue = queue();
        WEIR.channel().queueBind(queue, "circle-2", "a.*");
        WEIR.channel().queueBind(queue, "circle-1", "a.b");
        WEIR.publish("circle-1", "a.b", PLAIN, "once");
        WEIR.publish("circle-1", "b", PLAIN, "not");
        assertThat(WEIR.drain(queue)).containsExactly("once");
        WEIR.channel().exchangeUnbind("circle-1", "circle-2", "#");
        WEIR.channel().queueUnbind(queue, "circle-2", "a.*");
        WEIR.publish("circle-1", "a.b", PLAIN, "still");
        assertThat(WEIR.drain(queue)).containsExactly("still");
        WEIR.assertCloses(
                404, "no exchange 'circle-2'", on -> on.exchangeDeclarePassive("circle-2")); // With its last binding.
    }

    @Test
    void copiesGoToWhomCcAndBccNameAndBccIsNobodysBusiness() throws Exception {
        String to = queue();
        String copy = queue();
        String blind = queue();
        WEIR.publish(
                "", to, AmqpAtServer.headers(Map.of("CC", List.of(copy, to), "BCC", List.of(blind), "own", "x")), "m");
        for (String each : List.of(to, copy, blind)) {
            GetResponse got = WEIR.channel().basicGet(each, true);
            assertThat(got.getEnvelope().getRoutingKey()).isEqualTo(to);
            assertThat(got.getProps().getHeaders()).containsOnlyKeys("CC", "own");
            assertThat(WEIR.drain(each)).isEmpty();
        }
        WEIR.assertCloses(
                406, "CC", on -> on.basicPublish("", to, AmqpAtServer.headers(Map.of("CC", "text")), new byte[0]));
    }

    @Test
    void consistentHashSendsAKeyAlwaysToTheSameQueueAndSpreadsKeysByWeight() throws Exception {
        exchange("hashed", "x-consistent-hash", Map.of());
        String light = queue();
        String heavy = queue();
        WEIR.channel().queueBind(light, "hashed", "1");
        WEIR.channel().queueBind(heavy, "hashed", "3");
        WEIR.channel().confirmSelect();
        for (int round = 0; round < 2; round++) {
            for (int key = 0; key < 1_000; key++) {
                WEIR.channel().basicPublish("hashed", "key-" + key, PLAIN, AmqpAtServer.bytes("key-" + key));
            }
        }
        WEIR.channel().waitForConfirmsOrDie(AmqpAtServer.SECONDS_MAX * 1_000L);
        List<String> few = WEIR.drain(light);
        List<String> many = WEIR.drain(heavy);
        assertThat(few.size() + many.size()).isEqualTo(2_000);
        assertThat(few).doesNotContainAnyElementsOf(many);
        assertThat(few.size()).isBetween(300, 700); // A quarter, as hashes go.
    }

    @Test
    void consistentHashCanGoByAHeader() throws Exception {
        exchange("hashed-by-header", "x-consistent-hash", Map.of("hash-header", "customer"));
        List<String> queues = List.of(queue(), queue());
        for (String each : queues) {
            WEIR.channel().queueBind(each, "hashed-by-header", "1");
        }
        for (int i = 0; i < 10; i++) {
            WEIR.publish("hashed-by-header", "key-" + i, AmqpAtServer.headers(Map.of("customer", "one")), "m");
        }
        assertThat(List.of(WEIR.ready(queues.get(0)), WEIR.ready(queues.get(1))))
                .containsExactlyInAnyOrder(0L, 10L);
    }

    @Test
    void randomExchangesGiveEachMessageToOneQueue() throws Exception {
        for (String type : List.of("x-random", "x-local-random", "x-modulus-hash")) {
            exchange(type + "-exchange", type, Map.of());
            List<String> queues = List.of(queue(), queue());
            for (String each : queues) {
                WEIR.channel().queueBind(each, type + "-exchange", "");
            }
            for (int i = 0; i < 64; i++) {
                WEIR.publish(type + "-exchange", "key-" + i, PLAIN, "m");
            }
            assertThat(WEIR.ready(queues.get(0)) + WEIR.ready(queues.get(1))).isEqualTo(64);
            assertThat(WEIR.ready(queues.get(0))).isBetween(1L, 63L);
        }
    }

    @Test
    void whoIsBoundLaterToARecentHistoryIsGivenTheLastMessages() throws Exception {
        exchange("history", "x-recent-history", Map.of("x-recent-history-length", 3));
        String early = queue();
        WEIR.channel().queueBind(early, "history", "");
        for (String each : List.of("a", "b", "c", "d")) {
            WEIR.publish("history", "key", PLAIN, each);
        }
        WEIR.publish("history", "key", AmqpAtServer.headers(Map.of("x-recent-history-no-store", true)), "not kept");
        assertThat(WEIR.drain(early)).containsExactly("a", "b", "c", "d", "not kept");
        String late = queue();
        WEIR.channel().queueBind(late, "history", "");
        assertThat(WEIR.drain(late)).containsExactly("b", "c", "d");
        WEIR.channel().queueBind(late, "history", ""); // As it is already.
        assertThat(WEIR.drain(late)).isEmpty();
        exchange("behind", "direct", Map.of());
        String behind = queue();
        WEIR.channel().queueBind(behind, "behind", "key");
        WEIR.channel().exchangeBind("behind", "history", "");
        assertThat(WEIR.drain(behind)).containsExactly("b", "c", "d");
        WEIR.publish("history", "key", PLAIN, "e");
        assertThat(WEIR.drain(late)).containsExactly("e");
        assertThatThrownBy(() -> exchange("no-history", "x-recent-history", Map.of("x-recent-history-length", 0)))
                .rootCause()
                .hasMessageContaining("PRECONDITION_FAILED");
    }

    @Test
    void headersExchangeKnowsFourWaysOfMatching() throws Exception {
        exchange("headers-4", BuiltinExchangeType.HEADERS.getType(), Map.of());
        List<String> queues = new ArrayList<>();
        for (String match : List.of("all", "any", "all-with-x", "any-with-x")) {
            queues.add(queue());
            WEIR.channel()
                    .queueBind(queues.getLast(), "headers-4", "", Map.of("x-match", match, "kind", "a", "x-k", "b"));
        }
        WEIR.publish("headers-4", "", AmqpAtServer.headers(Map.of("kind", "a")), "kind");
        WEIR.publish("headers-4", "", AmqpAtServer.headers(Map.of("x-k", "b")), "x-k");
        WEIR.publish("headers-4", "", AmqpAtServer.headers(Map.of("kind", "a", "x-k", "b")), "both");
        assertThat(WEIR.drain(queues.get(0))).containsExactly("kind", "both");
        assertThat(WEIR.drain(queues.get(1))).containsExactly("kind", "both");
        assertThat(WEIR.drain(queues.get(2))).containsExactly("both");
        assertThat(WEIR.drain(queues.get(3))).containsExactly("kind", "x-k", "both");
    }

    @Test
    void internalExchangeTakesNothingFromClients() throws Exception {
        WEIR.channel().exchangeDeclare("internal", "fanout", false, true, true, Map.of());
        exchange("door", "fanout", Map.of());
        WEIR.channel().exchangeBind("internal", "door", "");
        String queue = queue();
        WEIR.channel().queueBind(queue, "internal", "");
        WEIR.publish("door", "", PLAIN, "through the door");
        assertThat(WEIR.drain(queue)).containsExactly("through the door");
        WEIR.assertCloses(
                403,
                "cannot publish to internal exchange 'internal' in vhost '/'",
                on -> on.basicPublish("internal", "", PLAIN, new byte[0]));
    }
}
