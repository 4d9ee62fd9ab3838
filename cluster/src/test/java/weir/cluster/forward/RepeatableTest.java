package weir.cluster.forward;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import weir.core.Batch;
import weir.core.Bytes;
import weir.core.Envelope;
import weir.core.LeaseId;
import weir.core.Numbering;
import weir.core.PartitionId;
import weir.core.Position;
import weir.core.QueueSettings;
import weir.core.catalog.Queue;
import weir.core.shard.Command;

final class RepeatableTest {
    private static final PartitionId KNOWN = new PartitionId(1, 0);
    private static final PartitionId UNKNOWN = new PartitionId(2, 0);
    private static final List<LeaseId> DELIVERY = List.of(new LeaseId(new Position(0, 5), 1));
    private static final List<LeaseId> LATEST = List.of(new LeaseId(new Position(0, 5), LeaseId.LATEST));
    private static final Envelope WITH_ID = new Envelope(null, "id", 0, Envelope.NEVER, null);

    private static boolean repeatable(Command command) {
        return Repeatable.is(
                command,
                id -> id == 1
                        ? Optional.of(new Queue(1, "q", 0, QueueSettings.DEFAULT, new TreeMap<>(), 1, 1, 1))
                        : Optional.empty());
    }

    private static Command publish(PartitionId partition, Envelope... envelopes) {
        return new Command.Publish(partition, List.of(new Batch(0, 1, Bytes.EMPTY, List.of(envelopes))));
    }

    @Test
    void publishIsRepeatedIfTheQueueRemembersTheIdOfEachBatch() {
        assertThat(QueueSettings.DEFAULT.deduplicationWindow()).isGreaterThanOrEqualTo(Duration.ofMinutes(1));
        assertThat(repeatable(publish(KNOWN, WITH_ID))).isTrue();
        assertThat(repeatable(publish(KNOWN, Envelope.PLAIN))).isFalse();
        assertThat(repeatable(publish(KNOWN, WITH_ID, WITH_ID))).isFalse();
        assertThat(repeatable(publish(UNKNOWN, WITH_ID))).isFalse();
    }

    @Test
    void publishIsRepeatedIfEachOfNotTooManyBatchesIsNumbered() {
        Batch numbered = new Batch(0, 1, Bytes.EMPTY, Envelope.plain(3), new Numbering(1, 0, 0));
        Batch plain = new Batch(0, 1, Bytes.EMPTY, Envelope.plain(3));
        assertThat(repeatable(new Command.Publish(UNKNOWN, Collections.nCopies(5, numbered))))
                .isTrue();
        assertThat(repeatable(new Command.Publish(KNOWN, Collections.nCopies(6, numbered))))
                .isFalse();
        assertThat(repeatable(new Command.Publish(KNOWN, List.of(numbered, plain))))
                .isFalse();
    }

    @Test
    void fanOutIsRepeatedIfEachTargetIs() {
        Command.Target good = new Command.Target(KNOWN, WITH_ID);
        Command.Target bad = new Command.Target(KNOWN, Envelope.PLAIN);
        assertThat(repeatable(fanOut(good, good))).isTrue();
        assertThat(repeatable(fanOut(good, bad))).isFalse();
    }

    private static Command fanOut(Command.Target... targets) {
        return new Command.Fanout(List.of(new Command.Copies(0, 1, Bytes.EMPTY, List.of(targets))));
    }

    @Test
    void leasesThatAreNamedByDeliveryAreSettledAgain() {
        assertThat(repeatable(new Command.Acknowledge(KNOWN, DELIVERY, false))).isTrue();
        assertThat(repeatable(new Command.Acknowledge(KNOWN, LATEST, true))).isTrue();
        assertThat(repeatable(new Command.Release(KNOWN, DELIVERY, 0, true))).isTrue();
        assertThat(repeatable(new Command.Release(KNOWN, LATEST, 0, true))).isFalse();
        assertThat(repeatable(new Command.Reject(KNOWN, DELIVERY))).isTrue();
        assertThat(repeatable(new Command.Reject(KNOWN, LATEST))).isFalse();
        assertThat(repeatable(new Command.Move(KNOWN, DELIVERY, "to"))).isTrue();
        assertThat(repeatable(new Command.Cancel(KNOWN, List.of()))).isFalse();
        assertThat(repeatable(new Command.Move(KNOWN, LATEST, "to"))).isFalse();
        assertThat(repeatable(new Command.Extend(KNOWN, DELIVERY, 1_000, true, 1_000)))
                .isTrue();
        assertThat(repeatable(new Command.Extend(KNOWN, DELIVERY, 0, true, 1_000)))
                .isFalse();
    }

    @Test
    void whatTakesOrDropsMessagesIsNot() {
        assertThat(repeatable(new Command.Acquire(KNOWN, 1, 1_000))).isFalse();
        assertThat(repeatable(new Command.Purge(KNOWN))).isFalse();
    }

    @Test
    void whatIsNumberedIs() {
        assertThat(repeatable(new Command.Configure(KNOWN, 1, QueueSettings.DEFAULT)))
                .isTrue();
        assertThat(repeatable(new Command.Drop(KNOWN))).isTrue();
        assertThat(repeatable(new Command.Truncate(KNOWN, 5))).isTrue();
        assertThat(repeatable(new Command.TakeIn(0, 1, List.of()))).isTrue();
        assertThat(repeatable(new Command.SettleDepartures(List.of(1L), List.of())))
                .isTrue();
        assertThat(repeatable(new Command.Tick())).isTrue();
    }
}
