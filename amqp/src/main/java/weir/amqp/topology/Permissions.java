package weir.amqp.topology;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import weir.amqp.wire.AmqpException;
import weir.amqp.wire.ErrorCode;
import weir.core.broker.Broker;
import weir.core.broker.OutcomeUnknownException;

/**
 * Who may do what where. Asking looks at the index alone, and needs no cache of the asker's: a right that was taken away is gone
 * at once. Safe for use by any number of threads.
 */
public final class Permissions {
    /** What the default exchange is called where permissions are concerned. */
    private static final String DEFAULT_EXCHANGE = "amq.default";

    private final TopologyIndex index;
    private final Broker broker;
    private final Changes changes;
    private final Users users;

    Permissions(TopologyIndex index, Broker broker, Users users) {
        this.index = index;
        this.broker = broker;
        this.changes = new Changes(broker);
        this.users = users;
    }

    /**
     * The virtual host that a connection wants.
     *
     * @throws AmqpException 530 if there is none, or the user has no permissions there
     */
    public VirtualHost enter(Login who, String virtualHost)
            throws AmqpException, OutcomeUnknownException, InterruptedException {
        Optional<VirtualHost> known = entered(who, virtualHost);
        if (known.isEmpty()) {
            broker.catchUp();
            known = entered(who, virtualHost);
        }
        if (known.isEmpty() && index.host(virtualHost).isEmpty()) {
            throw new AmqpException(ErrorCode.NOT_ALLOWED, "vhost " + virtualHost + " not found");
        }
        return known.orElseThrow(() -> new AmqpException(
                ErrorCode.NOT_ALLOWED, "access to vhost '" + virtualHost + "' refused for user '" + who.user() + "'"));
    }

    private Optional<VirtualHost> entered(Login who, String virtualHost) {
        return index.host(virtualHost).filter(host -> of(host, who).isPresent()).map(host -> host.virtualHost);
    }

    private static Optional<Permission> of(Host host, Login who) {
        return Optional.ofNullable(host.permissions.get(who.user()))
                .filter(permission -> permission.userCreated() == who.created());
    }

    /** Whether a user has any permissions there, as this node knows it. */
    public boolean mayEnter(Login who, VirtualHost host) {
        return index.host(host).flatMap(each -> of(each, who)).isPresent();
    }

    private boolean has(Login who, VirtualHost host, Resource what, Permission.Right right) {
        if (who.isSystem()) {
            return true;
        }
        String name = what.name().isEmpty() && what.kind() == Resource.Kind.EXCHANGE ? DEFAULT_EXCHANGE : what.name();
        return index.host(host)
                .flatMap(each -> of(each, who))
                .filter(permission -> permission.allows(right, name))
                .isPresent();
    }

    /** @throws AmqpException 403 if the user has no such right to it */
    public void check(Login who, VirtualHost host, Resource what, Permission.Right right) throws AmqpException {
        if (!has(who, host, what, right)) {
            throw refused(who, what, right);
        }
    }

    /** The same if any right will do, as it does for a passive declaration. */
    public void checkAny(Login who, VirtualHost host, Resource what) throws AmqpException {
        for (Permission.Right right : Permission.Right.values()) {
            if (has(who, host, what, right)) {
                return;
            }
        }
        throw refused(who, what, Permission.Right.CONFIGURE);
    }

    private static AmqpException refused(Login who, Resource what, Permission.Right right) {
        Resource named = what.name().isEmpty() && what.kind() == Resource.Kind.EXCHANGE
                ? new Resource(what.kind(), what.virtualHost(), DEFAULT_EXCHANGE)
                : what;
        return new AmqpException(
                ErrorCode.ACCESS_REFUSED,
                right.word() + " access to " + named + " refused for user '" + who.user() + "'");
    }

    /** @throws AmqpException 403 if it is a topic exchange, and the user has no such right to the key there */
    void checkTopic(Login who, VirtualHost host, Exchange exchange, String routingKey, Permission.Right right)
            throws AmqpException {
        if (exchange.type() != ExchangeType.TOPIC) {
            return;
        }
        Map<String, TopicPermission> ofUser = index.host(host)
                .map(each -> each.topicPermissions.get(who.user()))
                .orElse(null);
        TopicPermission permission = ofUser == null ? null : ofUser.get(exchange.name());
        if (permission != null
                && permission.userCreated() == who.created()
                && !permission.allows(right, host.name(), routingKey)) {
            throw new AmqpException(
                    ErrorCode.ACCESS_REFUSED,
                    right.word() + " access to topic '" + routingKey + "' in exchange '" + exchange.name()
                            + "' in vhost '" + host.name() + "' refused for user '" + who.user() + "'");
        }
    }

    /** Those who have any in that virtual host. */
    public List<Permission> list(VirtualHost host) {
        return index.host(host)
                .map(each -> List.copyOf(each.permissions.values()))
                .orElse(List.of());
    }

    public List<TopicPermission> listTopics(VirtualHost host) {
        List<TopicPermission> all = new ArrayList<>();
        index.host(host)
                .ifPresent(each -> each.topicPermissions.values().forEach(ofUser -> all.addAll(ofUser.values())));
        return all;
    }

    /** @throws RefusedException if there is no such user, or one of the three is no expression */
    public void set(VirtualHost host, String user, String configure, String write, String read)
            throws RefusedException, OutcomeUnknownException, InterruptedException {
        Account account = account(user);
        checkExpressions(configure, write, read);
        put(
                Permission.KIND,
                Permission.key(host, user),
                _ -> Permission.attributes(account.userCreated(), configure, write, read));
    }

    public void clear(VirtualHost host, String user) throws OutcomeUnknownException, InterruptedException {
        changes.remove(Permission.KIND, Permission.key(host, user));
    }

    /** @throws RefusedException if there is no such user, or one of the two is no expression */
    public void setTopic(VirtualHost host, String user, String exchange, String write, String read)
            throws RefusedException, OutcomeUnknownException, InterruptedException {
        Account account = account(user);
        checkExpressions(
                TopicPermission.filled(write, user, host.name()), TopicPermission.filled(read, user, host.name()));
        put(
                TopicPermission.KIND,
                TopicPermission.key(host, user, exchange),
                _ -> TopicPermission.attributes(account.userCreated(), write, read));
    }

    /** At one exchange. */
    public void clearTopic(VirtualHost host, String user, String exchange)
            throws OutcomeUnknownException, InterruptedException {
        changes.remove(TopicPermission.KIND, TopicPermission.key(host, user, exchange));
    }

    private void put(String kind, String name, Changes.Change change)
            throws RefusedException, OutcomeUnknownException, InterruptedException {
        if (changes.put(kind, name, change) instanceof Changes.Made.TooMany) {
            throw new RefusedException("no more permissions can be given here");
        }
    }

    private Account account(String user) throws RefusedException, OutcomeUnknownException, InterruptedException {
        return users.find(user).orElseThrow(() -> new RefusedException("there is no user \"" + user + "\""));
    }

    private static void checkExpressions(String... texts) throws RefusedException {
        for (String text : texts) {
            if (!new Expression(text).isValid()) {
                throw new RefusedException("\"" + text + "\" is no regular expression");
            }
        }
    }
}
