package weir.amqp.topology;

import java.util.Set;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import weir.core.broker.Broker;
import weir.core.broker.OutcomeUnknownException;

/**
 * One node's view of the topology, and what changes it: one object for each node, made when the node is open. Safe for use by
 * any number of threads.
 */
public final class Topology {
    /** Says that the first user and virtual host were made once, so that nobody makes them again who has deleted them. */
    private static final String FOUNDED_KIND = "amqp.founded";

    private static final String FOUNDED_NAME = "1";

    /** RabbitMQ's first user, and his password. */
    private static final String GUEST = "guest";

    private static final String EVERYTHING = ".*";

    private final Broker broker;
    private final Users users;
    private final Permissions permissions;
    private final VirtualHosts virtualHosts;
    private final Exchanges exchanges;
    private final Bindings bindings;
    private final Policies policies;
    private final Router router;
    private final Sweeper sweeper;

    private Topology(Broker broker, QueueNaming naming, TopologySettings settings, TopologyIndex index) {
        this.broker = broker;
        this.sweeper = new Sweeper(index, broker);
        this.users = new Users(broker, settings);
        this.permissions = new Permissions(index, broker, users);
        this.virtualHosts = new VirtualHosts(index, broker, naming, sweeper);
        this.exchanges = new Exchanges(index, broker, permissions, sweeper);
        this.bindings = new Bindings(index, broker, naming, permissions, exchanges, sweeper);
        this.policies = new Policies(index, broker, settings);
        this.router = new Router(index, broker, naming);
    }

    /**
     * Reads what is there and follows it from then on.
     *
     * @param random by which an {@code x-random} exchange chooses; used by any number of threads
     */
    public static Topology follow(
            Broker broker, QueueNaming naming, TopologySettings settings, RandomGenerator random) {
        TopologyIndex index = new TopologyIndex(broker, random);
        broker.watch(index);
        return new Topology(broker, naming, settings, index);
    }

    /**
     * Makes what a new broker has, once in its life: the virtual host {@code /}, and the user guest who may do everything in it.
     * Whoever is cut short in it is followed by the next: each step can be repeated.
     */
    public void found() throws OutcomeUnknownException, InterruptedException {
        if (broker.definitionAnywhere(FOUNDED_KIND, FOUNDED_NAME).isPresent()) {
            return;
        }
        try {
            VirtualHost host = virtualHosts.put(VirtualHost.DEFAULT, "Default virtual host", Set.of(), "");
            if (users.find(GUEST).isEmpty()) {
                users.put(GUEST, PasswordHash.of(GUEST), Set.of("administrator"));
            }
            permissions.set(host, GUEST, EVERYTHING, EVERYTHING, EVERYTHING);
        } catch (RefusedException e) {
            throw new OutcomeUnknownException(
                    "the first virtual host and user could not be made: " + e.getMessage(), e);
        }
        new Changes(broker).create(FOUNDED_KIND, FOUNDED_NAME, new TreeMap<>());
    }

    /** Removes what crashes and other fronts left in the catalog that belongs to nothing; for now and then. */
    public void sweep() throws OutcomeUnknownException, InterruptedException {
        sweeper.sweep();
    }

    public Users users() {
        return users;
    }

    public Permissions permissions() {
        return permissions;
    }

    public VirtualHosts virtualHosts() {
        return virtualHosts;
    }

    public Exchanges exchanges() {
        return exchanges;
    }

    public Bindings bindings() {
        return bindings;
    }

    public Policies policies() {
        return policies;
    }

    public Router router() {
        return router;
    }
}
