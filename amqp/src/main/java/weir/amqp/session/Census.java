package weir.amqp.session;

import java.util.HashMap;
import java.util.Map;
import weir.amqp.topology.Login;
import weir.amqp.topology.VirtualHost;
import weir.amqp.wire.AmqpException;
import weir.amqp.wire.ErrorCode;

/**
 * How many connections and channels there are at this node, of each virtual host and user: what their limits are held against.
 * From any thread.
 */
final class Census {
    /** What is counted. Of those that bore one name one after the other, each is counted for itself. */
    private sealed interface Of {
        record Host(long created) implements Of {}

        record User(String name, long created) implements Of {}

        record ChannelsOf(String name, long created) implements Of {}
    }

    /** Those that are not at zero. */
    private final Map<Of, Integer> counts = new HashMap<>();

    private static Of host(VirtualHost host) {
        return new Of.Host(host.created());
    }

    private static Of user(Login login) {
        return new Of.User(login.user(), login.created());
    }

    private static Of channels(Login login) {
        return new Of.ChannelsOf(login.user(), login.created());
    }

    /**
     * One more connection; {@link #left} is to be called when it has ended.
     *
     * @throws AmqpException 530 if the virtual host or the user may have no more
     */
    synchronized void entered(VirtualHost host, Login login) throws AmqpException {
        if (isFull(host(host), host.connectionsMax())) {
            throw new AmqpException(
                    ErrorCode.NOT_ALLOWED,
                    "access to vhost '" + host.name() + "' refused for user '" + login.user() + "': connection limit ("
                            + host.connectionsMax() + ") is reached");
        }
        if (isFull(user(login), login.connectionsMax())) {
            throw new AmqpException(
                    ErrorCode.NOT_ALLOWED,
                    "connection refused for user '" + login.user() + "': user connection limit ("
                            + login.connectionsMax() + ") is reached");
        }
        add(host(host), 1);
        add(user(login), 1);
    }

    synchronized void left(VirtualHost host, Login login) {
        add(host(host), -1);
        add(user(login), -1);
    }

    /**
     * One more channel.
     *
     * @param most how many the user may have now; negative for no limit
     * @throws AmqpException 530 if that are too many
     */
    synchronized void opened(Login login, long most) throws AmqpException {
        if (isFull(channels(login), most)) {
            throw new AmqpException(
                    ErrorCode.NOT_ALLOWED,
                    "number of channels opened for user '" + login.user()
                            + "' has reached the maximum allowed user limit of " + most);
        }
        add(channels(login), 1);
    }

    synchronized void closed(Login login, int channels) {
        if (channels > 0) {
            add(channels(login), -channels);
        }
    }

    private boolean isFull(Of what, long most) {
        return most >= 0 && counts.getOrDefault(what, 0) >= most;
    }

    private void add(Of what, int more) {
        int count = counts.getOrDefault(what, 0) + more;
        if (count == 0) {
            counts.remove(what);
        } else {
            counts.put(what, count);
        }
    }
}
