package weir.amqp.topology;

import java.util.Set;

/**
 * What an operator may set.
 *
 * @param account twelve digits: that of users who are made here, for the fronts that have accounts
 * @param loopbackUsers those who are let in from this machine only; RabbitMQ's default is guest alone
 * @param queuePolicyKeys what policies may say of queues: what queues then do. Anything else is refused, not passed over
 */
public record TopologySettings(String account, Set<String> loopbackUsers, Set<String> queuePolicyKeys) {
    public TopologySettings {
        loopbackUsers = Set.copyOf(loopbackUsers);
        queuePolicyKeys = Set.copyOf(queuePolicyKeys);
    }
}
