package weir.cluster.ratis;

import java.net.InetSocketAddress;
import java.util.Optional;
import weir.cluster.peer.PeerService;

/**
 * How a node meets the others.
 *
 * @param bind where it listens, for replication and for {@link weir.cluster.peer.PeerCalls}; what the others are told to
 *     call is its {@link weir.cluster.replication.Member}, which may differ
 * @param tls the certificates that both sides show; without them whoever reaches the port is taken for a node
 * @param service answers the other nodes, from the start of the engine on, whether there are groups yet or not
 */
public record ClusterTransport(InetSocketAddress bind, Optional<ClusterTls> tls, PeerService service) {}
