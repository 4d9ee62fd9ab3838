package weir.amqp.session;

import java.util.HashMap;
import java.util.Map;
import weir.amqp.nodes.Counted;
import weir.amqp.topology.Login;
import weir.amqp.topology.VirtualHost;
import weir.amqp.wire.AmqpException;
import weir.amqp.wire.ErrorCode;

/**
 * How many connections and channels there are, of each virtual host and user: what their limits are held against. Each node counts
 * its own, and asks the others where there is a limit. Whoever comes is counted before the others are asked: of two who come to two
 * nodes at once for the last place, both may be refused, but never both let in. From any thread.
 */
final class Census {
    /** What the other nodes count together; one that does not say has none. */
    interface Elsewhere {
        int count(Counted what) throws InterruptedException;
    }

    private final Elsewhere elsewhere;
    /** Those that are not at zero. */
    private final Map<Counted, Integer> counts = new HashMap<>();

    Census(Elsewhere elsewhere) {
        this.elsewhere = elsewhere;
    }

    private static Counted host(VirtualHost host) {
        return new Counted.ConnectionsOfHost(host.created());
    }

    private static Counted user(Login login) {
        return new Counted.ConnectionsOfUser(login.user(), login.created());
    }

    private static Counted channels(Login login) {
        return new Counted.ChannelsOfUser(login.user(), login.created());
    }

    /**
     * One more connection; {@link #left} is to be called when it has ended.
     *
     * @throws AmqpException 530 if the virtual host or the user may have no more
     */
    void entered(VirtualHost host, Login login) throws AmqpException, InterruptedException {
        if (!isAdded(host(host), host.connectionsMax())) {
            throw new AmqpException(
                    ErrorCode.NOT_ALLOWED,
                    "access to vhost '" + host.name() + "' refused for user '" + login.user() + "': connection limit ("
                            + host.connectionsMax() + ") is reached");
        }
        boolean entered = false;
        try {
            entered = isAdded(user(login), login.connectionsMax());
        } finally {
            if (!entered) {
                add(host(host), -1);
            }
        }
        if (!entered) {
            throw new AmqpException(
                    ErrorCode.NOT_ALLOWED,
                    "connection refused for user '" + login.user() + "': user connection limit ("
                            + login.connectionsMax() + ") is reached");
        }
    }

    void left(VirtualHost host, Login login) {
        add(host(host), -1);
        add(user(login), -1);
    }

    /**
     * One more channel.
     *
     * @param most how many the user may have now; negative for no limit
     * @throws AmqpException 530 if that are too many
     */
    void opened(Login login, long most) throws AmqpException, InterruptedException {
        if (!isAdded(channels(login), most)) {
            throw new AmqpException(
                    ErrorCode.NOT_ALLOWED,
                    "number of channels opened for user '" + login.user()
                            + "' has reached the maximum allowed user limit of " + most);
        }
    }

    void closed(Login login, int channels) {
        if (channels > 0) {
            add(channels(login), -channels);
        }
    }

    /** False if there would be too many; then it is not counted. */
    private boolean isAdded(Counted what, long most) throws InterruptedException {
        int here = add(what, 1);
        boolean fits = false;
        try {
            fits = most < 0 || (here <= most && here + elsewhere.count(what) <= most);
        } finally {
            if (!fits) {
                add(what, -1);
            }
        }
        return fits;
    }

    private synchronized int add(Counted what, int more) {
        int count = counts.getOrDefault(what, 0) + more;
        if (count == 0) {
            counts.remove(what);
        } else {
            counts.put(what, count);
        }
        return count;
    }

    /** How many there are here. */
    synchronized int count(Counted what) {
        return counts.getOrDefault(what, 0);
    }
}
