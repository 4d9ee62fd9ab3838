package weir.amqp.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import weir.amqp.wire.ErrorCode;
import weir.amqp.wire.FieldTable;
import weir.core.access.User;
import weir.core.catalog.CatalogCommand;

/** Users, what they may do, virtual hosts, policies. */
class AccessTest {
    @SuppressWarnings("NullAway.Init")
    private Node node;

    @SuppressWarnings("NullAway.Init")
    private Login anne;

    @BeforeEach
    void open() throws Exception {
        node = new Node();
        node.topology.users().put("anne", PasswordHash.of("secret"), Set.of("management"));
        anne = node.login("anne", "secret");
    }

    private Authentication authenticate(String user, String password, String address) throws Exception {
        return node.topology.users().authenticate(user, password, InetAddress.ofLiteral(address));
    }

    private static Authentication refused(String reason) {
        return new Authentication.Refused(reason);
    }

    @Test
    void guestComesFromThisMachineOnly() throws Exception {
        assertThat(authenticate("guest", "guest", "127.0.0.1")).isInstanceOf(Authentication.Accepted.class);
        assertThat(authenticate("guest", "guest", "::1")).isInstanceOf(Authentication.Accepted.class);
        assertThat(authenticate("guest", "guest", "10.0.0.1"))
                .isEqualTo(refused("user 'guest' can only connect via localhost"));
        assertThat(authenticate("anne", "secret", "10.0.0.1")).isInstanceOf(Authentication.Accepted.class);
    }

    @Test
    void whoDoesNotKnowThePasswordIsRefusedAsIfHeWereUnknown() throws Exception {
        assertThat(authenticate("anne", "wrong", "::1")).isEqualTo(refused("user 'anne' - invalid credentials"));
        assertThat(authenticate("anne", "", "::1")).isEqualTo(refused("user 'anne' - invalid credentials"));
        assertThat(authenticate("bert", "x", "::1")).isEqualTo(refused("user 'bert' - invalid credentials"));
        assertThat(authenticate("no such / name", "x", "::1")).isInstanceOf(Authentication.Refused.class);
    }

    /** As {@code rabbitmqctl export_definitions} writes it; made with RabbitMQ's documented algorithm. */
    @Test
    void aHashOfADefinitionFileIsTaken() throws Exception {
        PasswordHash hash = PasswordHash.imported(
                "kI3GCqW5JLMJa4iX1lo7X4D6XbYqlLgxIs30+P6tENUV2POR", PasswordHash.Algorithm.SHA_256);
        node.topology.users().put("imported", hash, Set.of());
        assertThat(authenticate("imported", "test12", "::1")).isInstanceOf(Authentication.Accepted.class);
        assertThat(authenticate("imported", "test13", "::1")).isInstanceOf(Authentication.Refused.class);
        assertThatThrownBy(() -> PasswordHash.imported("kI3G", PasswordHash.Algorithm.SHA_256))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aUserWithoutAPasswordIsLetInOnlyByWhoVouchesForHim() throws Exception {
        node.topology.users().put("cert", PasswordHash.imported("", PasswordHash.Algorithm.SHA_256), Set.of());
        assertThat(authenticate("cert", "", "::1")).isInstanceOf(Authentication.Refused.class);
        assertThat(node.topology.users().vouched("cert", InetAddress.getLoopbackAddress()))
                .isInstanceOf(Authentication.Accepted.class);
    }

    @Test
    void aUserWhoEndsElsewhereEndsHereAndANamesakeHasNothingOfHis() throws Exception {
        node.topology.permissions().set(node.host, "anne", ".*", ".*", ".*");
        node.broker.change(new CatalogCommand.Undefine(User.KIND, "anne"));
        assertThat(authenticate("anne", "secret", "::1")).isInstanceOf(Authentication.Refused.class);
        node.topology.users().put("anne", PasswordHash.of("other"), Set.of());
        Login namesake = node.login("anne", "other");
        Node.assertRefused(
                () -> node.topology.permissions().enter(namesake, "/"),
                ErrorCode.NOT_ALLOWED,
                "access to vhost '/' refused for user 'anne'");
    }

    @Test
    void withoutPermissionsThereIsNoWayIn() {
        Node.assertRefused(
                () -> node.topology.permissions().enter(anne, "/"),
                ErrorCode.NOT_ALLOWED,
                "access to vhost '/' refused for user 'anne'");
        Node.assertRefused(
                () -> node.topology.permissions().enter(node.guest, "none"),
                ErrorCode.NOT_ALLOWED,
                "vhost none not found");
    }

    @Test
    void aRightIsHeldAgainstTheNameAndLostAtOnce() throws Exception {
        node.topology.permissions().set(node.host, "anne", "^mine-", "^mine-|amq\\.default", "");
        Exchanges exchanges = node.topology.exchanges();
        exchanges.declare(anne, node.host, Node.declaration("mine-x", "fanout", Map.of()));
        exchanges.forPublish(anne, node.host, "");
        accessRefused(
                () -> exchanges.declare(anne, node.host, Node.declaration("x", "fanout", Map.of())),
                "configure access to exchange 'x' in vhost '/' refused for user 'anne'");
        accessRefused(
                () -> exchanges.forPublish(anne, node.host, "amq.direct"),
                "write access to exchange 'amq.direct' in vhost '/' refused for user 'anne'");
        accessRefused(
                () -> exchanges.delete(anne, node.host, "x", false),
                "configure access to exchange 'x' in vhost '/' refused for user 'anne'");
        node.broker.queue("mine-q");
        accessRefused(
                () -> node.topology
                        .bindings()
                        .bind(anne, node.host, Node.toQueue("mine-q", "mine-x", "", Map.of()), _ -> {}),
                "read access to exchange 'mine-x' in vhost '/' refused for user 'anne'");
        exchanges.declarePassively(anne, node.host, "mine-x");
        accessRefused(
                () -> exchanges.declarePassively(anne, node.host, "amq.direct"),
                "configure access to exchange 'amq.direct' in vhost '/' refused for user 'anne'");
        node.topology.permissions().clear(node.host, "anne");
        accessRefused(
                () -> exchanges.forPublish(anne, node.host, ""),
                "write access to exchange 'amq.default' in vhost '/' refused for user 'anne'");
    }

    private static void accessRefused(org.assertj.core.api.ThrowableAssert.ThrowingCallable what, String text) {
        Node.assertRefused(what, ErrorCode.ACCESS_REFUSED, text);
    }

    @Test
    void topicPermissionsAreForKeysAtOneExchange() throws Exception {
        node.topology.permissions().set(node.host, "anne", ".*", ".*", ".*");
        node.topology.permissions().setTopic(node.host, "anne", "amq.topic", "^{username}\\.", "^news\\.");
        Exchanges exchanges = node.topology.exchanges();
        Exchange topic = exchanges.forPublish(anne, node.host, "amq.topic");
        exchanges.checkTopics(anne, node.host, topic, List.of("anne.x", "anne.y"));
        accessRefused(
                () -> exchanges.checkTopics(anne, node.host, topic, List.of("anne.x", "bert.y")),
                "write access to topic 'bert.y' in exchange 'amq.topic' in vhost '/' refused for user 'anne'");
        node.broker.queue("q");
        accessRefused(
                () -> node.topology
                        .bindings()
                        .bind(anne, node.host, Node.toQueue("q", "amq.topic", "#", Map.of()), _ -> {}),
                "read access to topic '#' in exchange 'amq.topic' in vhost '/' refused for user 'anne'");
        exchanges.checkTopics(anne, node.host, exchanges.forPublish(anne, node.host, "amq.direct"), List.of("bert.y"));
        node.topology.permissions().clearTopic(node.host, "anne", "amq.topic");
        exchanges.checkTopics(anne, node.host, topic, List.of("bert.y"));
    }

    @Test
    void anExpressionThatWouldTryEverythingGivesUpAndOneThatIsNoneIsRefused() throws Exception {
        assertThat(new Expression("(a+)+$").matches("a".repeat(250) + "!")).isFalse();
        assertThat(new Expression("(a|b)*c").matches("ab".repeat(120) + "c")).isTrue();
        assertThat(new Expression("(").matches("(")).isFalse();
        assertThatCode(() -> new Expression("(".repeat(2_000) + ")".repeat(2_000)).matches("("))
                .doesNotThrowAnyException();
        assertThatThrownBy(() -> node.topology.permissions().set(node.host, "anne", "(", "", ""))
                .isInstanceOf(RefusedException.class);
    }

    @Test
    void aVirtualHostHasNamesOfItsOwnAndGoesWithAllThatIsInIt() throws Exception {
        VirtualHost host = node.topology.virtualHosts().put("v", "", Set.of(), "quorum");
        assertThat(host.defaultQueueType()).isEqualTo("quorum");
        node.topology.permissions().set(host, "anne", ".*", ".*", ".*");
        assertThat(node.topology.permissions().enter(anne, "v")).isEqualTo(host);
        node.topology.exchanges().declare(anne, host, Node.declaration("x", "fanout", Map.of()));
        node.broker.queue("//v/q");
        node.broker.queue("q");
        node.topology.bindings().bind(anne, host, Node.toQueue("q", "x", "", Map.of()), _ -> {});
        node.topology.bindings().bind(anne, host, Node.toQueue("q", "amq.fanout", "", Map.of()), _ -> {});
        assertThat(Node.names(node.topology
                        .router()
                        .route(host, "x", Node.message(""))
                        .queues()))
                .containsExactly("//v/q");
        assertThat(node.routed("x", "")).isEmpty();
        assertThat(node.topology.bindings().from(host, "x").getFirst().destination())
                .isEqualTo("q");

        int before = node.broker.count(Permission.KIND);
        node.topology.virtualHosts().delete(host);
        assertThat(node.topology.virtualHosts().find("v")).isEmpty();
        assertThat(node.broker.find("//v/q")).isEmpty();
        assertThat(node.broker.find("q")).isPresent();
        assertThat(node.broker.count(Exchange.KIND)).isZero();
        assertThat(node.broker.count(Binding.KIND)).isZero();
        assertThat(node.broker.count(Permission.KIND)).isEqualTo(before - 1);
        assertThatThrownBy(() -> node.topology.virtualHosts().delete(node.host)).isInstanceOf(RefusedException.class);
        Node.assertRefused(
                () -> node.topology.exchanges().declare(anne, host, Node.declaration("x", "fanout", Map.of())),
                ErrorCode.ACCESS_REFUSED,
                "configure access to exchange 'x' in vhost 'v' refused for user 'anne'");
    }

    @Test
    void limitsAreKept() throws Exception {
        VirtualHost host = node.topology.virtualHosts().limit(node.host, 5, 6);
        assertThat(host).isEqualTo(node.host.withLimits(5, 6));
        assertThat(node.topology.virtualHosts().find("/")).contains(host);
        node.topology.users().limit("anne", 7, 8);
        Login again = node.login("anne", "secret");
        assertThat(List.of(again.connectionsMax(), again.channelsMax())).containsExactly(7L, 8L);
    }

    @Test
    void theFirstUserAndVirtualHostAreMadeOnce() throws Exception {
        node.topology.users().delete("guest");
        node.topology.found();
        assertThat(authenticate("guest", "guest", "::1")).isInstanceOf(Authentication.Refused.class);
    }

    @Test
    void ofPoliciesTheHighestHoldsAndAnOperatorsMakesNumbersSmaller() throws Exception {
        Policies policies = node.topology.policies();
        policies.set(node.host, false, "low", "", "all", 0, FieldTable.of(Map.of("max-length", 5)));
        policies.set(
                node.host,
                false,
                "high",
                "^q",
                "queues",
                9,
                FieldTable.of(Map.of("max-length", 100, "message-ttl", 7)));
        assertThat(policies.ofQueue("/", "other", "classic")).isEqualTo(FieldTable.of(Map.of("max-length", 5)));
        assertThat(policies.ofQueue("/", "q1", "quorum").get("max-length")).isEqualTo(100);
        policies.set(
                node.host,
                true,
                "bound",
                ".*",
                "quorum_queues",
                0,
                FieldTable.of(Map.of("max-length", 10, "message-ttl", 50)));
        assertThat(policies.ofQueue("/", "q1", "quorum").get("max-length")).isEqualTo(10);
        assertThat(policies.ofQueue("/", "q1", "quorum").get("message-ttl")).isEqualTo(7);
        assertThat(policies.ofQueue("/", "q1", "classic").get("max-length")).isEqualTo(100);
        assertThat(policies.winner(true, Resource.queue(node.host, "q1"), "quorum"))
                .map(Policy::name)
                .contains("bound");
        assertThat(policies.winner(true, Resource.exchange(node.host, "q1"), ""))
                .isEmpty();
        policies.clear(node.host, false, "high");
        assertThat(policies.ofQueue("/", "q1", "quorum").get("max-length")).isEqualTo(5);
        assertThatThrownBy(() ->
                        policies.set(node.host, false, "p", "", "all", 0, FieldTable.of(Map.of("ha-mode", "all"))))
                .isInstanceOf(RefusedException.class)
                .hasMessage("\"ha-mode\" is not a recognised policy setting");
    }

    @Test
    void whatAPolicyCannotSayIsRefusedInRabbitsWords() {
        refusesPolicy(false, Map.of(), "no policy provided");
        refusesPolicy(false, Map.of("max-length", -1), "-1 is not a valid maximum length");
        refusesPolicy(false, Map.of("message-ttl", "x"), "<<\"x\">> is not a valid message TTL");
        refusesPolicy(false, Map.of("max-age", "soon"), "<<\"soon\">> is not a valid max age");
        refusesPolicy(false, Map.of("max-age", 60), "60 is not a valid max age");
        refusesPolicy(
                true, Map.of("alternate-exchange", "x"), "\"alternate-exchange\" is not a recognised policy setting");
    }

    private void refusesPolicy(boolean operator, Map<String, Object> definition, String text) {
        assertThatThrownBy(() ->
                        node.topology.policies().set(node.host, operator, "p", "", "all", 0, FieldTable.of(definition)))
                .isInstanceOf(RefusedException.class)
                .hasMessage(text);
    }

    @Test
    void whatADeletionLeftBehindIsNoNamesakes() throws Exception {
        VirtualHost host = node.topology.virtualHosts().put("v", "", Set.of(), "");
        node.broker.queue("//v/orphan");
        node.broker.change(new CatalogCommand.Undefine(VirtualHost.KIND, "v")); // And then its node died.
        assertThat(node.topology.virtualHosts().now(host)).isEmpty();
        assertThat(node.topology.virtualHosts().isThere("v")).isFalse();
        node.topology.virtualHosts().put("v", "", Set.of(), "");
        assertThat(node.broker.find("//v/orphan")).isEmpty();
        node.broker.queue("//v/kept");
        node.topology.virtualHosts().put("v", "again", Set.of(), "");
        assertThat(node.broker.find("//v/kept")).isPresent();
    }
}
