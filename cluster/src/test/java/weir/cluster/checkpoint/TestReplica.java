package weir.cluster.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import weir.cluster.replication.GroupId;
import weir.cluster.replication.LogPosition;
import weir.cluster.replication.Member;
import weir.cluster.replication.Progress;
import weir.cluster.replication.ReplicatedLog;
import weir.cluster.shard.Directory;
import weir.cluster.shard.Shard;
import weir.cluster.shard.ShardReplica;
import weir.core.Batch;
import weir.core.Bytes;
import weir.core.Envelope;
import weir.core.PartitionId;
import weir.core.PartitionStatus;
import weir.core.Position;
import weir.core.QueueSettings;
import weir.core.broker.OutcomeUnknownException;
import weir.core.broker.Peeked;
import weir.core.catalog.Queue;
import weir.core.codec.EntryCodec;
import weir.core.shard.Command;
import weir.storage.ShardStore;
import weir.storage.SimulatedFileSystem;

/** A shard's replica over a simulated disk, given its entries by hand. */
final class TestReplica implements AutoCloseable {
    static final GroupId GROUP = GroupId.shard(0);
    static final Path DIRECTORY = Path.of("shard-0");
    static final PartitionId QUEUE = new PartitionId(7, 0);
    static final Member LEADER = new Member(1, "leader", 7100);
    private static final long NEVER_BY_SIZE = 1L << 40;

    final SimulatedFileSystem files;
    final List<Throwable> failures = new ArrayList<>();
    final CheckpointSource source;
    final ShardReplica replica;
    long index;

    TestReplica(SimulatedFileSystem files, Pace pace) throws IOException {
        this.files = files;
        source = new CheckpointSource(pace.bytes(), pace.nanos());
        replica = new ShardReplica(
                0,
                ShardStore.open(files, DIRECTORY),
                NEVER_BY_SIZE,
                InstantSource.system(),
                (_, cause) -> failures.add(cause));
        index = replica.lastCheckpoint().map(LogPosition::index).orElse(0L);
        replica.attach(new NoLog(), new Alone());
        source.add(GROUP, replica.checkpointer());
    }

    /** How fast the source reads, and what it takes for the time. */
    record Pace(weir.storage.Pace bytes, LongSupplier nanos) {
        static final Pace NONE = new Pace(weir.storage.Pace.NONE, System::nanoTime);
    }

    TestReplica(long seed) throws IOException {
        this(new SimulatedFileSystem(seed), Pace.NONE);
    }

    LocalPeers catchesUpFrom(TestReplica leader) {
        LocalPeers peers = new LocalPeers(leader.source);
        replica.catchUpBy(new CheckpointFetch(peers, Duration.ZERO));
        return peers;
    }

    LogPosition catchUp(long firstKept) throws IOException, InterruptedException {
        LogPosition position = replica.catchUp(LEADER, firstKept);
        index = position.index();
        return position;
    }

    void configure() {
        apply(new Command.Configure(QUEUE, 1, QueueSettings.DEFAULT));
    }

    void publish(int messages, int payloadBytes) {
        for (int i = 0; i < messages; i++) {
            byte[] payload = new byte[payloadBytes];
            new SplittableRandom(index).nextBytes(payload);
            apply(new Command.Publish(QUEUE, List.of(Batch.of(Envelope.PLAIN, Bytes.of(payload)))));
        }
    }

    void apply(Command command) {
        index++;
        replica.apply(new LogPosition(3, index), EntryCodec.encode(1_000_000 + index, List.of(command)), null);
    }

    /** Makes a checkpoint of all there is, and returns when it is on disk. */
    void checkpoint() throws IOException, InterruptedException {
        replica.checkpointer().pin(index).close();
    }

    PartitionStatus status() throws OutcomeUnknownException {
        return replica.status(QUEUE).orElseThrow();
    }

    List<Peeked> messages() throws OutcomeUnknownException {
        return replica.peek(QUEUE, new Position(0, 0), 10_000);
    }

    void assertSameAs(TestReplica other) throws OutcomeUnknownException {
        assertThat(status()).isEqualTo(other.status());
        assertThat(messages()).isEqualTo(other.messages());
        assertThat(failures).isEmpty();
    }

    List<String> names() {
        return files.files().stream()
                .map(file -> String.valueOf(file.getFileName()))
                .toList();
    }

    /** The process ends and starts again, without a last checkpoint. */
    TestReplica restarted() throws IOException {
        source.close();
        return new TestReplica(files, Pace.NONE);
    }

    @Override
    public void close() {
        source.close();
        replica.close();
    }

    private static final class Alone implements Directory {
        @Override
        public void catchUp() {}

        @Override
        public Optional<Queue> find(String name) {
            return Optional.empty();
        }

        @Override
        public int shardOf(PartitionId partition) {
            return 0;
        }

        @Override
        public Shard shard(int shard) {
            throw new UnsupportedOperationException();
        }
    }

    /** Nobody proposes here. */
    private static final class NoLog implements ReplicatedLog {
        @Override
        public CompletableFuture<Void> propose(Bytes entry, @Nullable Object context) {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean isLeader() {
            return false;
        }

        @Override
        public OptionalInt leader() {
            return OptionalInt.empty();
        }

        @Override
        public List<Member> members() {
            return List.of();
        }

        @Override
        public long term() {
            return 1;
        }

        @Override
        public boolean hasLeft() {
            return false;
        }

        @Override
        public List<Progress> progress() {
            return List.of();
        }

        @Override
        public CompletableFuture<Void> changeMembers(List<Member> members, int preferred) {
            throw new UnsupportedOperationException();
        }

        @Override
        public CompletableFuture<Void> transferLeadership(int node) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void checkpointed(LogPosition position) {}
    }
}
