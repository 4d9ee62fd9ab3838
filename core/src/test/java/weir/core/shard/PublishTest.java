package weir.core.shard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import weir.core.Batch;
import weir.core.Bytes;
import weir.core.DeduplicationScope;
import weir.core.Envelope;
import weir.core.Message;
import weir.core.Overflow;
import weir.core.PartitionId;
import weir.core.Position;

/** What a queue takes, what it refuses, and what it knows already. */
final class PublishTest extends ShardFacts {
    private static final Reply FULL = new Reply.Refused(Refusal.QUEUE_FULL);

    @BeforeEach
    void aPlainQueue() {
        queue(settings -> settings.deduplicationWindow(millis(300)));
    }

    private static Reply published(long offset, long at, boolean duplicate) {
        return new Reply.Published(List.of(new Reply.Appended(new Position(0, offset), at, duplicate)));
    }

    @Test
    void offsetsAreDense() {
        assertThat(at(0, publish("a"))).isEqualTo(published(0, 0, false));
        Batch three = new Batch(
                0, Message.FORMAT, Bytes.utf8("b c d"), List.of(Envelope.PLAIN, Envelope.PLAIN, Envelope.PLAIN));
        assertThat(at(1, new Command.Publish(QUEUE, List.of(three)))).isEqualTo(published(1, 1, false));
        assertThat(at(2, publish("e"))).isEqualTo(published(4, 2, false));
        assertThat(received(3, 10)).containsExactly("a", "b", "c", "d", "e");
    }

    @Test
    void anUnknownQueueIsRefused() {
        Command publish = new Command.Publish(new PartitionId(99, 0), ((Command.Publish) publish("a")).batches());
        assertThat(at(0, publish)).isEqualTo(new Reply.Refused(Refusal.NO_SUCH_QUEUE));
    }

    @Test
    void aMessageTooLargeIsRefusedAndNothingOfItsPublishIsKept() {
        queue(settings -> settings.messageBytesMax(4));
        assertThat(at(0, publish("1234"))).isInstanceOf(Reply.Published.class);
        assertThat(at(0, publish("a", "12345"))).isEqualTo(new Reply.Refused(Refusal.MESSAGE_TOO_LARGE));
        assertThat(status().ready()).isEqualTo(1);
    }

    @Test
    void aFullQueueRefuses() {
        queue(settings -> settings.messagesMax(2));
        at(0, publish("a"));
        assertThat(at(0, publish("b", "c"))).isEqualTo(FULL);
        assertThat(at(0, publish("b"))).isInstanceOf(Reply.Published.class);
        assertThat(at(0, publish("c"))).isEqualTo(FULL);
        received(1, 1);
        assertThat(at(1, publish("c"))).as("what is leased does not count").isInstanceOf(Reply.Published.class);
    }

    @Test
    void aQueueMayBeFullOfBytesAndOfDelayedMessages() {
        queue(settings -> settings.bytesMax(5));
        at(0, publish(delayedTo(100), "123"));
        assertThat(at(0, publish("456"))).isEqualTo(FULL);
        assertThat(at(0, publish("45"))).isInstanceOf(Reply.Published.class);
        assertThat(status().bytes()).isEqualTo(5);
    }

    @Test
    void theOldestAreDroppedWhereTheQueueSaysSo() {
        queue(settings -> settings.messagesMax(2).overflow(Overflow.DROP_OLDEST));
        at(0, publish("a", "b", "c", "d"));
        assertThat(received(1, 10)).containsExactly("c", "d");
        assertThat(departures()).isEmpty();
    }

    @Test
    void theOldestOfTheLowestPriorityAreDroppedFirst() {
        queue(settings -> settings.messagesMax(2).overflow(Overflow.DROP_OLDEST).priorityLevels(3));
        at(0, publishAt(0, "high"));
        at(1, publishAt(2, "low1", "low2"));
        assertThat(received(2, 10)).containsExactly("high", "low2");
    }

    @Test
    void leasedMessagesAreNotDropped() {
        queue(settings -> settings.messagesMax(1).overflow(Overflow.DROP_OLDEST));
        at(0, publish("a"));
        received(0, 1);
        at(0, publish("b", "c"));
        assertThat(received(30, 10)).containsExactly("a", "c");
    }

    @Test
    void aRepeatGetsTheFirstAnswer() {
        assertThat(at(0, publish(deduplicated("g", "x"), "a"))).isEqualTo(published(0, 0, false));
        received(1, 1);
        acknowledge(2, "a");
        restart();
        assertThat(at(299, publish(deduplicated("g", "x"), "a"))).isEqualTo(published(0, 0, true));
        assertThat(at(300, publish(deduplicated("g", "x"), "a"))).isEqualTo(published(1, 300, false));
    }

    @Test
    void aRepeatWithinOnePublishIsARepeat() {
        List<Batch> twice = List.of(
                Batch.of(deduplicated("g", "x"), Bytes.utf8("a")), Batch.of(deduplicated("g", "x"), Bytes.utf8("b")));
        Reply reply = at(0, new Command.Publish(QUEUE, twice));
        assertThat(((Reply.Published) reply).appended())
                .extracting(Reply.Appended::duplicate)
                .containsExactly(false, true);
        assertThat(received(0, 10)).containsExactly("a");
    }

    @Test
    void aFullQueueStillAnswersARepeat() {
        queue(settings -> settings.messagesMax(1).deduplicationWindow(millis(300)));
        at(0, publish(deduplicated("g", "x"), "a"));
        assertThat(at(1, publish(deduplicated("g", "x"), "a"))).isEqualTo(published(0, 0, true));
        assertThat(at(1, publish(deduplicated("g", "y"), "b"))).isEqualTo(FULL);
        received(2, 1);
        assertThat(at(3, publish(deduplicated("g", "y"), "b")))
                .as("a refusal is not remembered")
                .isEqualTo(published(1, 3, false));
    }

    @Test
    void theScopeOfAnIdIsTheQueueOrTheGroupAndMaySwitchBothWays() {
        at(0, publish(deduplicated("g", "x"), "a"));
        assertThat(at(1, publish(deduplicated("h", "x"), "b"))).isEqualTo(published(0, 0, true));
        queue(settings -> settings.deduplicationScope(DeduplicationScope.GROUP).deduplicationWindow(millis(300)));
        assertThat(at(2, publish(deduplicated("g", "x"), "a"))).isEqualTo(published(0, 0, true));
        assertThat(at(3, publish(deduplicated("h", "x"), "b"))).isEqualTo(published(1, 3, false));
        queue(settings -> settings.deduplicationWindow(millis(300)));
        assertThat(at(4, publish(deduplicated("k", "x"), "c"))).isEqualTo(published(0, 0, true));
        assertThat(at(301, publish(deduplicated("k", "x"), "c")))
                .as("the first is forgotten")
                .isEqualTo(published(1, 3, true));
    }

    @Test
    void aPurgeForgetsTheIds() {
        at(0, publish(deduplicated("g", "x"), "a"));
        at(1, new Command.Purge(QUEUE));
        assertThat(at(2, publish(deduplicated("g", "x"), "a"))).isEqualTo(published(1, 2, false));
    }

    @Test
    void manyGroupsMayUseTheSameIds() {
        queue(settings -> settings.deduplicationScope(DeduplicationScope.GROUP).deduplicationWindow(millis(300)));
        for (int i = 0; i < 20_000; i++) {
            assertThat(at(i / 1000, publish(deduplicated("g" + i, "1"), "a"))).isEqualTo(published(i, i / 1000, false));
        }
        assertThat(at(20, publish(deduplicated("g7", "1"), "a"))).isEqualTo(published(7, 0, true));
        tick(1000);
        assertThat(at(1000, publish(deduplicated("g7", "1"), "a"))).isEqualTo(published(20_000, 1000, false));
    }
}
