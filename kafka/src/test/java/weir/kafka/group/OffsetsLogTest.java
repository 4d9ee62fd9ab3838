package weir.kafka.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.errors.NotLeaderOrFollowerException;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import weir.cluster.ClusterNode;
import weir.core.Bytes;
import weir.core.PartitionId;
import weir.core.catalog.Queue;

/** The offsets topic as coordinators write and load it, over a real node. */
class OffsetsLogTest {
    private static final int SHARDS = 2;

    @TempDir
    private static Path data;

    @SuppressWarnings("NullAway.Init")
    private static ClusterNode node;

    @SuppressWarnings("NullAway.Init")
    private static Queue topic;

    private static final AtomicInteger PARTITIONS = new AtomicInteger();

    private final AtomicInteger lost = new AtomicInteger();

    @SuppressWarnings("NullAway.Init")
    private PartitionId partition;

    @SuppressWarnings("NullAway.Init")
    private OffsetsLog log;

    @BeforeAll
    static void open() throws Exception {
        node = ClusterNode.open(data, SHARDS, (group, cause) -> {
            throw new AssertionError(group + " failed", cause);
        });
        topic = OffsetsTopic.make(node).orElseThrow();
    }

    @AfterAll
    static void close() {
        node.close();
    }

    @BeforeEach
    void takeAPartition() {
        partition = topic.partition(PARTITIONS.getAndIncrement());
        log = new OffsetsLog(node, partition);
    }

    /** As a coordinator that has just come. */
    private OffsetsWriter claimed(int by) {
        long claim = log.append(new OffsetsEntry.Claim(by));
        LatestRecords read = log.read(claim + 1);
        return new OffsetsWriter(log, claim + 1, read, 0, lost::incrementAndGet);
    }

    private static MemoryRecords records(String... keysAndValues) {
        SimpleRecord[] records = new SimpleRecord[keysAndValues.length / 2];
        for (int i = 0; i < records.length; i++) {
            records[i] = new SimpleRecord(
                    0L,
                    Bytes.utf8(keysAndValues[2 * i]).toArray(),
                    Bytes.utf8(keysAndValues[2 * i + 1]).toArray());
        }
        return MemoryRecords.withRecords(Compression.NONE, records);
    }

    private Map<String, String> read() throws Exception {
        return read(node.offsets(partition, 0).orElseThrow().end());
    }

    private Map<String, String> read(long end) {
        Map<String, String> values = new TreeMap<>();
        for (KeptRecord record : log.read(end).survivors()) {
            values.put(
                    record.key().utf8(),
                    record.value() == null ? "" : record.value().utf8());
        }
        return values;
    }

    @Test
    void theCoordinatorCountsItsRecordsWithoutGaps() throws Exception {
        OffsetsWriter first = claimed(1);
        assertThat(first.append(records("a", "1", "b", "1"))).isEqualTo(2);
        assertThat(first.append(records("a", "2"))).isEqualTo(3);
        assertThat(claimed(2).append(records("c", "1"))).isEqualTo(4);
        assertThat(read()).isEqualTo(Map.of("a", "2", "b", "1", "c", "1"));
    }

    @Test
    void whoWasReplacedWritesNothingThatCountsAndFindsOut() throws Exception {
        OffsetsWriter first = claimed(1);
        first.append(records("a", "1"));
        OffsetsWriter second = claimed(2);
        assertThatThrownBy(() -> first.append(records("a", "void"))).isInstanceOf(NotLeaderOrFollowerException.class);
        assertThat(lost).hasValue(1);
        assertThatThrownBy(() -> first.append(records("a", "void"))).isInstanceOf(NotLeaderOrFollowerException.class);
        assertThat(lost).hasValue(1);
        assertThat(read()).isEqualTo(Map.of("a", "1"));
        // What came between its entries makes the other one begin anew, too; nothing that was answered is lost by it.
        assertThatThrownBy(() -> second.append(records("a", "2"))).isInstanceOf(NotLeaderOrFollowerException.class);
        assertThat(claimed(2).append(records("a", "3"))).isEqualTo(2);
        assertThat(read()).isEqualTo(Map.of("a", "3"));
    }

    @Test
    void rewritingLeavesWhatCountsAndCutsOffTheRest() throws Exception {
        OffsetsWriter writer = claimed(1);
        for (int i = 0; i < 100; i++) {
            writer.append(records("a", "a" + i, "b" + i % 10, "b" + i));
        }
        Map<String, String> before = read();
        new Rewriting(log, writer).run();
        assertThat(node.offsets(partition, 0).orElseThrow().start()).isEqualTo(101);
        assertThat(read()).isEqualTo(before);
        assertThat(writer.append(records("a", "after"))).isEqualTo(201);
        new Rewriting(log, writer).run();
        assertThat(claimed(2).append(records("c", "1"))).isEqualTo(202);
        assertThat(read()).hasSize(12).containsEntry("a", "after").containsEntry("c", "1");
    }

    @Test
    void rewritingGoesOnBesideCommits() throws Exception {
        OffsetsWriter writer = claimed(1);
        Map<String, String> expected = new TreeMap<>();
        String large = "x".repeat(10_000); // So that it takes several entries.
        List<Throwable> failures = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            writer.append(records("k" + i, i + large));
            expected.put("k" + i, i + large);
        }
        Thread rewriting = Thread.ofVirtual()
                .uncaughtExceptionHandler((_, failure) -> failures.add(failure))
                .start(() -> {
                    for (int i = 0; i < 5; i++) {
                        new Rewriting(log, writer).run();
                    }
                });
        for (int i = 0; rewriting.isAlive() || i < 100; i++) {
            writer.append(records("k" + i % 100, "new" + i));
            expected.put("k" + i % 100, "new" + i);
        }
        rewriting.join();
        assertThat(failures).isEmpty();
        assertThat(lost).hasValue(0);
        assertThat(read()).isEqualTo(expected);
    }

    @Test
    void whoWasReplacedDoesNotRewrite() throws Exception {
        OffsetsWriter first = claimed(1);
        first.append(records("a", "1"));
        claimed(2);
        new Rewriting(log, first).run();
        assertThat(node.offsets(partition, 0).orElseThrow().start()).isZero();
        assertThat(read()).isEqualTo(Map.of("a", "1"));
    }
}
