package weir.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import weir.core.Bytes;
import weir.core.Envelope;
import weir.core.LeaseId;
import weir.core.LogId;
import weir.core.PartitionId;
import weir.core.Position;
import weir.core.QueueSettings;
import weir.core.codec.EntryCodec;
import weir.core.shard.Command;
import weir.core.shard.Reply;
import weir.core.shard.ShardMachine;

/** What is published to many queues of a shard takes the room of one: in the entry, in memory, and on disk. */
final class FanoutTest {
    private static final int QUEUES = 100;
    private static final int PAYLOAD_BYTES = 100 * 1024;
    /** For each copy its envelope, its place in its log, and its share of the index. */
    private static final int BYTES_AROUND_A_COPY = 512;

    private static final int ROOM_FOR_ONE = PAYLOAD_BYTES + QUEUES * BYTES_AROUND_A_COPY;
    private static final Path DIRECTORY = Path.of("shard-0");

    private final SimulatedFileSystem files = new SimulatedFileSystem(1);
    private final Bytes payload = Bytes.of(new byte[PAYLOAD_BYTES]);
    private ShardStore store = opened();
    private ShardMachine machine = new ShardMachine(store);
    private long index;

    FanoutTest() throws IOException {
        store.attach(machine);
        new SplittableRandom(1).nextBytes(payload.array());
        for (int queue = 1; queue <= QUEUES; queue++) {
            apply(new Command.Configure(id(queue), 1, QueueSettings.DEFAULT));
        }
    }

    private ShardStore opened() throws IOException {
        return ShardStore.open(files, DIRECTORY);
    }

    private static PartitionId id(int queue) {
        return new PartitionId(queue, 0);
    }

    /** As it comes from the log: what is read are slices of the entry's own bytes. */
    private Reply apply(Command command) {
        Bytes entry = EntryCodec.encode(1000, List.of(command));
        return machine.apply(EntryCodec.decode(++index, entry)).getFirst();
    }

    private Command.Fanout fanOut() {
        List<Command.Target> targets = new ArrayList<>();
        for (int queue = 1; queue <= QUEUES; queue++) {
            Envelope envelope = new Envelope("tenant", null, 0, Envelope.NEVER, null, queue);
            targets.add(new Command.Target(id(queue), envelope));
        }
        return new Command.Fanout(List.of(new Command.Copies(0, 1, payload, targets)));
    }

    private void checkpoint() throws IOException {
        CheckpointJob job = store.freeze(1, index, machine.snapshot(), machine);
        job.write();
        store.install(job);
    }

    private void verify(int queue) throws IOException {
        try (Payload found = store.locate(new LogId(id(queue), 0), 0)) {
            assertThat(found.read()).isEqualTo(payload);
        }
        assertThat(machine.peek(id(queue), new Position(0, 0), 2))
                .singleElement()
                .satisfies(seen -> assertThat(seen.envelope().variant()).isEqualTo(queue));
    }

    @Test
    void theEntryHoldsThePayloadOnce() {
        assertThat(EntryCodec.encode(1000, List.of(fanOut())).length()).isBetween(PAYLOAD_BYTES, ROOM_FOR_ONE);
        assertThat(EntryCodec.sizeEstimate(fanOut())).isBetween(PAYLOAD_BYTES, ROOM_FOR_ONE);
    }

    @Test
    void memoryAndDiskHoldThePayloadOnce() throws IOException {
        checkpoint();
        long diskBefore = files.usedBytes();
        apply(fanOut());
        assertThat(store.tailBytes()).isBetween((long) PAYLOAD_BYTES, (long) ROOM_FOR_ONE);
        Bytes first = tailPayload(1);
        for (int queue = 2; queue <= QUEUES; queue++) {
            assertThat(tailPayload(queue).array()).isSameAs(first.array());
        }
        checkpoint();
        assertThat(store.segmentBytes()).isBetween((long) PAYLOAD_BYTES, (long) ROOM_FOR_ONE);
        assertThat(files.usedBytes() - diskBefore).isLessThan(ROOM_FOR_ONE);
        for (int queue = 1; queue <= QUEUES; queue++) {
            verify(queue);
        }
    }

    private Bytes tailPayload(int queue) throws IOException {
        try (Payload found = store.locate(new LogId(id(queue), 0), 0)) {
            return found.read();
        }
    }

    @Test
    void itIsStillThereOnceWhenItsSegmentWasRewritten() throws IOException {
        apply(fanOut());
        checkpoint();
        int consumed = QUEUES / 2 + 10;
        for (int queue = 1; queue <= consumed; queue++) {
            Reply reply = apply(new Command.Acquire(id(queue), 1, 1000));
            LeaseId lease = ((Reply.Acquired) reply).leased().getFirst().lease();
            apply(new Command.Acknowledge(id(queue), List.of(lease), false));
        }
        checkpoint();
        assertThat(files.list(DIRECTORY)).contains("segment-0000000000000000002");
        assertThat(store.segmentCount()).isEqualTo(1);
        assertThat(store.segmentBytes()).isBetween((long) PAYLOAD_BYTES, (long) ROOM_FOR_ONE);
        reopen();
        for (int queue = consumed + 1; queue <= QUEUES; queue++) {
            verify(queue);
        }
    }

    private void reopen() throws IOException {
        store.close();
        store = opened();
        machine = ShardMachine.restore(store.checkpoint().orElseThrow().state(), store);
        store.attach(machine);
    }
}
