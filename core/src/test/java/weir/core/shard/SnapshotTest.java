package weir.core.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import weir.core.Batch;
import weir.core.Bytes;
import weir.core.DeadLetterPolicy;
import weir.core.Edition;
import weir.core.Envelope;
import weir.core.Numbering;
import weir.core.PartitionId;
import weir.core.Position;
import weir.core.QueueSettings;
import weir.core.Reading;
import weir.core.codec.CorruptDataException;

/** A shard's snapshot stays readable, and bytes that are not one are refused. */
final class SnapshotTest extends ShardFacts {
    private static final PartitionId TOPIC = new PartitionId(3, 1);

    /** Every kind of state at once. */
    @BeforeEach
    void aShardInWhichMuchGoesOn() {
        deadLetterQueue(settings -> settings.publishPaused(true));
        queue(settings -> settings.priorityLevels(3).deadLetter(new DeadLetterPolicy("dead", 2, true)));
        at(1, publishTo("a", "a0", "a1", "a2"));
        at(2, publishTo("b", "b0", "b1"));
        at(3, publish("u0", "u1", "u2"));
        at(3, publishAt(2, "low0", "low1"));
        at(4, publish(delayedTo(5000), "delayed"));
        at(5, publish(deduplicated("c", "id-1"), "c0"));
        received(10, 6);
        acknowledge(11, "a0");
        reject(12, "b0");
        release(13, "u0", 0);
        release(13, "a1", 700);
        carry(14, departures());
    }

    /** What the first version could not hold. */
    private void andMore() {
        at(15, new Command.Purge(DEAD));
        at(15, publish("m0", "m1", "m2", "m3"));
        at(16, publish(new Envelope("d", null, 0, Envelope.NEVER, null, 3), "shown"));
        String moved = received(17, 3).getLast();
        at(18, new Command.Move(QUEUE, List.of(lease(moved)), "elsewhere"));
        at(19, new Command.Acquire(QUEUE, 2, 500, "again"));
    }

    @Test
    void bytesAreWhatTheyWere() throws IOException {
        andMore();
        assertThat(HexFormat.of().formatHex(machine.snapshot().toArray())).isEqualTo(golden("snapshot-2.hex"));
    }

    @Test
    void bytesOfTheFirstVersionGiveTheSameMachine() throws IOException {
        sameAsRestoredFrom("snapshot.hex");
    }

    @Test
    void bytesOfTheSecondVersionGiveTheSameMachine() throws IOException {
        andMore();
        sameAsRestoredFrom("snapshot-2.hex");
    }

    @Test
    void editionIsKeptAndOlderReleasesDoNotGetToSeeIt() throws IOException {
        andMore();
        Bytes before = machine.snapshot();
        assertThat(before.toArray()[0]).isEqualTo((byte) 2);
        at(20, new Command.Raise(2));
        assertThat(HexFormat.of().formatHex(machine.snapshot().toArray())).isEqualTo(golden("snapshot-4.hex"));
        ShardMachine restored = ShardMachine.restore(machine.snapshot(), log);
        assertThat(restored.edition()).isEqualTo(2);
        assertThat(restored.snapshot()).isEqualTo(machine.snapshot());
        at(21, new Command.Raise(1));
        assertThat(machine.edition()).isEqualTo(2);
    }

    @Test
    void topicsAreKeptFromTheirEditionOn() throws IOException {
        andATopic();
        assertThat(HexFormat.of().formatHex(machine.snapshot().toArray())).isEqualTo(golden("snapshot-5.hex"));
        ShardMachine restored = ShardMachine.restore(machine.snapshot(), log);
        assertThat(restored.snapshot()).isEqualTo(machine.snapshot());
    }

    @Test
    void producersAreKeptFromTheirEditionOn() throws IOException {
        andATopic();
        at(22, new Command.Raise(Edition.NUMBERED));
        at(23, new Command.Publish(TOPIC, List.of(numbered(7, 3, Integer.MAX_VALUE, 300), numbered(8, 0, 0, 2))));
        at(24, new Command.Publish(QUEUE, List.of(numbered(7, 3, 5, 1))));
        at(25, new Command.Publish(TOPIC, List.of(numbered(7, 3, 299, 1))));
        assertThat(HexFormat.of().formatHex(machine.snapshot().toArray())).isEqualTo(golden("snapshot-6.hex"));
        ShardMachine restored = ShardMachine.restore(machine.snapshot(), log);
        assertThat(restored.snapshot()).isEqualTo(machine.snapshot());
        for (ShardMachine each : List.of(restored, machine)) {
            Command again = new Command.Publish(TOPIC, List.of(numbered(7, 3, 299, 1)));
            assertThat(each.apply(new Entry(99, 26, List.of(again))))
                    .containsExactly(new Reply.Published(List.of(new Reply.Appended(new Position(0, 303), 25, true))));
        }
    }

    private void andATopic() {
        andMore();
        at(20, new Command.Raise(Edition.TOPICS));
        QueueSettings topic =
                QueueSettings.DEFAULT.change().reading(Reading.CURSOR).build();
        at(20, new Command.Configure(TOPIC, 9, topic));
        at(21, new Command.Publish(TOPIC, List.of(Batch.of(Envelope.PLAIN, Bytes.utf8("first")))));
    }

    private static Batch numbered(long producer, int epoch, int first, int count) {
        return new Batch(0, 3, Bytes.utf8("some"), Envelope.plain(count), new Numbering(producer, epoch, first));
    }

    private void sameAsRestoredFrom(String name) throws IOException {
        ShardMachine restored = ShardMachine.restore(Bytes.of(HexFormat.of().parseHex(golden(name))), log);
        assertThat(restored.snapshot()).isEqualTo(machine.snapshot());
        assertThat(restored.peek(QUEUE, new weir.core.Position(0, 0), 100)).isEqualTo(peek());
        assertThat(restored.status(QUEUE)).contains(status());
        assertThat(restored.departures(0, 10)).isEqualTo(departures());
        assertThat(restored.nextDueMillis()).isEqualTo(machine.nextDueMillis());
        Entry again =
                new Entry(98, 20, List.of(new Command.Acquire(QUEUE, 2, 500, "again"), new Command.Purge(DEAD, 9)));
        assertThat(restored.apply(again)).isEqualTo(machine.apply(again));
        Entry entry = new Entry(99, 800, List.of(acquire(10)));
        assertThat(restored.apply(entry)).isEqualTo(machine.apply(entry));
    }

    @Test
    void bytesThatEndTooEarlyAreRefused() {
        andMore();
        byte[] whole = machine.snapshot().toArray();
        for (int length = 0; length < whole.length; length++) {
            Bytes cut = Bytes.of(Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> ShardMachine.restore(cut, log)).isInstanceOf(CorruptDataException.class);
        }
        Bytes longer = Bytes.of(Arrays.copyOf(whole, whole.length + 1));
        assertThatThrownBy(() -> ShardMachine.restore(longer, log)).isInstanceOf(CorruptDataException.class);
    }

    private static String golden(String name) throws IOException {
        try (InputStream in = SnapshotTest.class.getResourceAsStream(name)) {
            return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.US_ASCII).strip();
        }
    }
}
