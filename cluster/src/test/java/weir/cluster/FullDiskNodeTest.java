package weir.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import weir.core.Batch;
import weir.core.Bytes;
import weir.core.Envelope;
import weir.core.LeaseId;
import weir.core.PartitionId;
import weir.core.QueueSettings;
import weir.core.broker.PublishOutcome;
import weir.core.broker.Receipt;
import weir.core.catalog.CatalogCommand;
import weir.core.catalog.CatalogReply;
import weir.core.shard.Command;
import weir.core.shard.Refusal;
import weir.core.shard.Reply;

/** A node on a disk of its own, which somebody else fills. Runs where a disk in memory may be mounted, that is, as root. */
class FullDiskNodeTest {
    private static final int MIB = 1024 * 1024;
    private static final int DISK_MIB = 192;
    private static final long DEADLINE_SECONDS = 20;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path disk;

    private final List<Throwable> failures = new ArrayList<>();
    private boolean mounted;

    @BeforeEach
    void mount() throws Exception {
        mounted = run("mount", "-t", "tmpfs", "-o", "size=" + DISK_MIB + "m", "tmpfs", disk.toString());
        assumeTrue(mounted, "a disk in memory cannot be mounted here");
    }

    @AfterEach
    void unmount() throws Exception {
        if (mounted) {
            run("umount", disk.toString());
        }
    }

    private static boolean run(String... command) throws Exception {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (java.io.IOException _) {
            return false; // There is no such program.
        }
    }

    private ClusterNode open() throws Exception {
        return ClusterNode.open(disk.resolve("data"), 1, (_, cause) -> failures.add(cause));
    }

    @Test
    void publishesAreRefusedBeforeTheDiskIsFullWhatMakesRoomIsNotAndItRecoversByItself() throws Exception {
        try (ClusterNode node = open()) {
            PartitionId queue = create(node);
            assertThat(publish(node, queue)).isInstanceOf(Reply.Published.class);
            Path filler = disk.resolve("somebody-else");
            fill(filler, 10);
            assertThat(awaitPublish(node, queue, false)).isEqualTo(new Reply.Refused(Refusal.DISK_FULL));
            assertThat(node.fanOut(List.of(copies(queue))))
                    .containsExactly(List.of(new PublishOutcome.Refused(Refusal.DISK_FULL)));
            Receipt receipt =
                    node.receive(new Command.Acquire(queue, 10, Command.Acquire.QUEUE_DEFAULT), Duration.ZERO);
            List<LeaseId> leases = ((Receipt.Received) receipt)
                    .deliveries().stream()
                            .map(delivery -> delivery.leased().lease())
                            .toList();
            assertThat(leases).isNotEmpty();
            assertThat(node.submit(new Command.Acknowledge(queue, leases, false)))
                    .isInstanceOf(Reply.Settled.class);
            Files.delete(filler);
            assertThat(awaitPublish(node, queue, true)).isInstanceOf(Reply.Published.class);
        }
        assertThat(failures).isEmpty();
    }

    /** Leaves so much free. */
    private void fill(Path filler, int freeMib) throws Exception {
        byte[] mib = new byte[MIB];
        try (var out = Files.newOutputStream(filler)) {
            while (Files.getFileStore(disk).getUsableSpace() > (freeMib + 1L) * MIB) {
                out.write(mib);
            }
        }
    }

    /** The disk is looked at now and then, so a publish or two may still go as before. */
    private static Reply awaitPublish(ClusterNode node, PartitionId queue, boolean taken) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS);
        Reply reply = publish(node, queue);
        while (reply instanceof Reply.Published != taken && System.nanoTime() < end) {
            reply = publish(node, queue);
        }
        return reply;
    }

    private static PartitionId create(ClusterNode node) throws Exception {
        CatalogReply reply =
                node.change(new CatalogCommand.CreateQueue("q", QueueSettings.DEFAULT, new TreeMap<>(), 0));
        return ((CatalogReply.Created) reply).queue().partition(0);
    }

    private static Reply publish(ClusterNode node, PartitionId queue) throws Exception {
        return node.submit(new Command.Publish(queue, List.of(Batch.of(Envelope.PLAIN, Bytes.of(new byte[100])))));
    }

    private static Command.Copies copies(PartitionId queue) {
        return new Command.Copies(0, 1, Bytes.of(new byte[100]), List.of(new Command.Target(queue, Envelope.PLAIN)));
    }
}
