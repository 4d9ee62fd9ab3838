package weir.core.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import weir.core.Batch;
import weir.core.Bytes;
import weir.core.Edition;
import weir.core.Envelope;
import weir.core.LeaseId;
import weir.core.Message;
import weir.core.Ordering;
import weir.core.Position;
import weir.core.QueueSettings;
import weir.core.Reading;

final class TopicTest extends ShardFacts {
    private static final int STRETCH = 4096;

    private void topic() {
        queue(settings -> settings.reading(Reading.CURSOR));
    }

    private TopicView view() {
        return machine.topic(QUEUE).orElseThrow();
    }

    private List<String> read(long from, long bytesMax) {
        return view().read(from, bytesMax, 1_000).stream()
                .map(batch -> Objects.requireNonNull(log.payload(view().logId(), batch.baseOffset()))
                        .utf8())
                .toList();
    }

    private void publishBytes(long millis, int bytes) {
        at(millis, new Command.Publish(QUEUE, List.of(Batch.of(Envelope.PLAIN, Bytes.of(new byte[bytes])))));
    }

    private static Reply refused(Refusal reason) {
        return new Reply.Refused(reason);
    }

    @Test
    void readingRemovesNothing() {
        topic();
        at(1, publish("a", "b", "c"));
        assertThat(read(0, 100)).containsExactly("a", "b", "c");
        assertThat(read(0, 100)).containsExactly("a", "b", "c");
        assertThat(read(1, 1)).containsExactly("b");
        assertThat(read(3, 100)).isEmpty();
        assertThat(view().start()).isZero();
        assertThat(view().end()).isEqualTo(3);
        assertThat(status().ready()).isEqualTo(3);
    }

    @Test
    void aBatchIsReadWholeAlsoFromItsMiddleAndBeyondTheBytesAskedFor() {
        topic();
        at(
                1,
                new Command.Publish(
                        QUEUE,
                        List.of(new Batch(
                                0,
                                Message.FORMAT,
                                Bytes.utf8("x y z"),
                                List.of(Envelope.PLAIN, Envelope.PLAIN, Envelope.PLAIN)))));
        at(1, publish("w"));
        assertThat(read(2, 1)).containsExactly("x y z");
        assertThat(read(2, 6)).containsExactly("x y z", "w");
    }

    @Test
    void whatIsDoneToQueuesIsRefused() {
        topic();
        at(1, publish("a"));
        List<LeaseId> leases = List.of(new LeaseId(new Position(0, 0), 1));
        for (Command command : List.of(
                acquire(1),
                new Command.Acknowledge(QUEUE, leases, true),
                new Command.Extend(QUEUE, leases, 1, true, 1000),
                new Command.Release(QUEUE, leases, 0, true),
                new Command.Reject(QUEUE, leases),
                new Command.Move(QUEUE, leases, "elsewhere"),
                new Command.Purge(QUEUE))) {
            assertThat(at(2, command)).as(command.toString()).isEqualTo(refused(Refusal.READ_OTHERWISE));
        }
        assertThat(read(0, 100)).containsExactly("a");
    }

    @Test
    void aQueueIsNotTruncatedNorReadByCursorNorMadeTopic() {
        queue(settings -> settings);
        at(1, publish("a"));
        assertThat(at(2, new Command.Truncate(QUEUE, 1))).isEqualTo(refused(Refusal.READ_OTHERWISE));
        assertThat(machine.topic(QUEUE)).isEmpty();
        QueueSettings topic =
                QueueSettings.DEFAULT.change().reading(Reading.CURSOR).build();
        assertThat(at(2, new Command.Configure(QUEUE, 9, topic))).isEqualTo(refused(Refusal.READ_OTHERWISE));
        assertThat(received(3, 10)).containsExactly("a");
    }

    @Test
    void aTopicHasNoOrderPrioritiesDelayNorDeadLetters() {
        QueueSettings.Builder topic = QueueSettings.DEFAULT.change().reading(Reading.CURSOR);
        assertThatThrownBy(() -> topic.build().change().ordering(Ordering.GROUP).build())
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> topic.build().change().priorityLevels(2).build())
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> topic.build().change().delay(millis(1)).build())
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> topic.build().change().deadLetter(deadAfter(1)).build())
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void truncatingLetsGoOfWhatIsBelow() {
        topic();
        at(1, publish("a", "b", "c"));
        assertThat(at(2, new Command.Truncate(QUEUE, 4))).isEqualTo(refused(Refusal.OFFSET_OUT_OF_RANGE));
        assertThat(at(2, new Command.Truncate(QUEUE, 2))).isEqualTo(new Reply.Done());
        assertThat(view().start()).isEqualTo(2);
        assertThat(read(0, 100)).containsExactly("c");
        assertThat(machine.countLive(view().logId(), 0, 3)).isEqualTo(1);
        assertThat(at(3, new Command.Truncate(QUEUE, 1))).isEqualTo(new Reply.Done());
        assertThat(view().start()).isEqualTo(2);
        assertThat(at(3, new Command.Truncate(QUEUE, 3))).isEqualTo(new Reply.Done());
        assertThat(status().ready()).isZero();
        assertThat(status().bytes()).isZero();
        at(4, publish("d"));
        assertThat(view().read(3, 100, 1_000).getFirst().baseOffset()).isEqualTo(3);
    }

    @Test
    void retentionByBytesKeepsNoLessAndNotMuchMore() {
        queue(settings -> settings.reading(Reading.CURSOR).bytesMax(100 * STRETCH));
        for (int i = 0; i < 1_000; i++) {
            publishBytes(i, STRETCH);
            long kept = status().bytes();
            assertThat(kept).isBetween(Math.min(i + 1L, 100) * STRETCH, 102L * STRETCH);
            assertThat(kept).isEqualTo((view().end() - view().start()) * STRETCH);
        }
    }

    @Test
    void retentionByAgeLetsGoWithoutAnybodyAsking() {
        queue(settings -> settings.reading(Reading.CURSOR).retention(Duration.ofSeconds(60)));
        at(1_000, publish("a"));
        at(3_000, publish("b"));
        tick(60_999);
        assertThat(view().start()).isZero();
        tick(61_300);
        assertThat(view().start()).isEqualTo(1);
        assertThat(machine.nextDueMillis().orElseThrow()).isEqualTo(63_000);
        tick(63_300);
        assertThat(view().start()).isEqualTo(2);
        assertThat(view().end()).isEqualTo(2);
        assertThat(machine.nextDueMillis()).isEmpty();
        at(70_000, publish("c"));
        assertThat(read(2, 10)).containsExactly("c");
    }

    @Test
    void shorterRetentionHoldsForWhatIsThere() {
        topic();
        for (int i = 0; i < 50; i++) {
            publishBytes(i, STRETCH);
        }
        queue(settings -> settings.reading(Reading.CURSOR).bytesMax(10 * STRETCH));
        assertThat(status().ready()).isEqualTo(10);
    }

    @Test
    void memoryDoesNotGrowWithTheLog() {
        topic();
        for (int i = 0; i < 100_000; i++) {
            publishBytes(2_000L * i, 1_000);
            log.forgetAll();
        }
        at(200_000_000, new Command.Raise(Edition.TOPICS));
        assertThat(machine.snapshot().length()).isLessThan(4_000);
    }

    @Test
    void anOffsetIsFoundByTime() {
        topic();
        List<Long> times = new ArrayList<>();
        for (int i = 0; i < 3_000; i++) {
            long time = 100 + i / 3 * 10L;
            times.add(time);
            publishBytes(time, 100);
        }
        at(200_000, new Command.Truncate(QUEUE, 500));
        for (long asked = 0; asked < times.getLast() + 20; asked += 5) {
            int expected = 500;
            while (expected < times.size() && times.get(expected) < asked) {
                expected++;
            }
            assertThat(view().offsetAt(asked)).as("at " + asked).isEqualTo(expected);
        }
    }

    @Test
    void aRepeatWithinTheWindowIsAnsweredAsTheFirst() {
        topic();
        Reply first = at(1, publish(deduplicated("g", "id"), "a"));
        Reply.Appended again = ((Reply.Published) at(5, publish(deduplicated("g", "id"), "a")))
                .appended()
                .getFirst();
        assertThat(again.duplicate()).isTrue();
        assertThat(again.position())
                .isEqualTo(((Reply.Published) first).appended().getFirst().position());
        assertThat(view().end()).isEqualTo(1);
    }

    @Test
    void whatIsArrivedFromElsewhereIsAppendedAtOnce() {
        topic();
        at(
                1,
                new Command.TakeIn(
                        SOURCE_SHARD,
                        1,
                        List.of(new Command.Arrival(1, QUEUE, Batch.of(delayedTo(5_000), Bytes.utf8("late"))))));
        assertThat(read(0, 10)).containsExactly("late");
    }

    @Test
    void thoseWhoWaitAreToldOfWhatIsNewAndNobodyThatThereIsSomethingToLease() {
        topic();
        assertThat(machine.takeNews()).containsExactly(QUEUE);
        at(1, publish("a", "b"));
        assertThat(machine.takeNews()).containsExactly(QUEUE);
        assertThat(machine.takeNews()).isEmpty();
        assertThat(machine.takeTouched()).isEmpty();
        at(2, new Command.Drop(QUEUE));
        assertThat(machine.takeNews()).containsExactly(QUEUE);
        assertThat(machine.topic(QUEUE)).isEmpty();
    }

    @Test
    void everythingIsThereAfterARestart() {
        at(0, new Command.Raise(Edition.TOPICS));
        queue(settings -> settings.reading(Reading.CURSOR).bytesMax(20 * STRETCH));
        for (int i = 0; i < 100; i++) {
            publishBytes(i, STRETCH / 2);
        }
        long start = view().start();
        assertThat(start).isPositive();
        restart();
        assertThat(view().start()).isEqualTo(start);
        assertThat(view().end()).isEqualTo(100);
        assertThat(view().offsetAt(90)).isEqualTo(90);
        publishBytes(200, 30 * STRETCH);
        assertThat(view().start()).isEqualTo(100);
    }
}
