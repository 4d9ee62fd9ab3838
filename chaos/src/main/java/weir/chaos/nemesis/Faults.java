package weir.chaos.nemesis;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import weir.chaos.lab.Lab;
import weir.chaos.lab.Network;
import weir.chaos.lab.Node;

/** Makes faults: each kind of harm with the nodes that it meets. */
final class Faults {
    private static final long SKEW_MILLIS_MAX = 2_000;

    private final Lab lab;
    private final SplittableRandom random;

    Faults(Lab lab, SplittableRandom random) {
        this.lab = lab;
        this.random = random;
    }

    Fault of(Harm harm) throws IOException, InterruptedException {
        Damages damages = new Damages(lab, random);
        Node node = lab.nodes().get(random.nextInt(lab.nodes().size()));
        String name = "node " + node.number();
        return switch (harm) {
            case KILL -> new Fault(harm, name, node::kill, () -> started(List.of(node)));
            case KILL_ALL -> new Fault(harm, "all nodes", () -> killed(lab.nodes()), () -> started(lab.nodes()));
            case PAUSE -> new Fault(harm, name, node::pause, node::resume);
            case RESTART -> new Fault(harm, name, () -> stopped(node), () -> started(List.of(node)));
            case ROLLING -> new Fault(harm, "all nodes in turn", this::rolled, () -> {});
            case ISOLATE -> isolated(harm, node);
            case ONE_WAY -> oneWay(harm, node);
            case BRIDGE -> bridge(harm, node);
            case SLOW ->
                new Fault(harm, name, () -> network().slow(node.number()), () -> network()
                        .unslow(node.number()));
            case POWER -> new Fault(harm, name, () -> cut(List.of(node)), () -> powered(List.of(node)));
            case POWER_ALL -> new Fault(harm, "all nodes", () -> cut(lab.nodes()), () -> powered(lab.nodes()));
            case FULL ->
                new Fault(harm, name, () -> node.disk().fill(), () -> {
                    node.disk().free();
                    started(List.of(node));
                });
            case READ_ONLY ->
                new Fault(harm, name, () -> node.disk().fail(), () -> {
                    node.kill();
                    powered(List.of(node));
                });
            case FLIP -> damages.flip();
            case TORN -> damages.tear();
            case LOSE -> damages.lose();
            case ROT -> damages.rot();
            case CLOCK -> skewed(harm, node);
            case WIPE ->
                new Fault(
                        harm,
                        name,
                        () -> {
                            node.kill();
                            node.wipe();
                        },
                        () -> started(List.of(node)));
        };
    }

    private Network network() {
        return Objects.requireNonNull(lab.network());
    }

    private static void killed(List<Node> nodes) throws InterruptedException {
        for (Node node : nodes) {
            node.kill();
        }
    }

    private static void started(List<Node> nodes) throws IOException, InterruptedException {
        for (Node node : nodes) {
            node.start();
        }
        for (Node node : nodes) {
            node.awaitReady();
        }
    }

    private static void stopped(Node node) throws IOException, InterruptedException {
        if (!node.stop()) {
            throw new IOException("node " + node.number() + " did not stop on SIGTERM");
        }
    }

    private void rolled() throws IOException, InterruptedException {
        for (Node node : lab.nodes()) {
            stopped(node);
            started(List.of(node));
        }
    }

    /** The disks first: what a process writes while it is being killed is on none of them. */
    private static void cut(List<Node> nodes) throws IOException, InterruptedException {
        for (Node node : nodes) {
            node.disk().fail();
        }
        killed(nodes);
    }

    private static void powered(List<Node> nodes) throws IOException, InterruptedException {
        for (Node node : nodes) {
            node.disk().reattach();
        }
        started(nodes);
    }

    private Fault isolated(Harm harm, Node node) {
        List<Cut> cuts = new ArrayList<>();
        for (Node other : lab.nodes()) {
            if (other != node) {
                cuts.add(new Cut(node, other));
                cuts.add(new Cut(other, node));
            }
        }
        return partition(harm, "node " + node.number() + " from the others", cuts);
    }

    private Fault oneWay(Harm harm, Node node) {
        List<Cut> cuts = lab.nodes().stream()
                .filter(other -> other != node)
                .map(other -> new Cut(node, other))
                .toList();
        return partition(harm, "from node " + node.number() + " to the others", cuts);
    }

    private Fault bridge(Harm harm, Node middle) {
        List<Node> others = lab.nodes().stream().filter(node -> node != middle).toList();
        List<Cut> cuts = new ArrayList<>();
        List<Node> left = others.subList(0, others.size() / 2);
        List<Node> right = others.subList(others.size() / 2, others.size());
        for (Node one : left) {
            for (Node other : right) {
                cuts.add(new Cut(one, other));
                cuts.add(new Cut(other, one));
            }
        }
        return partition(harm, numbers(left) + " | " + numbers(right) + ", both reach " + middle.number(), cuts);
    }

    private static String numbers(List<Node> nodes) {
        return String.join(
                "+", nodes.stream().map(node -> Integer.toString(node.number())).toList());
    }

    private record Cut(Node from, Node to) {}

    private Fault partition(Harm harm, String text, List<Cut> cuts) {
        return new Fault(
                harm,
                text,
                () -> {
                    for (Cut cut : cuts) {
                        network().block(cut.from().number(), cut.to().number());
                    }
                },
                () -> {
                    for (Cut cut : cuts) {
                        network().unblock(cut.from().number(), cut.to().number());
                    }
                });
    }

    private Fault skewed(Harm harm, Node node) {
        Duration skew = Duration.ofMillis(random.nextLong(-SKEW_MILLIS_MAX, SKEW_MILLIS_MAX + 1));
        return new Fault(
                harm,
                "node " + node.number() + " by " + skew.toMillis() + " ms",
                () -> node.clock().skew(skew),
                () -> node.clock().skew(Duration.ZERO));
    }
}
