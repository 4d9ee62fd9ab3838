package weir.core.shard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import weir.core.Edition;
import weir.core.Envelope;
import weir.core.LogId;
import weir.core.MessageState;
import weir.core.Overflow;
import weir.core.PartitionStatus;
import weir.core.Position;
import weir.core.QueueSettings;
import weir.core.shard.Reply.LeaseOutcome;

/** What happens to a queue as a whole, and what can be seen of it from outside. */
final class QueueLifeTest extends ShardFacts {
    @BeforeEach
    void aPlainQueue() {
        queue(settings -> settings.priorityLevels(3).deadLetter(deadAfter(5)));
    }

    @Test
    void aPurgeDropsEverythingWhateverItsState() {
        at(0, publish("leased", "departing", "returned", "ready"));
        at(0, publish(delayedTo(100), "delayed"));
        received(0, 3);
        reject(1, "departing");
        release(1, "returned", 0);
        assertThat(status()).isEqualTo(new PartitionStatus(2, 1, 1, 1, 35, 0));
        at(2, new Command.Purge(QUEUE));
        assertThat(status()).isEqualTo(new PartitionStatus(0, 0, 0, 0, 0, 0));
        assertThat(mayDeliver()).isFalse();
        assertThat(received(1000, 10)).isEmpty();
        assertThat(machine.nextDueMillis()).isEmpty();
        at(1001, publish("new"));
        assertThat(received(1002, 10)).containsExactly("new");
        assertThat(lease("new").position()).as("offsets are not used again").isEqualTo(new Position(0, 5));
    }

    @Test
    void aPausedQueueHandsOutNothing() {
        at(0, publish("a"));
        queue(settings -> settings.deliveryPaused(true));
        assertThat(mayDeliver()).isFalse();
        assertThat(received(1, 10)).isEmpty();
        queue(settings -> settings);
        assertThat(mayDeliver()).isTrue();
        assertThat(received(2, 10)).containsExactly("a");
    }

    @Test
    void aPausedQueueTakesNothing() {
        queue(settings -> settings.publishPaused(true));
        assertThat(at(0, publish("a"))).isEqualTo(new Reply.Refused(Refusal.PUBLISH_PAUSED));
    }

    @Test
    void anOlderRevisionChangesNothing() {
        QueueSettings paused =
                QueueSettings.DEFAULT.change().deliveryPaused(true).build();
        assertThat(at(0, new Command.Configure(QUEUE, 1, paused))).isEqualTo(new Reply.Done());
        assertThat(machine.revisions()).containsEntry(QUEUE, 1L);
        at(0, publish("a"));
        assertThat(received(0, 1)).containsExactly("a");
    }

    @Test
    void aDroppedQueueIsUnknownAndItsNamesakeIsEmpty() {
        at(0, publish("a", "b"));
        received(0, 1);
        assertThat(at(1, new Command.Drop(QUEUE))).isEqualTo(new Reply.Done());
        assertThat(mayDeliver()).isFalse();
        assertThat(at(1, acquire(1))).isEqualTo(new Reply.Refused(Refusal.NO_SUCH_QUEUE));
        assertThat(machine.status(QUEUE)).isEmpty();
        assertThat(machine.anyLive(new LogId(QUEUE, 0), 0, 10)).isFalse();
        assertThat(machine.nextDueMillis()).isEmpty();
        assertThat(at(1, new Command.Drop(QUEUE))).as("once more").isEqualTo(new Reply.Done());
    }

    @Test
    void peekingShowsEveryMessageInItsStateAndTakesNone() {
        at(0, publish("leased", "departing", "returned", "acknowledged", "ready"));
        at(0, publish(delayedTo(100), "delayed"));
        at(0, publishAt(2, "low"));
        received(0, 4);
        reject(1, "departing");
        release(1, "returned", 0);
        acknowledge(1, "acknowledged");
        for (int times = 0; times < 2; times++) {
            assertThat(peek())
                    .extracting(Seen::state)
                    .containsExactly(
                            MessageState.LEASED,
                            MessageState.DEPARTING,
                            MessageState.READY,
                            MessageState.READY,
                            MessageState.DELAYED,
                            MessageState.READY);
            assertThat(peek()).extracting(Seen::attempts).containsExactly(1, 1, 1, 0, 0, 0);
            restart();
        }
    }

    @Test
    void pagesOfAPeekComeToTheWhole() {
        for (int i = 0; i < 1000; i++) {
            at(0, publishAt(i % 3, "m" + i));
        }
        received(0, 500);
        List<Seen> all = new ArrayList<>();
        Position from = new Position(0, 0);
        for (List<Seen> page = machine.peek(QUEUE, from, 37); !page.isEmpty(); page = machine.peek(QUEUE, from, 37)) {
            all.addAll(page);
            Position last = page.getLast().position();
            from = new Position(last.level(), last.offset() + 1);
        }
        assertThat(all)
                .hasSize(1000)
                .isEqualTo(peek())
                .extracting(Seen::position)
                .isSorted();
    }

    @Test
    void theLogMayForgetWhatIsSettledAndNothingElse() {
        for (int i = 0; i < 10; i++) {
            at(i, publish("m" + i));
        }
        received(10, 4);
        acknowledge(11, "m0");
        acknowledge(11, "m2");
        assertThat(machine.countLive(new LogId(QUEUE, 0), 0, 10)).isEqualTo(8);
        assertThat(machine.countLive(new LogId(QUEUE, 0), 2, 3)).isZero();
        assertThat(machine.anyLive(new LogId(QUEUE, 0), 0, 1)).isFalse();
        assertThat(machine.anyLive(new LogId(QUEUE, 0), 0, 2)).isTrue();
        assertThat(machine.anyLive(new LogId(QUEUE, 5), 0, 2)).isFalse();
        restart();
        assertThat(log.size()).isEqualTo(8);
        assertThat(received(100, 10)).containsExactly("m1", "m3", "m4", "m5", "m6", "m7", "m8", "m9");
    }

    @Test
    void replicasAgreeThoughOneOfTheirLogsForgotWhatIsSettled() {
        var bounds = new Bounds(100, 100, 100, 4, 2, 4, 2, 10, 2, 30, 100, 100, 1000);
        MemoryLog otherLog = new MemoryLog();
        machine = new ShardMachine(log, bounds);
        ShardMachine other = new ShardMachine(otherLog, bounds);
        Command create = new Command.Configure(QUEUE, 9, QueueSettings.DEFAULT);
        at(0, create);
        other.apply(new Entry(1, 0, List.of(create)));
        for (int i = 0;
                i < 40;
                i++) { // Two of three expire while they are delayed, so they are settled behind ready ones.
            long deliverAt = i % 3 == 0 ? 0 : 1000;
            Command publish =
                    publish(new Envelope("g" + i % 4, null, deliverAt, i % 3 == 0 ? 9999 : 10, null), "m" + i);
            at(0, publish);
            other.apply(new Entry(2, 0, List.of(publish)));
        }
        tick(20);
        other.apply(new Entry(3, 20, List.of(new Command.Tick())));
        otherLog.dropSettled(other);
        for (long now = 50; now < 600; now += 50) {
            Entry entry = new Entry(3, now, List.of(new Command.Acquire(QUEUE, 2, 1000)));
            assertThat(other.apply(entry)).isEqualTo(machine.apply(entry));
            assertThat(other.snapshot()).isEqualTo(machine.snapshot());
            otherLog.dropSettled(other);
        }
    }

    private void fullWithOneOut(int edition) {
        at(0, new Command.Raise(edition));
        queue(settings -> settings.messagesMax(2).overflow(Overflow.DROP_OLDEST));
        at(1, publish("a", "b"));
        assertThat(received(2, 1)).containsExactly("a");
        at(3, publish("c"));
    }

    @Test
    void whatIsGivenBackMakesRoomAtOnce() {
        fullWithOneOut(Edition.NUMBERED);
        assertThat(releaseUncounted(4, "a")).isEqualTo(LeaseOutcome.DONE);
        assertThat(status().ready()).isEqualTo(2);
        assertThat(received(5, 10)).as("it was the oldest").containsExactly("b", "c");
    }

    @Test
    void soDoesWhatIsHeldNoLonger() {
        fullWithOneOut(Edition.NUMBERED);
        assertThat(extend(4, "a", 0)).isEqualTo(LeaseOutcome.DONE);
        assertThat(received(5, 1)).containsExactly("b");
        at(6, publish("d"));
        tick(1_000);
        assertThat(received(1_001, 10)).as("a lease ran out").containsExactly("c", "d");
    }

    @Test
    void beforeItsEditionOnlyAPublishMakesRoom() {
        fullWithOneOut(Edition.TOPICS);
        releaseUncounted(4, "a");
        assertThat(status().ready()).isEqualTo(3);
        at(5, publish("d"));
        assertThat(received(6, 10)).containsExactly("c", "d");
    }

    @Test
    void anEmptyQueueHoldsNothing() {
        for (int i = 0; i < 100; i++) {
            at(0, publishTo("g" + i % 7, "m" + i));
        }
        for (String body : received(0, 100)) {
            acknowledge(1, body);
        }
        StructureCheck.checkEmpty(withoutHousekeeping());
    }

    private ShardMachine withoutHousekeeping() {
        tick(Long.MAX_VALUE / 4);
        return machine;
    }

    @Test
    void aPurgeTooSoonAfterTheLastIsRefusedAndChangesNothing() {
        assertThat(at(100, new Command.Purge(QUEUE, 60))).isEqualTo(new Reply.Done());
        at(110, publish("a"));
        assertThat(at(159, new Command.Purge(QUEUE, 60))).isEqualTo(new Reply.Refused(Refusal.PURGED_RECENTLY));
        assertThat(unsettled()).isEqualTo(1);
        restart();
        assertThat(at(159, new Command.Purge(QUEUE, 60))).isEqualTo(new Reply.Refused(Refusal.PURGED_RECENTLY));
        assertThat(at(159, new Command.Purge(QUEUE))).isEqualTo(new Reply.Done());
        assertThat(at(218, new Command.Purge(QUEUE, 60))).isEqualTo(new Reply.Refused(Refusal.PURGED_RECENTLY));
        assertThat(at(219, new Command.Purge(QUEUE, 60))).isEqualTo(new Reply.Done());
    }
}
