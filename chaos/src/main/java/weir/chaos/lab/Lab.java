package weir.chaos.lab;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The nodes and what is around them.
 *
 * @param network null if they share the machine's own
 * @param disks whether each has its own
 */
public record Lab(List<Node> nodes, @Nullable Network network, boolean disks) implements AutoCloseable {
    /** As each node is told; and the catalog. */
    private static final int SHARDS = 4;

    private static final int SQS_PORT = 9324;
    /** At the same address as SQS. */
    public static final int AMQP_PORT = 5672;

    private static final int ADMIN_PORT = 9325;
    private static final int CLUSTER_PORT = 7100;

    public Lab {
        nodes = List.copyOf(nodes);
    }

    /**
     * Nodes that are not started yet, in namespaces, if {@code apart}.
     *
     * @param server the command that starts a node; its last word is {@code server}
     */
    public static Lab create(int nodes, boolean apart, List<String> server, Path directory)
            throws IOException, InterruptedException {
        Network network = apart ? Network.create(nodes) : null;
        List<Node> all = new ArrayList<>();
        for (int number = 1; number <= nodes; number++) {
            all.add(node(number, nodes, apart, server, directory));
        }
        return new Lab(all, network, apart);
    }

    private static Node node(int number, int nodes, boolean apart, List<String> server, Path directory)
            throws IOException, InterruptedException {
        Path own = Files.createDirectories(directory.resolve("disks"));
        Disk disk = apart ? Disk.create(own.resolve("node-" + number + ".img"), own.resolve("node-" + number)) : null;
        Clock clock = new Clock(own.resolve("clock-" + number));
        Path data = disk == null ? own.resolve("node-" + number).resolve("data") : disk.directory();
        List<String> command = new ArrayList<>();
        if (apart) {
            command.add("nsenter");
            command.add("--net=" + Network.namespace(number));
        }
        command.addAll(server);
        Map<String, String> environment = new HashMap<>(environment(number, nodes, apart));
        environment.put("WEIR_DATA", data.toString());
        environment.put("WEIR_TESTING_CLOCK_SKEW", clock.file().toString());
        return new Node(
                number,
                new InetSocketAddress(address(number, apart), SQS_PORT),
                command,
                environment,
                data,
                directory.resolve("node-" + number + ".log"),
                disk,
                clock);
    }

    private static String address(int node, boolean apart) {
        return apart ? Network.address(node) : "127.10.7." + node; // Where nobody else has a server.
    }

    /** A port that others reach has to ask for a signature; the admin API stays on the loopback of its node. */
    private static Map<String, String> environment(int number, int nodes, boolean apart) {
        Map<String, String> environment = new HashMap<>();
        environment.put("WEIR_SHARDS", Integer.toString(SHARDS));
        environment.put("WEIR_HOST", apart ? "127.0.0.1" : address(number, false));
        environment.put("WEIR_SQS_HOST", address(number, apart));
        environment.put("WEIR_SQS_PORT", Integer.toString(SQS_PORT));
        environment.put("WEIR_SQS_AUTH", "full");
        environment.put("WEIR_AMQP_HOST", address(number, apart));
        environment.put("WEIR_AMQP_PORT", Integer.toString(AMQP_PORT));
        environment.put("WEIR_ADMIN_PORT", Integer.toString(ADMIN_PORT));
        if (nodes > 1) {
            environment.put("WEIR_NODE_ID", Integer.toString(number));
            environment.put("WEIR_CLUSTER_SCRUB_EVERY", "5s"); // What is damaged is to be found while we look.
            environment.put("WEIR_CLUSTER_HOST", address(number, apart));
            environment.put("WEIR_CLUSTER_ADVERTISE", address(number, apart)); // On loopback all seeds are its own.
            environment.put("WEIR_CLUSTER_PORT", Integer.toString(CLUSTER_PORT));
            environment.put(
                    "WEIR_CLUSTER_SEEDS",
                    IntStream.rangeClosed(1, nodes)
                            .mapToObj(node -> address(node, apart) + ":" + CLUSTER_PORT)
                            .collect(Collectors.joining(",")));
        }
        return environment;
    }

    /** Makes a key that clients may use, on the first node: the lines of its id and its secret. */
    public List<String> createKey() throws IOException, InterruptedException {
        Node first = nodes.getFirst();
        String admin = admin(first);
        first.tool("user", "add", "chaos", "--server", admin);
        String made = first.tool("key", "create", "chaos", "--server", admin);
        return List.of(value(made, "AWS_ACCESS_KEY_ID="), value(made, "AWS_SECRET_ACCESS_KEY="));
    }

    /** Makes a user of AMQP, on the first node: the lines of its name and its password. */
    public List<String> createLogin() throws IOException, InterruptedException {
        if (!disks) {
            return List.of("guest", "guest"); // Who may come from the loopback.
        }
        Node first = nodes.getFirst();
        String admin = admin(first);
        first.tool("rabbitmqctl", "add_user", "chaos", "nemesis", "--server", admin);
        first.tool("rabbitmqctl", "set_permissions", "chaos", ".*", ".*", ".*", "--server", admin);
        return List.of("chaos", "nemesis");
    }

    private String admin(Node node) {
        return "http://" + (disks ? "127.0.0.1" : node.port().getHostString()) + ":" + ADMIN_PORT;
    }

    /** How many groups of replicas there are: 0 is the catalog, 1 is shard 0. */
    public int groups() {
        return 1 + SHARDS;
    }

    /** The node that leads a group; 0 if none is known. */
    public int leader(int group) throws InterruptedException {
        String name = group == 0 ? "catalog" : Integer.toString(group - 1);
        return status().lines()
                .map(line -> line.strip().split("\\s+"))
                .filter(words -> words.length > 2 && words[0].equals(name) && words[1].matches("\\d+"))
                .filter(words -> !words[2].contains(":")) // That is a line about a node: its address follows.
                .mapToInt(words -> Integer.parseInt(words[1]))
                .findFirst()
                .orElse(0);
    }

    /** What the cluster says is wrong with it; empty if all is well. */
    public String troubles() throws InterruptedException {
        String status = status();
        return status.contains("All is well.")
                ? ""
                : status.lines().filter(line -> line.startsWith("!")).collect(Collectors.joining(" "))
                        + (status.contains("!") ? "" : status);
    }

    /** By the first node that answers. */
    private String status() throws InterruptedException {
        String last = "no node runs";
        for (Node node : nodes) {
            if (node.runs()) {
                try {
                    return node.tool("cluster", "status", "--server", admin(node));
                } catch (IOException e) {
                    last = String.valueOf(e.getMessage());
                }
            }
        }
        return last;
    }

    private static String value(String lines, String name) throws LabException {
        return lines.lines()
                .filter(line -> line.startsWith(name))
                .map(line -> line.substring(name.length()))
                .findFirst()
                .orElseThrow(() -> new LabException("the first node made no key"));
    }

    public void start() throws IOException, InterruptedException {
        for (Node node : nodes) {
            node.start();
        }
        for (Node node : nodes) {
            node.awaitReady();
        }
    }

    /** Ends every process. Mounts and links end with the namespace. */
    @Override
    public void close() {
        nodes.forEach(Node::close);
    }
}
