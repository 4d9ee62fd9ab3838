package weir.amqp.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import weir.amqp.wire.ErrorCode;
import weir.amqp.wire.FieldTable;
import weir.core.catalog.CatalogCommand;
import weir.core.catalog.CatalogReply;
import weir.core.catalog.Definition;
import weir.core.catalog.Queue;

/** Where messages go, through declarations and bindings as clients make them, on two nodes that follow one catalog. */
class RouterTest {
    @SuppressWarnings("NullAway.Init")
    private Node node;

    @BeforeEach
    void open() throws Exception {
        node = new Node();
    }

    @Test
    void theDefaultExchangeKnowsEveryQueueByItsName() throws Exception {
        node.broker.queue("a");
        assertThat(node.routed("", "a")).containsExactly("a");
        assertThat(node.routed("", "b")).isEmpty();
        assertThat(node.routed("", "")).isEmpty();
    }

    @Test
    void aDirectExchangeGoesByTheWholeKey() throws Exception {
        node.bind("a", "amq.direct", "k");
        node.bind("b", "amq.direct", "k");
        node.bind("c", "amq.direct", "k.x");
        assertThat(node.routed("amq.direct", "k")).containsExactly("a", "b");
        assertThat(node.routed("amq.direct", "x")).isEmpty();
    }

    @Test
    void aQueueGetsAMessageOnceHoweverManyBindingsMatch() throws Exception {
        node.bind("a", "amq.topic", "k.#");
        node.bind("a", "amq.topic", "#");
        node.bind("a", "amq.topic", "k.*");
        assertThat(node.route("amq.topic", Node.message("k.x")).queues()).hasSize(1);
    }

    @Test
    void aFanoutGoesToAllAndHeadersByHeaders() throws Exception {
        node.bind("a", "amq.fanout", "whatever");
        node.bind("b", "amq.fanout", "");
        assertThat(node.routed("amq.fanout", "x")).containsExactly("a", "b");
        node.bind("a", "amq.match", "", Map.of("x-match", "any", "h", 1, "i", 2));
        node.bind("b", "amq.headers", "", Map.of("h", 1));
        assertThat(node.routed("amq.match", "", Map.of("i", 2L))).containsExactly("a");
        assertThat(node.routed("amq.headers", "", Map.of("i", 2))).isEmpty();
    }

    @Test
    void carbonCopiesAreMoreKeys() throws Exception {
        node.bind("a", "amq.direct", "a");
        node.bind("b", "amq.direct", "b");
        node.bind("c", "amq.topic", "c.*");
        Map<String, Object> headers = Map.of("CC", List.of("b", 7), "BCC", List.of("c.x", "c.y"));
        assertThat(node.routed("amq.direct", "a", headers)).containsExactly("a", "b");
        assertThat(node.routed("amq.topic", "a", headers)).containsExactly("c");
        assertThat(node.routed("", "a", headers)).containsExactly("a", "b");
    }

    @Test
    void aCarbonCopyThatIsNoListIsRefused() {
        Node.assertRefused(
                () -> RoutingKeys.of("a", weir.amqp.wire.FieldTable.of(Map.of("CC", "b"))),
                ErrorCode.PRECONDITION_FAILED,
                "invalid message: {unacceptable_type_in_header,\"CC\",longstr}");
    }

    @Test
    void exchangesLeadToExchangesAndACircleEnds() throws Exception {
        node.exchange("one", "fanout");
        node.exchange("two", "direct");
        node.exchange("three", "topic");
        node.bindExchange("two", "one", "");
        node.bindExchange("three", "two", "k");
        node.bindExchange("one", "three", "#");
        node.bind("a", "one", "");
        node.bind("b", "two", "k");
        node.bind("c", "three", "k");
        assertThat(node.routed("one", "k")).containsExactly("a", "b", "c");
        assertThat(node.routed("three", "k")).containsExactly("a", "b", "c");
        assertThat(node.routed("one", "x")).containsExactly("a");
    }

    @Test
    void whatNoBindingMatchesGoesToTheAlternateExchangeAndACircleOfThoseEndsToo() throws Exception {
        node.exchange("first", "direct", Map.of("alternate-exchange", "second"));
        node.exchange("second", "direct", Map.of("alternate-exchange", "first"));
        node.exchange("lost", "direct", Map.of("alternate-exchange", "nowhere"));
        node.bind("a", "first", "a");
        node.bind("b", "second", "b");
        assertThat(node.routed("first", "a")).containsExactly("a");
        assertThat(node.routed("first", "b")).containsExactly("b");
        assertThat(node.routed("second", "a")).containsExactly("a");
        assertThat(node.routed("first", "c")).isEmpty();
        assertThat(node.routed("lost", "a")).isEmpty();
    }

    @Test
    void theDefaultExchangeMayBeTheAlternateOne() throws Exception {
        node.exchange("first", "direct", Map.of("alternate-exchange", ""));
        node.broker.queue("a");
        assertThat(node.routed("first", "a")).containsExactly("a");
    }

    @Test
    void aPolicyNamesTheAlternateExchangeOfThoseThatNameNone() throws Exception {
        node.exchange("first", "direct");
        node.exchange("own", "direct", Map.of("alternate-exchange", "nowhere"));
        node.bind("a", "amq.fanout", "");
        node.topology
                .policies()
                .set(
                        node.host,
                        false,
                        "p",
                        "first|own",
                        "exchanges",
                        1,
                        weir.amqp.wire.FieldTable.of(Map.of("alternate-exchange", "amq.fanout")));
        assertThat(node.routed("first", "k")).containsExactly("a");
        assertThat(node.routed("own", "k")).isEmpty();
        node.topology.policies().clear(node.host, false, "p");
        assertThat(node.routed("first", "k")).isEmpty();
    }

    @Test
    void aConsistentHashSendsAKeyToTheSameQueueAfterARestart() throws Exception {
        node.exchange("x", "x-consistent-hash");
        node.exchange("by-header", "x-consistent-hash", Map.of("hash-header", "h"));
        node.exchange("by-id", "x-consistent-hash", Map.of("hash-property", "message_id"));
        for (String queue : List.of("a", "b", "c")) {
            node.bind(queue, "x", "10");
            node.bind(queue, "by-header", "10");
            node.bind(queue, "by-id", "10");
        }
        Map<String, Set<String>> before = new HashMap<>();
        for (int i = 0; i < 100; i++) {
            Set<String> queues = node.routed("x", "k" + i);
            assertThat(queues).hasSize(1);
            before.put("k" + i, queues);
            assertThat(node.routed("by-header", "", Map.of("h", "k" + i))).isEqualTo(queues);
            assertThat(node.routed("by-id", "k" + i)).isEqualTo(queues);
        }
        assertThat(Set.copyOf(before.values())).hasSize(3);
        node.broker.restore();
        for (Map.Entry<String, Set<String>> each : before.entrySet()) {
            assertThat(node.routed("x", each.getKey())).isEqualTo(each.getValue());
        }
    }

    @Test
    void modulusAndRandomChooseOneOfThoseThatAreBound() throws Exception {
        node.exchange("modulus", "x-modulus-hash");
        node.exchange("random", "x-random");
        for (String queue : List.of("a", "b")) {
            node.bind(queue, "modulus", "");
            node.bind(queue, "random", "");
        }
        Map<Set<String>, Integer> chosen = new HashMap<>();
        for (int i = 0; i < 100; i++) {
            assertThat(node.routed("modulus", "k" + i)).hasSize(1).isEqualTo(node.routed("modulus", "k" + i));
            chosen.merge(
                    Node.names(node.topology
                            .router()
                            .route(node.host, "random", Node.message("k"))
                            .queues()),
                    1,
                    Integer::sum);
        }
        assertThat(chosen.keySet()).containsExactlyInAnyOrder(Set.of("a"), Set.of("b"));
    }

    @Test
    void localRandomChoosesAmongTheQueuesThatThisNodeLeadsAndAmongAllIfItLeadsNone() throws Exception {
        node.exchange("near", "x-local-random");
        List<String> few = List.of("a", "b", "c", "d");
        for (String queue : few) {
            node.bind(queue, "near", "");
        }
        node.broker.ledElsewhere.addAll(List.of("a", "c"));
        assertThat(chosen("near")).containsExactlyInAnyOrder(Set.of("b"), Set.of("d"));
        node.broker.ledElsewhere.addAll(few);
        assertThat(chosen("near")).hasSize(few.size());
        for (int i = 0; i < 100; i++) { // Too many to look at each.
            node.bind("q" + i, "near", "");
            if (i % 2 == 0) {
                node.broker.ledElsewhere.add("q" + i);
            }
        }
        assertThat(chosen("near"))
                .hasSizeGreaterThan(1)
                .doesNotContainAnyElementsOf(
                        node.broker.ledElsewhere.stream().map(Set::of).toList());
    }

    private Set<Set<String>> chosen(String exchange) throws Exception {
        Set<Set<String>> chosen = new HashSet<>();
        for (int i = 0; i < 200; i++) {
            chosen.add(Node.names(node.topology
                    .router()
                    .route(node.host, exchange, Node.message("k"))
                    .queues()));
        }
        return chosen;
    }

    @Test
    void aDelayedExchangeSaysHowLongAndRoutesAsItsInnerType() throws Exception {
        node.exchange("d", "x-delayed-message", Map.of("x-delayed-type", "topic"));
        node.bind("a", "d", "k.*");
        Route route = node.route("d", Node.message("k.x", Map.of("x-delay", "5000")));
        assertThat(route.queues()).isEmpty();
        assertThat(Node.names(route.later())).containsExactly("a");
        assertThat(route.delayMillis()).isEqualTo(5_000);
        assertThat(node.routed("d", "k.x", Map.of("x-delay", 0))).containsExactly("a");
        assertThat(node.routed("d", "k.x", Map.of("x-delay", -5))).containsExactly("a");
        assertThat(node.routed("d", "k.x", Map.of("x-delay", "soon"))).containsExactly("a");
        assertThat(node.routed("d", "k.x")).containsExactly("a");
        assertThat(node.route("d", Node.message("k", Map.of("x-delay", 7))).isNowhere())
                .isTrue();
    }

    @Test
    void whatComesAtOnceByAnotherWayIsNotDelayedAsWell() throws Exception {
        node.exchange("d", "x-delayed-message", Map.of("x-delayed-type", "fanout"));
        node.exchange("front", "fanout");
        node.bindExchange("d", "front", "");
        node.bind("both", "front", "");
        node.bind("both", "d", "");
        node.bind("late", "d", "");
        Route route = node.route("front", Node.message("k", Map.of("x-delay", 7L)));
        assertThat(Node.names(route.queues())).containsExactly("both");
        assertThat(Node.names(route.later())).containsExactly("late");
    }

    @Test
    void aQueuesBindingsGoWithItAndANamesakeHasNone() throws Exception {
        node.bind("a", "amq.direct", "k");
        node.bind("a", "amq.topic", "#");
        node.broker.deleteQueue("a");
        assertThat(node.routed("amq.direct", "k")).isEmpty();
        node.broker.queue("a");
        assertThat(node.routed("amq.direct", "k")).isEmpty();
        assertThat(node.broker.count(Binding.KIND)).isEqualTo(2);
        node.topology.bindings().queueDeleted();
        assertThat(node.broker.count(Binding.KIND)).isZero();
        node.bind("a", "amq.direct", "k");
        assertThat(node.routed("amq.direct", "k")).containsExactly("a");
    }

    @Test
    void whatAQueueIsNowIsWhatARouteHas() throws Exception {
        node.bind("a", "amq.direct", "k");
        Queue before = node.broker.find("a").orElseThrow();
        node.broker.change(new CatalogCommand.UpdateQueue(
                "a", before.revision(), before.settings(), new java.util.TreeMap<>(Map.of("amqp:x", "y"))));
        assertThat(node.route("amq.direct", Node.message("k"))
                        .queues()
                        .getFirst()
                        .labels())
                .containsEntry("amqp:x", "y");
    }

    @Test
    void aStateThatWasTakenOverRoutesAsTheOneBefore() throws Exception {
        node.exchange("x", "topic", Map.of("alternate-exchange", "amq.fanout"));
        node.bind("a", "x", "k.*", Map.of("note", 1));
        node.bind("b", "amq.fanout", "");
        node.broker.restore();
        assertThat(node.routed("x", "k.x")).containsExactly("a");
        assertThat(node.routed("x", "z")).containsExactly("b");
        node.unbind("a", "x", "k.*");
        assertThat(node.routed("x", "k.x"))
                .as("that binding has arguments, so it was another")
                .containsExactly("a");
    }

    @Test
    void aDefinitionOfANewerReleaseIsPassedOver() throws Exception {
        CatalogReply reply = node.broker.change(new CatalogCommand.Define(
                Exchange.KIND,
                Exchange.key(node.host, "strange"),
                Definition.NEW,
                new java.util.TreeMap<>(Map.of("type", "x-from-the-future"))));
        assertThat(reply).isInstanceOf(CatalogReply.Defined.class);
        assertThat(node.isThere("strange")).isFalse();
        node.bind("a", "amq.direct", "k");
        assertThat(node.routed("amq.direct", "k")).containsExactly("a");
    }

    @Test
    void aHundredThousandBindingsCostAMessageNoMoreThanTen() throws Exception {
        node.exchange("x", "topic");
        node.exchange("h", "headers");
        node.broker.queue("q");
        int few = 0;
        for (int i = 0; i < 100_000; i++) {
            node.bind("q", "amq.direct", "key" + i);
            if (i < 10_000) {
                node.bind("q", "x", "orders." + i + ".#");
                node.bind("q", "h", "", Map.of("kind", "order", "customer", i));
            }
            if (i == 9) {
                few = work();
            }
        }
        assertThat(work()).isEqualTo(few).isLessThan(10);
        node.broker.deleteQueue("q");
        assertThat(work()).isLessThan(few);
        assertThat(node.routed("amq.direct", "key5")).isEmpty();
    }

    private int work() throws Exception {
        Router router = node.topology.router();
        return router.work(node.host, "amq.direct", Node.message("key5"))
                + router.work(node.host, "x", Node.message("orders.5.paid"))
                + router.work(node.host, "h", Node.message("", Map.of("customer", 5, "kind", "order")));
    }

    /** As another front may have written it; who publishes by AMQP is told. */
    @Test
    void headersThatAreNoArraysAddNothingToWhatWasTakenBefore() {
        FieldTable headers = FieldTable.of(Map.of("CC", "a", "BCC", List.of("b", 7)));
        assertThat(RoutingKeys.in("key", headers)).containsExactly("key", "b");
        assertThatThrownBy(() -> RoutingKeys.of("key", headers))
                .hasMessage("invalid message: {unacceptable_type_in_header,\"CC\",longstr}");
    }
}
