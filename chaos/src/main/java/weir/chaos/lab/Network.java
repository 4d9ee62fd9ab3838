package weir.chaos.lab;

import java.io.IOException;

/**
 * A router in the namespace of this program, with a link to each node's. Every packet between two nodes, and between a
 * client and a node, passes it; so what is not to pass is a rule of the router, and neither end sees more of it than
 * silence.
 *
 * <p>Node N is 10.7.0.N; clients are here, at 10.7.0.254.
 */
public final class Network {
    static final String CLIENTS = "10.7.0.254";
    /** A slow link's rate and the longest queue before it, beyond which packets are dropped. */
    private static final String[] SLOW = {"tbf", "rate", "2mbit", "burst", "8kb", "latency", "300ms"};

    private final int nodes;

    private Network(int nodes) {
        this.nodes = nodes;
    }

    static String address(int node) {
        return "10.7.0." + node;
    }

    /** The path by which nsenter finds the network of a node. */
    static String namespace(int node) {
        return "/run/netns/" + name(node);
    }

    private static String name(int node) {
        return "node" + node;
    }

    static Network create(int nodes) throws IOException, InterruptedException {
        Shell.run("mount", "-t", "tmpfs", "none", "/run"); // For ip's own list of namespaces: this one's alone.
        Shell.run("mkdir", "/run/netns");
        Shell.run("ip", "link", "set", "lo", "up");
        Shell.run("ip", "address", "add", CLIENTS + "/32", "dev", "lo");
        Shell.run("sh", "-c", "echo 1 >/proc/sys/net/ipv4/ip_forward");
        for (int node = 1; node <= nodes; node++) {
            String outer = "to" + name(node);
            Shell.run("ip", "netns", "add", name(node));
            Shell.run("ip", "link", "add", outer, "type", "veth", "peer", "name", "eth0", "netns", name(node));
            Shell.run("ip", "link", "set", outer, "up");
            in(node, "ip", "link", "set", "lo", "up");
            in(node, "ip", "link", "set", "eth0", "up");
            in(node, "ip", "address", "add", address(node) + "/32", "dev", "eth0");
            in(node, "ip", "route", "add", CLIENTS + "/32", "dev", "eth0");
            in(node, "ip", "route", "add", "default", "via", CLIENTS, "dev", "eth0");
            Shell.run("ip", "route", "add", address(node) + "/32", "dev", outer, "src", CLIENTS);
        }
        return new Network(nodes);
    }

    private static void in(int node, String... command) throws IOException, InterruptedException {
        String[] all = new String[command.length + 2];
        all[0] = "nsenter";
        all[1] = "--net=" + namespace(node);
        System.arraycopy(command, 0, all, 2, command.length);
        Shell.run(all);
    }

    /** From now on nothing that {@code from} sends reaches {@code to}. */
    public void block(int from, int to) throws IOException, InterruptedException {
        Shell.run("ip", "rule", "add", "from", address(from), "to", address(to), "blackhole");
    }

    public void unblock(int from, int to) throws IOException, InterruptedException {
        Shell.run("ip", "rule", "del", "from", address(from), "to", address(to), "blackhole");
    }

    /** From now on the link of that node, to everybody and in both directions, is a slow one. */
    public void slow(int node) throws IOException, InterruptedException {
        Shell.run(slow("replace", "to" + name(node)));
        in(node, slow("replace", "eth0"));
    }

    private static String[] slow(String action, String device) {
        String[] command = new String[6 + SLOW.length];
        String[] start = {"tc", "qdisc", action, "dev", device, "root"};
        System.arraycopy(start, 0, command, 0, 6);
        System.arraycopy(SLOW, 0, command, 6, SLOW.length);
        return command;
    }

    public void unslow(int node) throws IOException, InterruptedException {
        Shell.run("tc", "qdisc", "del", "dev", "to" + name(node), "root");
        in(node, "tc", "qdisc", "del", "dev", "eth0", "root");
    }

    public int nodes() {
        return nodes;
    }
}
