package weir.amqp.topology;

import java.util.List;
import java.util.Optional;
import weir.amqp.wire.FieldTable;
import weir.core.broker.Broker;
import weir.core.broker.OutcomeUnknownException;

/**
 * Policies, users' and operators'. What they say of exchanges holds from the moment that they are there; what they say of
 * queues is for whoever keeps these to ask ({@link #ofQueue}). Safe for use by any number of threads.
 */
public final class Policies {
    private final TopologyIndex index;
    private final Changes changes;
    private final TopologySettings settings;

    Policies(TopologyIndex index, Broker broker, TopologySettings settings) {
        this.index = index;
        this.changes = new Changes(broker);
        this.settings = settings;
    }

    /**
     * What holds for a queue of that name, by the policy's keys; empty if nothing does.
     *
     * @param type as in {@code x-queue-type}
     */
    public FieldTable ofQueue(String host, String queue, String type) {
        return index.host(host)
                .map(each -> each.effective(Resource.Kind.QUEUE, queue, type))
                .orElse(FieldTable.EMPTY);
    }

    /** The one that holds for that queue or exchange, as far as a user's or an operator's does. */
    public Optional<Policy> winner(boolean operator, Resource resource, String queueType) {
        return index.host(resource.virtualHost())
                .flatMap(each -> Host.winner(
                        operator ? each.operatorsRanked : each.ranked, resource.kind(), resource.name(), queueType));
    }

    /** Users' policies, the one that wins first. */
    public List<Policy> list(VirtualHost host) {
        return index.host(host).map(each -> each.ranked).orElse(List.of());
    }

    /** Operators' policies, the one that wins first. */
    public List<Policy> listOperators(VirtualHost host) {
        return index.host(host).map(each -> each.operatorsRanked).orElse(List.of());
    }

    /**
     * Sets a policy, in the place of one of that name.
     *
     * @param definition what it says, by RabbitMQ's keys
     * @throws RefusedException if it says what nothing here would heed
     */
    public void set(
            VirtualHost host,
            boolean operator,
            String name,
            String pattern,
            String applyTo,
            long priority,
            FieldTable definition)
            throws RefusedException, OutcomeUnknownException, InterruptedException {
        Policy.Scope scope = Policy.Scope.named(applyTo);
        if (scope == null) {
            throw new RefusedException("apply-to '" + applyTo
                    + "' unrecognised; should be one of: 'queues', 'classic_queues', 'quorum_queues', 'streams', "
                    + "'exchanges', or 'all'");
        }
        Expression expression = new Expression(pattern);
        if (!expression.isValid()) {
            throw new RefusedException("\"" + pattern + "\" is no regular expression");
        }
        if (name.isEmpty() || name.length() > TopologyLimits.NAME_BYTES_MAX) {
            throw new RefusedException("the policy's name has " + name.length() + " characters, allowed are 1 to "
                    + TopologyLimits.NAME_BYTES_MAX);
        }
        PolicyKeys.check(definition, operator, settings.queuePolicyKeys());
        Policy policy = new Policy(name, expression, scope, priority, definition, operator);
        if (changes.put(policy.kind(), key(host, name), _ -> policy.attributes()) instanceof Changes.Made.TooMany) {
            throw new RefusedException("no more policies can be set here");
        }
    }

    /** Of what a policy would say the settings that nothing here heeds. */
    public List<String> unheeded(FieldTable definition, boolean operator) {
        return PolicyKeys.unknown(definition, operator, settings.queuePolicyKeys());
    }

    /** There need be none. */
    public void clear(VirtualHost host, boolean operator, String name)
            throws OutcomeUnknownException, InterruptedException {
        changes.remove(operator ? Policy.OPERATOR_KIND : Policy.KIND, key(host, name));
    }

    private static String key(VirtualHost host, String name) {
        return host.id() + "/" + name;
    }
}
