package weir.cluster.forming;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.util.List;
import weir.cluster.replication.Member;

/** Finds out how the other nodes reach this one, where the operator has not said so. */
public final class OwnAddress {
    private OwnAddress() {}

    /**
     * The seed that is an address of this machine with this node's port; else the address from which this machine reaches the
     * first seed; without seeds, the loopback address.
     *
     * @param advertise what the operator has said; empty for nothing
     */
    public static Member find(int node, int port, String advertise, List<Address> seeds) throws IOException {
        if (!advertise.isEmpty()) {
            return new Member(node, advertise, port);
        }
        for (Address seed : seeds) {
            if (seed.port() == port && isHere(seed.host())) {
                return new Member(node, seed.host(), port);
            }
        }
        if (seeds.isEmpty()) {
            return new Member(node, InetAddress.getLoopbackAddress().getHostAddress(), port);
        }
        try (DatagramSocket probe = new DatagramSocket()) { // Sends nothing; it only asks the routing table.
            probe.connect(new InetSocketAddress(
                    InetAddress.getByName(seeds.getFirst().host()),
                    seeds.getFirst().port()));
            return new Member(node, probe.getLocalAddress().getHostAddress(), port);
        }
    }

    /** Whether a name has several addresses, not all of this machine. */
    static boolean isOfSeveralMachines(String host) {
        try {
            InetAddress[] addresses = InetAddress.getAllByName(host);
            for (InetAddress address : addresses) {
                if (addresses.length > 1 && !isHere(address)) {
                    return true;
                }
            }
        } catch (IOException _) { // It led here a moment ago; a name that is gone leads to nobody else.
        }
        return false;
    }

    private static boolean isHere(InetAddress address) throws IOException {
        return address.isLoopbackAddress() || NetworkInterface.getByInetAddress(address) != null;
    }

    private static boolean isHere(String host) {
        try {
            for (InetAddress address : InetAddress.getAllByName(host)) {
                if (isHere(address)) {
                    return true;
                }
            }
        } catch (IOException _) { // A name that cannot be resolved now is that of another machine, which is not up.
        }
        return false;
    }
}
