package weir.core.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import weir.core.Bytes;
import weir.core.Envelope;
import weir.core.Limits;
import weir.core.LogId;
import weir.core.Message;
import weir.core.Ordering;
import weir.core.Overflow;
import weir.core.PartitionId;
import weir.core.Position;

/** One payload for many queues of a shard. */
final class FanoutTest extends ShardFacts {
    private static final PartitionId ABSENT = new PartitionId(99, 0);

    @BeforeEach
    void twoQueues() {
        queue(settings -> settings.messageBytesMax(10));
        deadLetterQueue(settings -> settings);
    }

    private static Command.Target to(PartitionId id, Envelope envelope) {
        return new Command.Target(id, envelope);
    }

    private static Command.Copies copies(String payload, Command.Target... targets) {
        return new Command.Copies(0, Message.FORMAT, Bytes.utf8(payload), List.of(targets));
    }

    private List<List<Reply>> fanOut(long millis, Command.Copies... messages) {
        return ((Reply.FannedOut) at(millis, new Command.Fanout(List.of(messages)))).outcomes();
    }

    private static Reply appended(long offset, long millis) {
        return new Reply.Published(List.of(new Reply.Appended(new Position(0, offset), millis, false)));
    }

    @Test
    void eachTargetIsAnsweredForItselfAndInOrder() {
        queue(settings -> settings.publishPaused(true));
        assertThat(fanOut(
                        5,
                        copies("m", to(DEAD, Envelope.PLAIN), to(QUEUE, Envelope.PLAIN), to(ABSENT, Envelope.PLAIN)),
                        copies("n"),
                        copies("o", to(DEAD, Envelope.PLAIN))))
                .containsExactly(
                        List.of(
                                appended(0, 5),
                                new Reply.Refused(Refusal.PUBLISH_PAUSED),
                                new Reply.Refused(Refusal.NO_SUCH_QUEUE)),
                        List.of(),
                        List.of(appended(1, 5)));
    }

    @Test
    void thePayloadIsOneForAllTargets() {
        fanOut(1, copies("shared", to(QUEUE, Envelope.PLAIN), to(DEAD, Envelope.PLAIN)));
        assertThat(log.payload(new LogId(QUEUE, 0), 0)).isSameAs(log.payload(new LogId(DEAD, 0), 0));
    }

    @Test
    void aRepeatIsKnownByEachTargetForItself() {
        at(0, publish(deduplicated("g", "id"), "first"));
        Envelope same = deduplicated("g", "id");
        assertThat(fanOut(1, copies("m", to(QUEUE, same), to(DEAD, same))))
                .containsExactly(List.of(
                        new Reply.Published(List.of(new Reply.Appended(new Position(0, 0), 0, true))), appended(0, 1)));
    }

    @Test
    void aPayloadOfSeveralFormsIsNotHeldAgainstTheSizeOfAMessage() {
        Envelope shown = new Envelope(null, null, 0, Envelope.NEVER, null, 2);
        assertThat(fanOut(1, copies("more than ten bytes", to(QUEUE, Envelope.PLAIN), to(QUEUE, shown))))
                .containsExactly(List.of(new Reply.Refused(Refusal.MESSAGE_TOO_LARGE), appended(0, 1)));
        Reply.Acquired acquired = (Reply.Acquired) at(2, acquire(1));
        assertThat(acquired.leased().getFirst().envelope()).isEqualTo(shown);
    }

    @Test
    void aGroupForWhichAnOrderedQueueWasTooFullWaitsAsAWhole() {
        queue(settings -> settings.ordering(Ordering.GROUP).bytesMax(10).overflow(Overflow.REFUSE));
        Envelope a = in("a");
        Reply full = new Reply.Refused(Refusal.QUEUE_FULL);
        assertThat(fanOut(
                        1,
                        copies("1234", to(QUEUE, a)),
                        copies("12345678", to(QUEUE, a), to(DEAD, Envelope.PLAIN)),
                        copies("1", to(QUEUE, a), to(DEAD, Envelope.PLAIN)),
                        copies("2", to(QUEUE, in("b")))))
                .containsExactly(
                        List.of(appended(0, 1)),
                        List.of(full, appended(0, 1)),
                        List.of(full, appended(1, 1)),
                        List.of(appended(1, 1)));
        assertThat(fanOut(2, copies("3", to(QUEUE, a)))).containsExactly(List.of(appended(2, 2)));
    }

    @Test
    void aRepeatIsAnsweredEvenIfItsGroupHasNoRoom() {
        queue(settings -> settings.ordering(Ordering.GROUP).bytesMax(10).overflow(Overflow.REFUSE));
        Envelope known = deduplicated("a", "id");
        fanOut(1, copies("1", to(QUEUE, known)));
        assertThat(fanOut(2, copies("1234567890", to(QUEUE, in("a"))), copies("1", to(QUEUE, known))))
                .containsExactly(
                        List.of(new Reply.Refused(Refusal.QUEUE_FULL)),
                        List.of(new Reply.Published(List.of(new Reply.Appended(new Position(0, 0), 1, true)))));
    }

    private static Envelope in(String group) {
        return new Envelope(group, null, 0, Envelope.NEVER, null);
    }

    private List<List<Reply>> relay(long millis, long number, long settledBelow) {
        var relayed = new Command.Relayed(7, number, settledBelow);
        return fanOut(
                millis,
                new Command.Copies(0, Message.FORMAT, Bytes.utf8("m"), List.of(to(QUEUE, Envelope.PLAIN)), relayed));
    }

    @Test
    void aForwardedMessageIsTakenOnceHoweverMuchLaterItComesAgain() {
        List<List<Reply>> before = List.of(List.of(new Reply.Published(List.of())));
        assertThat(relay(1, 5, 0)).containsExactly(List.of(appended(0, 1)));
        assertThat(relay(2, 4, 0)).containsExactly(List.of(appended(1, 2)));
        long muchLater = Duration.ofDays(30).toMillis();
        assertThat(relay(muchLater, 5, 0)).isEqualTo(before);
        assertThat(relay(muchLater, 6, 6)).containsExactly(List.of(appended(2, muchLater)));
        assertThat(relay(muchLater, 3, 0)).as("the source was done with it").isEqualTo(before);
        machine = ShardMachine.restore(machine.snapshot(), log);
        assertThat(relay(muchLater, 6, 6)).isEqualTo(before);
        at(muchLater, new Command.Purge(QUEUE));
        assertThat(relay(muchLater, 6, 6)).isEqualTo(before);
    }

    @Test
    void aForwardedMessageThatWasRefusedMayComeAgain() {
        queue(settings -> settings.publishPaused(true));
        assertThat(relay(1, 5, 0)).containsExactly(List.of(new Reply.Refused(Refusal.PUBLISH_PAUSED)));
        queue(settings -> settings);
        assertThat(relay(2, 5, 0)).containsExactly(List.of(appended(0, 2)));
    }

    @Test
    void theTargetsWakeTheirReceivers() {
        machine.takeTouched();
        fanOut(1, copies("m", to(QUEUE, Envelope.PLAIN), to(DEAD, Envelope.PLAIN)));
        assertThat(machine.takeTouched()).containsExactly(new Readiness(QUEUE, true), new Readiness(DEAD, true));
    }

    @Test
    void oneCommandHasABound() {
        List<Command.Target> many = Collections.nCopies(Limits.FANOUT_TARGETS_MAX / 2, to(QUEUE, Envelope.PLAIN));
        Command.Copies half = new Command.Copies(0, 1, Bytes.EMPTY, many);
        assertThat(new Command.Fanout(List.of(half, half)).messages()).hasSize(2);
        assertThatThrownBy(() -> new Command.Fanout(List.of(half, half, copies("m", to(QUEUE, Envelope.PLAIN)))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("10001");
    }
}
