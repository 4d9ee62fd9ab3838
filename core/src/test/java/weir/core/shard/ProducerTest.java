package weir.core.shard;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import weir.core.Batch;
import weir.core.Bytes;
import weir.core.Edition;
import weir.core.Envelope;
import weir.core.Limits;
import weir.core.Message;
import weir.core.Numbering;
import weir.core.Overflow;
import weir.core.PartitionId;
import weir.core.Position;
import weir.core.Reading;
import weir.core.shard.Reply.Appended;

/** Producers that number what they publish: as Kafka's own state of them has it. */
final class ProducerTest extends ShardFacts {
    private static final int MAX = Integer.MAX_VALUE;
    private static final long DAY = Limits.PRODUCER_REMEMBERED.toMillis();
    private static final Reply OUT_OF_ORDER = new Reply.Refused(Refusal.OUT_OF_ORDER_SEQUENCE);
    private static final Reply FENCED = new Reply.Refused(Refusal.INVALID_PRODUCER_EPOCH);

    @BeforeEach
    void topic() {
        at(0, new Command.Raise(Edition.NUMBERED));
        queue(settings -> settings.reading(Reading.CURSOR));
    }

    private static Batch batch(long producer, int epoch, int first, int count) {
        Numbering numbering = new Numbering(producer, epoch, first);
        return new Batch(0, Message.FORMAT, Bytes.utf8("some"), Envelope.plain(count), numbering);
    }

    private Reply publish(long millis, Batch... batches) {
        return at(millis, new Command.Publish(QUEUE, List.of(batches)));
    }

    private Reply publish(long millis, long producer, int epoch, int first, int count) {
        return publish(millis, batch(producer, epoch, first, count));
    }

    private static Reply appended(long offset, long millis) {
        return new Reply.Published(List.of(new Appended(new Position(0, offset), millis, false)));
    }

    private static Reply repeated(long offset, long millis) {
        return new Reply.Published(List.of(new Appended(new Position(0, offset), millis, true)));
    }

    private Map<Long, Producer> producers(PartitionId partition) {
        return Objects.requireNonNull(machine.partitions.get(partition)).producers;
    }

    private long end() {
        return machine.topic(QUEUE).orElseThrow().end();
    }

    @Test
    void aRepeatOfAnyOfTheFiveNewestIsAnsweredAsTheFirstAndChangesNothing() {
        for (int i = 0; i < 6; i++) {
            assertThat(publish(10 + i, 1, 0, 3 * i, 3)).isEqualTo(appended(3L * i, 10 + i));
        }
        for (int i = 1; i < 6; i++) {
            assertThat(publish(20, 1, 0, 3 * i, 3)).isEqualTo(repeated(3L * i, 10 + i));
        }
        assertThat(end()).isEqualTo(18);
        assertThat(publish(20, 1, 0, 0, 3)).as("the sixth is forgotten").isEqualTo(OUT_OF_ORDER);
    }

    @Test
    void aGapAndWhatIsNeitherNextNorTheSameAreOutOfOrder() {
        publish(1, 1, 0, 0, 3);
        publish(1, 1, 0, 3, 2);
        assertThat(publish(2, 1, 0, 6, 1)).isEqualTo(OUT_OF_ORDER);
        assertThat(publish(2, 1, 0, 4, 1)).isEqualTo(OUT_OF_ORDER);
        assertThat(publish(2, 1, 0, 3, 1)).isEqualTo(OUT_OF_ORDER);
        assertThat(publish(2, 1, 0, 0, 5)).isEqualTo(OUT_OF_ORDER);
        assertThat(end()).isEqualTo(5);
        assertThat(publish(2, 1, 0, 5, 1)).isEqualTo(appended(5, 2));
    }

    @Test
    void aNewEpochBeginsAtZeroAndAnOlderOneIsFenced() {
        publish(1, 1, 4, 0, 3);
        assertThat(publish(2, 1, 5, 3, 1)).isEqualTo(OUT_OF_ORDER);
        assertThat(publish(2, 1, 3, 0, 3)).isEqualTo(FENCED);
        assertThat(publish(2, 1, 7, 0, 3)).isEqualTo(appended(3, 2));
        assertThat(publish(3, 1, 4, 0, 3)).as("nor is it a repeat any more").isEqualTo(FENCED);
        assertThat(publish(3, 1, 7, 0, 3)).isEqualTo(repeated(3, 2));
        assertThat(publish(3, 1, 7, 3, 1)).isEqualTo(appended(6, 3));
    }

    @Test
    void whoIsNotKnownMayBeginAnywhereAndInAnyEpoch() {
        assertThat(publish(1, 1, 9, 1_000, 3)).isEqualTo(appended(0, 1));
        assertThat(publish(1, 1, 9, 1_000, 3)).isEqualTo(repeated(0, 1));
        assertThat(publish(2, 1, 9, 1_003, 3)).isEqualTo(appended(3, 2));
    }

    @Test
    void numbersBeginAnewAtZeroAfterTheLargest() {
        publish(1, 1, 0, MAX - 2, 2);
        assertThat(publish(1, 1, 0, MAX, 3)).as("the largest, 0 and 1").isEqualTo(appended(2, 1));
        assertThat(publish(2, 1, 0, MAX, 3)).isEqualTo(repeated(2, 1));
        assertThat(publish(2, 1, 0, MAX - 2, 2)).isEqualTo(repeated(0, 1));
        assertThat(publish(2, 1, 0, 1, 1)).isEqualTo(OUT_OF_ORDER);
        assertThat(publish(2, 1, 0, 2, 1)).isEqualTo(appended(5, 2));
        publish(3, 2, 0, MAX, 1);
        assertThat(publish(3, 2, 0, 0, 1)).isEqualTo(appended(7, 3));
    }

    @Test
    void producersAndPartitionsAreNumberedByThemselves() {
        publish(1, 1, 0, 0, 1);
        assertThat(publish(1, 2, 0, 0, 1)).isEqualTo(appended(1, 1));
        deadLetterQueue(settings -> settings.reading(Reading.CURSOR));
        assertThat(at(1, new Command.Publish(DEAD, List.of(batch(1, 0, 0, 1))))).isEqualTo(appended(0, 1));
    }

    @Test
    void aBatchThatIsTwiceInOneEntryIsThereOnce() {
        Command one = new Command.Publish(QUEUE, List.of(batch(1, 0, 0, 3)));
        List<Reply> replies = machine.apply(new Entry(90, 5, List.of(one, one)));
        assertThat(replies).containsExactly(appended(0, 5), repeated(0, 5));
        assertThat(end()).isEqualTo(3);
    }

    @Test
    void theBatchesOfOneCommandFollowEachOtherAndAreThereAllOrNone() {
        assertThat(publish(1, batch(1, 0, 0, 3), batch(1, 0, 3, 2), batch(2, 0, 7, 1), batch(1, 0, 0, 3)))
                .isEqualTo(new Reply.Published(List.of(
                        new Appended(new Position(0, 0), 1, false),
                        new Appended(new Position(0, 3), 1, false),
                        new Appended(new Position(0, 5), 1, false),
                        new Appended(new Position(0, 0), 1, true))));
        assertThat(publish(2, batch(1, 0, 5, 1), batch(1, 0, 7, 1))).isEqualTo(OUT_OF_ORDER);
        assertThat(publish(2, batch(1, 1, 0, 1), batch(1, 0, 5, 1))).isEqualTo(FENCED);
        assertThat(end()).isEqualTo(6);
        assertThat(publish(2, batch(1, 0, 5, 1))).isEqualTo(appended(6, 2));
    }

    @Test
    void whatIsNotNumberedStandsBesideIt() {
        publish(1, 1, 0, 0, 1);
        at(1, publish("plain"));
        assertThat(publish(1, 1, 0, 1, 1)).isEqualTo(appended(2, 1));
    }

    @Test
    void aRestartForgetsNothing() {
        publish(1, 1, 3, 5, 3);
        publish(2, 1, 3, 8, 2);
        publish(3, 2, 0, 0, 1);
        restart();
        assertThat(publish(4, 1, 3, 5, 3)).isEqualTo(repeated(0, 1));
        assertThat(publish(4, 1, 3, 8, 2)).isEqualTo(repeated(3, 2));
        assertThat(publish(4, 1, 3, 12, 2)).isEqualTo(OUT_OF_ORDER);
        assertThat(publish(4, 1, 2, 0, 2)).isEqualTo(FENCED);
    }

    @Test
    void neitherTruncationNorRetentionForgetsAProducer() {
        publish(1, 1, 0, 0, 3);
        at(2, new Command.Truncate(QUEUE, 3));
        assertThat(publish(3, 1, 0, 0, 3)).isEqualTo(repeated(0, 1));
        assertThat(publish(3, 1, 0, 4, 1)).isEqualTo(OUT_OF_ORDER);
        queue(settings -> settings.reading(Reading.CURSOR).retention(Duration.ofMinutes(1)));
        publish(4, 1, 0, 3, 1);
        tick(1_000_000);
        assertThat(machine.topic(QUEUE).orElseThrow().start()).isEqualTo(4);
        assertThat(publish(1_000_001, 1, 0, 3, 1)).isEqualTo(repeated(3, 4));
    }

    @Test
    void whoIsNotHeardOfForADayIsForgottenAndARepeatIsNotHeardOf() {
        publish(1_000, 1, 0, 0, 1);
        publish(2_000, 2, 0, 0, 1);
        publish(900_000, 1, 0, 0, 1);
        tick(1_000 + DAY - 1);
        assertThat(producers(QUEUE)).hasSize(2);
        assertThat(machine.nextDueMillis()).hasValue(1_000 + DAY);
        tick(1_000 + DAY);
        assertThat(producers(QUEUE)).containsOnlyKeys(2L);
        assertThat(publish(1_000 + DAY, 1, 0, 9, 1)).as("it may begin anywhere").isEqualTo(appended(2, 1_000 + DAY));
        tick(2_000 + DAY);
        assertThat(producers(QUEUE)).containsOnlyKeys(1L);
        restart();
        tick(1_000 + 2 * DAY);
        assertThat(producers(QUEUE)).isEmpty();
    }

    @Test
    void ofTooManyTheOneHeardOfLeastLatelyIsForgotten() {
        machine = new ShardMachine(log, new Bounds(100, 100, 100, 10, 10, 100, 10, 10, 8, 30, 100, 2, 3));
        topic();
        deadLetterQueue(settings -> settings.reading(Reading.CURSOR));
        publish(1, 1, 0, 0, 1);
        publish(2, 2, 0, 0, 1);
        publish(3, 1, 0, 1, 1);
        publish(4, 3, 0, 0, 1);
        assertThat(producers(QUEUE)).containsOnlyKeys(1L, 3L);
        at(5, new Command.Publish(DEAD, List.of(batch(7, 0, 0, 1))));
        at(6, new Command.Publish(DEAD, List.of(batch(8, 0, 0, 1))));
        assertThat(producers(QUEUE)).containsOnlyKeys(3L);
        assertThat(producers(DEAD)).containsOnlyKeys(7L, 8L);
        at(7, new Command.Drop(DEAD));
        publish(8, 3, 0, 1, 1);
        publish(8, 4, 0, 0, 1);
        assertThat(producers(QUEUE)).containsOnlyKeys(3L, 4L);
    }

    @Test
    void aQueueKnowsRepeatsToo() {
        machine = new ShardMachine(log);
        queue(settings -> settings.messagesMax(2).overflow(Overflow.REFUSE));
        publish(1, 1, 0, 0, 2);
        assertThat(publish(2, 1, 0, 0, 2)).as("also when it is full").isEqualTo(repeated(0, 1));
        assertThat(publish(2, 1, 0, 2, 1)).isEqualTo(new Reply.Refused(Refusal.QUEUE_FULL));
        at(3, new Command.Purge(QUEUE));
        assertThat(publish(4, 1, 0, 0, 2)).as("of what was purged, too").isEqualTo(repeated(0, 1));
        assertThat(publish(4, 1, 0, 2, 1)).as("what was refused has no number").isEqualTo(appended(2, 4));
        tick(4 + DAY);
        assertThat(producers(QUEUE)).isEmpty();
    }

    @Test
    void aDeduplicationIdThatIsKnownTakesItsNumberAllTheSame() {
        Envelope envelope = new Envelope(null, "id", 0, Envelope.NEVER, null);
        publish(1, new Batch(0, 1, Bytes.EMPTY, List.of(envelope), new Numbering(1, 0, 0)));
        Batch second = new Batch(0, 1, Bytes.EMPTY, List.of(envelope), new Numbering(1, 0, 1));
        assertThat(publish(2, second)).isEqualTo(repeated(0, 1));
        assertThat(publish(3, second)).isEqualTo(repeated(0, 1));
        assertThat(publish(3, 1, 0, 2, 1)).isEqualTo(appended(1, 3));
    }

    @Test
    void aBatchOfAMillionPlainMessagesCostsACount() {
        assertThat(publish(1, 1, 0, 0, Limits.BATCH_MESSAGES_MAX)).isEqualTo(appended(0, 1));
        assertThat(publish(1, 1, 0, Limits.BATCH_MESSAGES_MAX, Limits.BATCH_MESSAGES_MAX))
                .isEqualTo(appended(Limits.BATCH_MESSAGES_MAX, 1));
        TopicView view = machine.topic(QUEUE).orElseThrow();
        assertThat(view.read(0, 1_000, 10)).as("both are read at once").hasSize(2);
        assertThat(view.read(500_000, 1_000, 10).getFirst().baseOffset()).isZero();
        assertThat(status().ready()).isEqualTo(2L * Limits.BATCH_MESSAGES_MAX);
    }
}
