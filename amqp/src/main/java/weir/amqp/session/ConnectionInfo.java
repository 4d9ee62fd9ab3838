package weir.amqp.session;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import weir.amqp.queue.Owner;
import weir.amqp.topology.Login;
import weir.amqp.wire.FieldTable;

/**
 * A connection as it was a moment ago.
 *
 * @param id unique at this node
 * @param user the name that it logged in with
 * @param login whose rights it has
 * @param host the virtual host's name
 * @param owner as whom it owns queues
 * @param mechanism by which it logged in
 * @param tls empty without
 * @param state in RabbitMQ's words
 * @param heartbeatSeconds 0 for none
 * @param sendPending octets that wait until those before them are taken
 */
public record ConnectionInfo(
        long id,
        String user,
        Login login,
        String host,
        Owner owner,
        InetSocketAddress peer,
        InetSocketAddress local,
        String mechanism,
        Optional<TlsInfo> tls,
        FieldTable clientProperties,
        String state,
        int channelMax,
        int frameMax,
        int heartbeatSeconds,
        long connectedAtMillis,
        Traffic<Traffic.Carried> carried,
        long sendPending,
        List<ChannelInfo> channels) {
    public ConnectionInfo {
        channels = List.copyOf(channels);
    }

    /** As RabbitMQ names connections. */
    public String name() {
        return name(peer, local);
    }

    static String name(InetSocketAddress peer, InetSocketAddress local) {
        return shown(peer) + " -> " + shown(local);
    }

    private static String shown(InetSocketAddress address) {
        return address.getAddress().getHostAddress() + ":" + address.getPort();
    }
}
