package weir.cluster.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import weir.cluster.replication.LogPosition;
import weir.core.Batch;
import weir.core.Bytes;
import weir.core.Envelope;
import weir.core.PartitionId;
import weir.core.Position;
import weir.core.QueueSettings;
import weir.core.Reading;
import weir.core.broker.Fetch;
import weir.core.broker.FetchOutcome;
import weir.core.broker.OutcomeUnknownException;
import weir.core.catalog.Queue;
import weir.core.codec.EntryCodec;
import weir.core.shard.Command;
import weir.storage.CorruptStoreException;
import weir.storage.ShardStore;
import weir.storage.SimulatedFileSystem;

/**
 * What is to be found of old messages lies on disk, and is read when a reader comes by, with nobody but readers to notice that it
 * is damaged. Then the replica stops, to be made anew from others, and the reader asks again.
 */
final class DamagedTopicTest {
    private static final PartitionId TOPIC = new PartitionId(1, 0);
    private static final Path DIRECTORY = Path.of("shard");
    private static final int PAYLOAD = 100;
    /** Of a segment's header. */
    private static final int HEADER = 24;

    private final List<Throwable> failures = new ArrayList<>();
    private final SimulatedFileSystem files = new SimulatedFileSystem(1);
    private final HandLog log = new HandLog();

    @SuppressWarnings("NullAway.Init")
    private ShardReplica replica;

    private static final class Nobody implements Directory {
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
            throw new AssertionError("nothing departs here");
        }
    }

    @BeforeEach
    void write() throws Exception {
        replica = open();
        List<Command> commands = List.of(
                new Command.Configure(
                        TOPIC,
                        1,
                        QueueSettings.DEFAULT.change().reading(Reading.CURSOR).build()),
                new Command.Publish(TOPIC, List.of(Batch.of(Envelope.PLAIN, Bytes.of(new byte[PAYLOAD])))));
        replica.apply(new LogPosition(1, 1), EntryCodec.encode(1_000_000, commands), null);
        close(); // Which makes a checkpoint.
        replica = open();
        assertThat(replica.lastCheckpoint()).contains(new LogPosition(1, 1));
    }

    private ShardReplica open() throws IOException {
        ShardReplica opened = new ShardReplica(
                0,
                ShardStore.open(files, DIRECTORY),
                1024 * 1024,
                InstantSource.system(),
                (_, cause) -> failures.add(cause));
        opened.attach(log, new Nobody());
        return opened;
    }

    @AfterEach
    void close() {
        replica.stop();
        replica.close();
    }

    private void damage() throws Exception {
        String segment = files.list(DIRECTORY).stream()
                .filter(name -> name.startsWith("segment-"))
                .findFirst()
                .orElseThrow();
        files.flipBit(DIRECTORY.resolve(segment), 8L * (HEADER + PAYLOAD + 1)); // Behind the only payload.
    }

    private List<FetchOutcome> fetch() throws OutcomeUnknownException {
        return replica.fetch(List.of(new Fetch(TOPIC, 0, PAYLOAD)), PAYLOAD);
    }

    @Test
    void whatIsWholeIsRead() throws Exception {
        assertThat(fetch()).noneMatch(FetchOutcome::isNothing);
        assertThat(replica.status(TOPIC).orElseThrow().ready()).isEqualTo(1);
        assertThat(failures).isEmpty();
    }

    @Test
    void aReaderOfADamagedTopicStopsTheReplica() throws Exception {
        damage();
        assertThatThrownBy(this::fetch).isInstanceOf(OutcomeUnknownException.class);
        assertThat(failures).hasOnlyElementsOfType(CorruptStoreException.class).hasSize(1);
    }

    @Test
    void soDoesWhoLooksAtItInAnotherWay() throws Exception {
        damage();
        assertThatThrownBy(() -> replica.offsets(TOPIC, 1_000_000)).isInstanceOf(OutcomeUnknownException.class);
        assertThatThrownBy(() -> replica.status(TOPIC)).isInstanceOf(OutcomeUnknownException.class);
        assertThatThrownBy(() -> replica.peek(TOPIC, new Position(0, 0), 1))
                .isInstanceOf(OutcomeUnknownException.class);
        assertThat(failures).hasOnlyElementsOfType(CorruptStoreException.class).hasSize(3);
    }
}
