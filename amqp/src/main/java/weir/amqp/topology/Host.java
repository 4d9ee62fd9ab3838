package weir.amqp.topology;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import weir.amqp.wire.FieldTable;

/** A virtual host with what is in it. Changed by the thread that changes the index, read by any. */
final class Host {
    volatile VirtualHost virtualHost;
    /** By name. */
    final Map<String, ExchangeNode> exchanges = new ConcurrentHashMap<>();
    /** By the user's name. */
    final Map<String, Permission> permissions = new ConcurrentHashMap<>();

    final Map<String, Map<String, TopicPermission>> topicPermissions = new ConcurrentHashMap<>();
    /** Users' policies and operators', each by name; those of a kind in the order in which they win. */
    final Map<String, Policy> policies = new ConcurrentHashMap<>();

    final Map<String, Policy> operatorPolicies = new ConcurrentHashMap<>();
    volatile List<Policy> ranked = List.of();
    volatile List<Policy> operatorsRanked = List.of();

    Host(VirtualHost virtualHost) {
        this.virtualHost = virtualHost;
    }

    void policiesChanged() {
        ranked = policies.values().stream().sorted(Policy.WINNER_FIRST).toList();
        operatorsRanked =
                operatorPolicies.values().stream().sorted(Policy.WINNER_FIRST).toList();
        exchanges.values().forEach(this::alternate);
    }

    void alternate(ExchangeNode node) {
        String own = node.exchange.alternate();
        if (own == null) {
            FieldTable policy = effective(Resource.Kind.EXCHANGE, node.exchange.name(), "");
            node.alternate = policy.get(Exchange.ALTERNATE) instanceof String name ? name : null;
        }
    }

    /** What the one policy of each kind that wins for it says. */
    FieldTable effective(Resource.Kind kind, String name, String type) {
        return Policy.merged(said(ranked, kind, name, type), said(operatorsRanked, kind, name, type));
    }

    private static FieldTable said(List<Policy> ranked, Resource.Kind kind, String name, String type) {
        return winner(ranked, kind, name, type).map(Policy::definition).orElse(FieldTable.EMPTY);
    }

    static Optional<Policy> winner(List<Policy> ranked, Resource.Kind kind, String name, String type) {
        for (Policy policy : ranked) {
            if (policy.appliesTo(kind, name, type)) {
                return Optional.of(policy);
            }
        }
        return Optional.empty();
    }
}
