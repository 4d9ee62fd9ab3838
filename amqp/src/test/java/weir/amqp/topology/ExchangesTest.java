package weir.amqp.topology;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import weir.amqp.wire.AmqpException;
import weir.amqp.wire.ErrorCode;
import weir.amqp.wire.FieldTable;

class ExchangesTest {
    @SuppressWarnings("NullAway.Init")
    private Node node;

    @BeforeEach
    void open() throws Exception {
        node = new Node();
    }

    private Exchange declare(Exchanges.Declaration wanted) throws Exception {
        return node.topology.exchanges().declare(node.guest, node.host, wanted);
    }

    private void delete(String name, boolean ifUnused) throws Exception {
        node.topology.exchanges().delete(node.guest, node.host, name, ifUnused);
    }

    private static Exchanges.Declaration plain(String name, String type) {
        return Node.declaration(name, type, Map.of());
    }

    @Test
    void declaringTheSameTwiceIsNoDifference() throws Exception {
        Exchange first = declare(plain("x", "direct"));
        assertThat(declare(plain("x", "direct"))).isEqualTo(first);
        assertThat(declare(Node.declaration("x", "direct", Map.of("unknown", 1))))
                .as("only the alternate exchange is compared")
                .isEqualTo(first);
    }

    @Test
    void anotherOneOfThatNameIsRefusedInRabbitsWords() throws Exception {
        declare(plain("x", "direct"));
        refused(
                plain("x", "topic"),
                "inequivalent arg 'type' for exchange 'x' in vhost '/': received 'topic' but current is 'direct'");
        refused(
                new Exchanges.Declaration("x", "direct", false, false, false, FieldTable.EMPTY),
                "inequivalent arg 'durable' for exchange 'x' in vhost '/': received 'false' but current is 'true'");
        refused(
                new Exchanges.Declaration("x", "direct", true, true, false, FieldTable.EMPTY),
                "inequivalent arg 'auto_delete' for exchange 'x' in vhost '/': received 'true' but current is 'false'");
        refused(
                new Exchanges.Declaration("x", "direct", true, false, true, FieldTable.EMPTY),
                "inequivalent arg 'internal' for exchange 'x' in vhost '/': received 'true' but current is 'false'");
        refused(
                Node.declaration("x", "direct", Map.of("alternate-exchange", "a")),
                "inequivalent arg 'alternate-exchange' for exchange 'x' in vhost '/': received the value 'a' of type "
                        + "'longstr' but current is none");
        declare(Node.declaration("y", "direct", Map.of("alternate-exchange", "a")));
        refused(
                Node.declaration("y", "direct", Map.of("alternate-exchange", "b")),
                "inequivalent arg 'alternate-exchange' for exchange 'y' in vhost '/': received 'b' but current is 'a'");
    }

    @Test
    void whatCannotBeIsRefused() {
        refused(plain("x", "x-jms-topic"), "unknown exchange type 'x-jms-topic'");
        refused(
                Node.declaration("x", "direct", Map.of("alternate-exchange", 5)),
                "invalid type 'signedint' for arg 'alternate-exchange' in exchange 'x' in vhost '/'");
        refused(
                plain("x", "x-delayed-message"),
                "Invalid argument, 'x-delayed-type' must be an existing exchange type");
        refused(
                Node.declaration("x", "x-delayed-message", Map.of("x-delayed-type", "x-delayed-message")),
                "Invalid argument, 'x-delayed-message' can't be used for 'x-delayed-type'");
        refused(
                Node.declaration("x", "x-delayed-message", Map.of("x-delayed-type", "none")),
                "unknown exchange type 'none'");
        refused(
                Node.declaration("x", "x-consistent-hash", Map.of("hash-header", "h", "hash-property", "message_id")),
                "hash-header and hash-property are mutually exclusive");
        refused(
                Node.declaration("x", "x-consistent-hash", Map.of("hash-property", "priority")),
                "Unsupported property: priority");
        refused(
                plain("x".repeat(256), "direct"),
                "the name of exchange '" + "x".repeat(256) + "' in vhost '/' is longer than 255 bytes");
    }

    private void refused(Exchanges.Declaration wanted, String text) {
        Node.assertRefused(() -> declare(wanted), ErrorCode.PRECONDITION_FAILED, text);
    }

    @Test
    void namesOfTheServerAreNotForClients() throws Exception {
        accessRefused(() -> declare(plain("", "direct")), "operation not permitted on the default exchange");
        accessRefused(
                () -> declare(plain("amq.x", "direct")), "exchange name 'amq.x' contains reserved prefix 'amq.*'");
        accessRefused(() -> delete("", false), "operation not permitted on the default exchange");
        accessRefused(
                () -> delete("amq.topic", false), "deletion of system exchange 'amq.topic' in vhost '/' not allowed");
        declare(plain("amq.topic", "topic"));
        refused(
                plain("amq.topic", "direct"),
                "inequivalent arg 'type' for exchange 'amq.topic' in vhost '/': received 'direct' but current is 'topic'");
    }

    private static void accessRefused(org.assertj.core.api.ThrowableAssert.ThrowingCallable what, String text) {
        Node.assertRefused(what, ErrorCode.ACCESS_REFUSED, text);
    }

    @ParameterizedTest
    @CsvSource({
        "amq.direct,direct",
        "amq.fanout,fanout",
        "amq.topic,topic",
        "amq.headers,headers",
        "amq.match,headers",
        "amq.rabbitmq.trace,topic"
    })
    void everyVirtualHostHasThePredeclared(String name, String type) throws Exception {
        assertThat(node.topology
                        .exchanges()
                        .declarePassively(node.guest, node.host, name)
                        .type()
                        .word())
                .isEqualTo(type);
    }

    @Test
    void whatIsNotThereIsNotFoundPassivelyAndDeletedWithoutAWord() throws Exception {
        Node.assertRefused(
                () -> node.topology.exchanges().declarePassively(node.guest, node.host, "x"),
                ErrorCode.NOT_FOUND,
                "no exchange 'x' in vhost '/'");
        delete("x", true);
    }

    @Test
    void anExchangeInUseStaysIfThatIsAsked() throws Exception {
        declare(plain("x", "direct"));
        node.bind("a", "x", "k");
        Node.assertRefused(() -> delete("x", true), ErrorCode.PRECONDITION_FAILED, "exchange 'x' in vhost '/' in use");
        node.unbind("a", "x", "k");
        delete("x", true);
        assertThat(node.isThere("x")).isFalse();
    }

    @Test
    void whatWasBoundToAnExchangeThatIsDeletedIsNotBoundToItsNamesake() throws Exception {
        declare(plain("x", "fanout"));
        declare(plain("y", "fanout"));
        node.bind("a", "x", "");
        node.bindExchange("x", "y", "");
        delete("x", false);
        assertThat(node.broker.count(Binding.KIND)).isZero();
        declare(plain("x", "fanout"));
        assertThat(node.routed("x", "k")).isEmpty();
        assertThat(node.routed("y", "k")).isEmpty();
    }

    @Test
    void lineEndsAreTakenOutOfNames() throws Exception {
        declare(plain("x\r\ny\n", "fanout"));
        assertThat(node.isThere("xy")).isTrue();
        node.bind("a", "x\ny", "");
        assertThat(node.routed("xy", "k")).containsExactly("a");
        delete("x\ry", false);
        assertThat(node.isThere("xy")).isFalse();
    }

    @Test
    void anExchangeThatDeletesItselfGoesWithItsLastBindingAndNotBeforeItsFirst() throws Exception {
        node.autoDeleteExchange("x");
        node.autoDeleteExchange("unused");
        node.bind("a", "x", "1");
        node.bind("a", "x", "2");
        node.unbind("a", "x", "1");
        assertThat(node.isThere("x")).isTrue();
        node.unbind("a", "x", "2");
        assertThat(node.isThere("x")).isFalse();
        assertThat(node.isThere("unused")).isTrue();
    }

    @Test
    void oneThatDeletesItselfTakesWithItThoseThatLedToNothingElse() throws Exception {
        for (int i = 0; i < 5; i++) {
            node.autoDeleteExchange("x" + i);
        }
        for (int i = 0; i < 4; i++) {
            node.bindExchange("x" + (i + 1), "x" + i, "");
        }
        node.bind("a", "x4", "");
        node.broker.deleteQueue("a");
        node.topology.bindings().queueDeleted();
        for (int i = 0; i < 5; i++) {
            assertThat(node.isThere("x" + i)).isFalse();
        }
        assertThat(node.broker.count(Exchange.KIND)).isZero();
        assertThat(node.broker.count(Binding.KIND)).isZero();
    }

    @Test
    void clientsCannotPublishToAnInternalExchangeNorToNone() throws Exception {
        declare(new Exchanges.Declaration("inside", "fanout", true, false, true, FieldTable.EMPTY));
        accessRefused(
                () -> node.topology.exchanges().forPublish(node.guest, node.host, "inside"),
                "cannot publish to internal exchange 'inside' in vhost '/'");
        Node.assertRefused(
                () -> node.topology.exchanges().forPublish(node.guest, node.host, "x"),
                ErrorCode.NOT_FOUND,
                "no exchange 'x' in vhost '/'");
        assertThat(node.topology
                        .exchanges()
                        .forPublish(node.guest, node.host, "")
                        .isDefault())
                .isTrue();
    }

    @Test
    void aBindingNeedsBothItsEndsAndNeverTheDefaultExchange() throws Exception {
        node.broker.queue("a");
        Node.assertRefused(() -> node.bind("a", "x", "k"), ErrorCode.NOT_FOUND, "no exchange 'x' in vhost '/'");
        Node.assertRefused(
                () -> node.topology
                        .bindings()
                        .bind(node.guest, node.host, Node.toQueue("q", "amq.direct", "k", Map.of()), _ -> {}),
                ErrorCode.NOT_FOUND,
                "no queue 'q' in vhost '/'");
        accessRefused(() -> node.bind("a", "", "k"), "operation not permitted on the default exchange");
        accessRefused(
                () -> node.bindExchange("", "amq.direct", "k"), "operation not permitted on the default exchange");
        node.unbind("a", "x", "k");
        node.unbind("none", "amq.direct", "k");
        node.unbind("a", "amq.direct", "never bound");
        Node.assertRefused(
                () -> node.topology
                        .bindings()
                        .bind(node.guest, node.host, Node.toQueue("a", "amq.direct", "k", Map.of()), _ -> {
                            throw new AmqpException(ErrorCode.RESOURCE_LOCKED, "another's");
                        }),
                ErrorCode.RESOURCE_LOCKED,
                "another's");
    }

    @Test
    void whatATypeDoesNotTakeIsRefusedAtTheBinding() throws Exception {
        node.exchange("hash", "x-consistent-hash");
        precondition(() -> node.bind("a", "hash", "x"), "The binding key must be an integer: <<\"x\">>");
        precondition(() -> node.bind("a", "hash", "0"), "The binding key must be greater than 0");
        precondition(() -> node.bind("a", "hash", "10001"), "The binding key must not exceed 10000");
        precondition(
                () -> node.bind("a", "amq.headers", "", Map.of("x-match", "some")),
                "Invalid x-match field value <<\"some\">>; expected all, any, all-with-x, or any-with-x");
        precondition(
                () -> node.bind("a", "amq.headers", "", Map.of("x-match", 1)),
                "Invalid x-match field type signedint (value 1); expected longstr");
    }

    private static void precondition(org.assertj.core.api.ThrowableAssert.ThrowingCallable what, String text) {
        Node.assertRefused(what, ErrorCode.PRECONDITION_FAILED, text);
    }

    @Test
    void bindingsAreListedFromBothEndsWithTheirArguments() throws Exception {
        Map<String, Object> arguments = new HashMap<>(Map.of("a", 1L, "b", FieldTable.of(Map.of("c", true))));
        node.bind("q", "amq.direct", "k", arguments);
        node.bind("q", "amq.direct", "k", arguments);
        node.bind("q", "amq.direct", "k");
        assertThat(node.topology.bindings().from(node.host, "amq.direct"))
                .containsExactly(
                        new Bindings.Named("amq.direct", Resource.Kind.QUEUE, "q", "k", FieldTable.of(arguments)),
                        new Bindings.Named("amq.direct", Resource.Kind.QUEUE, "q", "k", FieldTable.EMPTY));
        assertThat(node.topology.bindings().to(node.host, node.broker.find("q").orElseThrow()))
                .hasSize(2);
    }
}
