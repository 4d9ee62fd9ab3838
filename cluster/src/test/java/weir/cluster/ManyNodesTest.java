package weir.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import weir.cluster.forming.Address;
import weir.cluster.replication.Member;
import weir.core.QueueSettings;
import weir.core.catalog.CatalogCommand;
import weir.core.cluster.ClusterAction;
import weir.core.cluster.ClusterAnswer;
import weir.core.cluster.ClusterOverview;

/** Clusters of more nodes than vote on the catalog, and nodes that cannot be opened; real nodes in one process. */
@Timeout(240)
final class ManyNodesTest {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path directory;

    private final Map<Integer, Integer> ports = new TreeMap<>();
    private final Map<Integer, ClusterNode> nodes = new TreeMap<>();

    @AfterEach
    void close() {
        nodes.values().forEach(ClusterNode::close);
    }

    private int port(int number) {
        return ports.computeIfAbsent(number, _ -> freePort());
    }

    private static int freePort() {
        Random random = new Random();
        for (int attempt = 0; attempt < 1_000; attempt++) {
            int port = random.nextInt(20_000, 32_000);
            try (var _ = new ServerSocket(port)) {
                return port;
            } catch (IOException _) { // It is taken.
            }
        }
        throw new AssertionError("no port is free");
    }

    private NodeSettings settings(int number) {
        Member self = new Member(number, "127.0.0.1", port(number));
        NodeSettings.Cluster cluster = new NodeSettings.Cluster(
                self,
                new InetSocketAddress(InetAddress.getLoopbackAddress(), port(number)),
                List.of(new Address("127.0.0.1", port(1))),
                Optional.empty(),
                "",
                3,
                Duration.ofMinutes(10),
                Duration.ofHours(12),
                new TreeMap<>());
        return new NodeSettings(directory.resolve("node-" + number), 1, 4 * 1024 * 1024, number, Optional.of(cluster));
    }

    private void open(int number) throws Exception {
        nodes.put(number, ClusterNode.open(settings(number), InstantSource.system(), (_, _) -> {}));
    }

    private ClusterNode node(int number) {
        return Objects.requireNonNull(nodes.get(number));
    }

    private ClusterOverview overview(int number) {
        try {
            return node(number).control().orElseThrow().overview();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private List<Integer> catalogWith(String... roles) {
        return overview(2).groups().getFirst().replicas().stream()
                .filter(replica -> List.of(roles).contains(replica.role()))
                .map(ClusterOverview.ReplicaView::node)
                .toList();
    }

    private static void await(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("waited in vain for " + what).isLessThan(end);
            LockSupport.parkNanos(100_000_000);
        }
    }

    @Test
    void theEighthAndNinthNodeFollowTheCatalogUntilAVoterLeaves() throws Exception {
        for (int number = 1; number <= 9; number++) {
            open(number);
        }
        await(
                "two that follow without a vote",
                () -> catalogWith("listener").equals(List.of(8, 9))
                        && catalogWith("leader", "follower").size() == 7);
        node(9).change(new CatalogCommand.CreateQueue("made-at-nine", QueueSettings.DEFAULT, new TreeMap<>()));
        assertThat(node(9).find("made-at-nine")).isPresent();
        node(1).change(new CatalogCommand.CreateQueue("made-at-one", QueueSettings.DEFAULT, new TreeMap<>()));
        assertThat(node(8).findAnywhere("made-at-one")).isPresent();

        node(9).close(); // One that follows goes on where it was.
        open(9);
        assertThat(node(9).find("made-at-nine")).isPresent();

        int voter = 5;
        node(voter).close();
        nodes.remove(voter);
        await("the removal", () -> {
            try {
                return node(2).control().orElseThrow().manage(new ClusterAction.Remove(voter, true))
                        instanceof ClusterAnswer.Done;
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        await(
                "a vote for one of the others",
                () -> catalogWith("leader", "follower").size() == 7
                        && catalogWith("listener").size() == 1);
        node(8).change(new CatalogCommand.CreateQueue("made-at-eight", QueueSettings.DEFAULT, new TreeMap<>()));
        assertThat(node(9).findAnywhere("made-at-eight")).isPresent();
    }

    @Test
    void aNodeThatCannotBeOpenedLeavesNothingOpen() throws Exception {
        open(1);
        node(1).close();
        nodes.clear();
        Path foreign = Files.createDirectory(directory.resolve("node-1").resolve("shard-0.backup"));
        assertThatThrownBy(() -> open(1))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("is not a shard's directory; move it out");
        Files.delete(foreign);
        open(1); // Its port and its files are free again.
        List<String> left = new ArrayList<>();
        node(1).close();
        nodes.clear();
        await("the end of its threads", () -> {
            left.clear();
            Thread.getAllStackTraces().keySet().stream()
                    .map(Thread::getName)
                    .filter(name -> name.startsWith("weir-") && !name.equals("weir-patience")) // The process has one.
                    .forEach(left::add);
            return left.isEmpty();
        });
    }

    @Test
    void aNodeThatWasAloneGrowsWithTheRightAddressFromTheStart() throws Exception {
        NodeSettings own = settings(1);
        NodeSettings alone = new NodeSettings(own.data(), 1, own.checkpointBytes(), 1, Optional.empty());
        try (ClusterNode node = ClusterNode.open(alone, InstantSource.system(), (_, _) -> {})) {
            node.change(new CatalogCommand.CreateQueue("old", QueueSettings.DEFAULT, new TreeMap<>()));
        }
        open(1);
        assertThat(Files.readString(own.data().resolve("weir.format"))).contains("founder 1@127.0.0.1:" + port(1));
        CompletableFuture<Void> second = CompletableFuture.runAsync(() -> {
            try {
                open(2);
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        second.get(120, TimeUnit.SECONDS);
        assertThat(node(2).find("old")).isPresent();
        await("two members", () -> catalogWith("leader", "follower").equals(List.of(1, 2)));
    }
}
