package weir.cluster.damage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import weir.cluster.ClusterLimits;
import weir.cluster.replication.DamagedLogException;
import weir.cluster.replication.GroupId;

class SetAsideTest {
    private static final GroupId GROUP = GroupId.shard(0);
    private final DamagedLogException damage = new DamagedLogException("log_1-9 is damaged");

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path data;

    @SuppressWarnings("NullAway.Init")
    private List<Path> files;

    @BeforeEach
    void aReplica() throws IOException {
        files = List.of(data.resolve("shard-0"), data.resolve("raft").resolve("group-1"));
        write("one");
    }

    private void write(String content) throws IOException {
        for (Path directory : files) {
            Files.createDirectories(directory);
            Files.writeString(directory.resolve("file"), content);
        }
    }

    @Test
    void aMarkedReplicaWaitsAlsoAfterARestartUntilItIsReadmitted() throws IOException {
        SetAside aside = SetAside.open(data);
        assertThat(aside.state(GROUP)).isEqualTo(ReplicaState.OPEN);
        aside.mark(GROUP, damage);
        assertThat(SetAside.open(data).reason(GROUP))
                .as("before anything was moved")
                .hasValue("log_1-9 is damaged");
        aside.move(GROUP, files);
        for (SetAside each : List.of(aside, SetAside.open(data))) {
            assertThat(each.state(GROUP)).isEqualTo(ReplicaState.DAMAGED);
            assertThat(each.waiting()).isEqualTo(Map.of(GROUP, "log_1-9 is damaged"));
            assertThat(each.state(GroupId.CATALOG)).isEqualTo(ReplicaState.OPEN);
        }
        aside.readmit(GROUP);
        assertThat(aside.state(GROUP)).isEqualTo(ReplicaState.OPEN);
        assertThat(SetAside.open(data).waiting()).isEmpty();
        assertThat(files).noneMatch(Files::exists);
    }

    @Test
    void whatWasDamagedIsKeptForALookAndTheOldestGoes() throws IOException {
        SetAside aside = SetAside.open(data);
        int times = ClusterLimits.DAMAGED_KEPT_MAX + 2;
        for (int i = 1; i <= times; i++) {
            write("damaged the " + i + ". time");
            aside.mark(GROUP, damage);
            aside.move(GROUP, files);
            aside.move(GROUP, files); // After a crash; there is nothing left to move.
            aside.readmit(GROUP);
        }
        Path damaged = data.resolve("damaged");
        try (var found = Files.list(damaged)) {
            assertThat(found).hasSize(ClusterLimits.DAMAGED_KEPT_MAX);
        }
        assertThat(damaged.resolve("1-" + times).resolve("shard-0").resolve("file"))
                .hasContent("damaged the " + times + ". time");
        assertThat(damaged.resolve("1-" + times).resolve("group-1").resolve("file"))
                .exists();
    }

    @Test
    void onlyAMarkedReplicaIsMovedAndOnlyFilesOfTheNode() throws IOException {
        SetAside aside = SetAside.open(data);
        assertThatThrownBy(() -> aside.move(GROUP, files)).isInstanceOf(IllegalStateException.class);
        aside.mark(GROUP, damage);
        assertThatThrownBy(() -> aside.move(GROUP, List.of(data.resolveSibling("elsewhere"))))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aDamagedReplicaStopsAloneAndAnythingElseEndsTheProcess() throws Exception {
        SetAside aside = SetAside.open(data);
        List<GroupId> processEnded = new ArrayList<>();
        AtomicInteger closes = new AtomicInteger();
        CountDownLatch closed = new CountDownLatch(1);
        CountDownLatch mayClose = new CountDownLatch(1);
        FailedReplicas failures = new FailedReplicas(
                aside,
                group -> !group.equals(GroupId.shard(2)),
                GroupId.CATALOG::equals,
                _ -> {
                    closes.incrementAndGet();
                    closed.countDown();
                    try {
                        mayClose.await();
                    } catch (InterruptedException e) {
                        throw new IOException(e);
                    }
                    return files;
                },
                (group, _) -> processEnded.add(group));
        failures.failed(GROUP, new RuntimeException(damage));
        failures.failed(GROUP, damage); // Another reader met it.
        assertThat(closed.await(10, TimeUnit.SECONDS)).isTrue();
        failures.failed(GROUP, new IllegalStateException("it is being closed"));
        mayClose.countDown();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (Files.exists(files.getLast()) && System.nanoTime() < end) {
            Thread.onSpinWait();
        }
        assertThat(files).noneMatch(Files::exists);
        assertThat(closes).hasValue(1);
        assertThat(processEnded).isEmpty();
        assertThat(aside.state(GROUP)).isEqualTo(ReplicaState.DAMAGED);

        failures.failed(GROUP, new IllegalStateException("late news of what was set aside"));
        failures.failed(GROUP, damage);
        assertThat(closes).hasValue(1);
        assertThat(processEnded).isEmpty();

        failures.failed(GroupId.shard(2), damage); // There is no other replica that it could be mended from.
        failures.failed(GroupId.shard(1), new IOException("no space left on device"));
        assertThat(processEnded).containsExactly(GroupId.shard(2), GroupId.shard(1));
        assertThat(aside.waiting()).containsOnlyKeys(GROUP);
    }

    @Test
    void aDamagedReplicaThatTheNodeRestsOnIsMarkedAndEndsTheProcess() throws Exception {
        SetAside aside = SetAside.open(data);
        CountDownLatch processEnded = new CountDownLatch(1);
        FailedReplicas failures = new FailedReplicas(
                aside,
                _ -> true,
                GroupId.CATALOG::equals,
                _ -> {
                    throw new IOException("it is not to be closed");
                },
                (_, _) -> processEnded.countDown());
        failures.failed(GroupId.CATALOG, damage);
        assertThat(processEnded.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(SetAside.open(data).reason(GroupId.CATALOG)).hasValue("log_1-9 is damaged");
    }
}
