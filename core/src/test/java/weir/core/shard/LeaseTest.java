package weir.core.shard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import weir.core.LeaseId;
import weir.core.MessageState;
import weir.core.Position;
import weir.core.shard.Reply.LeaseOutcome;

/** A lease is the sole, temporary right to a message. */
final class LeaseTest extends ShardFacts {
    @BeforeEach
    void aQueueWithLeasesOf30Millis() {
        queue(settings -> settings);
    }

    @Test
    void aMessageIsDeliveredOnceWhileItsLeaseLasts() {
        at(0, publish("a"));
        assertThat(received(1, 10)).containsExactly("a");
        assertThat(received(30, 10)).isEmpty();
    }

    @Test
    void aMessageIsReadyAgainAtTheInstantItsLeaseEnds() {
        at(0, publish("a"));
        received(1, 1);
        assertThat(received(31, 1)).containsExactly("a");
        assertThat(lease("a").delivery()).isEqualTo(2);
    }

    @Test
    void aMessageThatComesBackGoesBeforeYoungerOnes() {
        at(0, publish("a", "b", "c"));
        received(1, 2);
        release(2, "b", 0);
        release(2, "a", 0);
        assertThat(received(3, 10)).containsExactly("a", "b", "c");
    }

    @Test
    void anAcknowledgedMessageIsGone() {
        at(0, publish("a"));
        received(1, 1);
        assertThat(acknowledge(2, "a")).isEqualTo(LeaseOutcome.DONE);
        assertThat(acknowledge(3, "a")).isEqualTo(LeaseOutcome.GONE);
        assertThat(received(100, 1)).isEmpty();
        assertThat(unsettled()).isZero();
    }

    @Test
    void anExtensionSetsTheEndAnewFromNow() {
        at(0, publish("a"));
        received(0, 1);
        assertThat(extend(20, "a", 25)).isEqualTo(LeaseOutcome.DONE);
        assertThat(received(44, 1)).isEmpty();
        assertThat(received(45, 1)).containsExactly("a");
    }

    @Test
    void anExtensionMayShortenALease() {
        at(0, publish("a"));
        received(0, 1);
        extend(1, "a", 2);
        assertThat(received(3, 1)).containsExactly("a");
    }

    @Test
    void anExtensionOfZeroMakesReadyAtOnce() {
        at(0, publish("a"));
        received(0, 1);
        assertThat(extend(1, "a", 0)).isEqualTo(LeaseOutcome.DONE);
        assertThat(received(1, 1)).containsExactly("a");
    }

    @Test
    void aDeliveryIsNotExtendedBeyondWhatItMayBeHeldInAll() {
        at(0, publish("a"));
        received(0, 1, 500);
        assertThat(extend(400, "a", 600)).isEqualTo(LeaseOutcome.DONE);
        assertThat(extend(400, "a", 601)).isEqualTo(LeaseOutcome.HELD_TOO_LONG);
        assertThat(received(999, 1)).isEmpty();
        assertThat(received(1000, 1)).containsExactly("a");
        assertThat(extend(1001, "a", 900)).as("each delivery counts anew").isEqualTo(LeaseOutcome.DONE);
    }

    @Test
    void whatAnExtensionSaidIsNotRememberedAtTheNextDelivery() {
        at(0, publish("a"));
        received(0, 1);
        extend(0, "a", 5);
        received(5, 1);
        assertThat(received(34, 1)).isEmpty();
        assertThat(received(35, 1)).containsExactly("a");
    }

    @Test
    void anExpiredLeaseChangesNothing() {
        at(0, publish("a"));
        received(0, 1);
        assertThat(acknowledge(30, "a")).isEqualTo(LeaseOutcome.EXPIRED);
        assertThat(extend(30, "a", 50)).isEqualTo(LeaseOutcome.EXPIRED);
        assertThat(release(30, "a", 50)).isEqualTo(LeaseOutcome.EXPIRED);
        assertThat(reject(30, "a")).isEqualTo(LeaseOutcome.EXPIRED);
        assertThat(received(30, 1)).containsExactly("a");
    }

    @Test
    void anExpiredLeaseCountsWhereItIsSaidToWhileTheMessageIsNotLeasedAgain() {
        at(0, publish("a", "b"));
        received(0, 2);
        assertThat(acknowledgeEvenIfExpired(40, "a")).isEqualTo(LeaseOutcome.DONE);
        assertThat(extendEvenIfExpired(40, "b", 30)).isEqualTo(LeaseOutcome.DONE);
        assertThat(received(69, 10)).isEmpty();
        assertThat(received(70, 10)).containsExactly("b");
    }

    @Test
    void aLeaseIsSupersededByTheNextDelivery() {
        at(0, publish("a"));
        received(0, 1);
        LeaseId stale = lease("a");
        received(30, 1);
        for (boolean evenIfExpired : List.of(true, false)) {
            assertThat(outcome(at(31, new Command.Acknowledge(QUEUE, List.of(stale), evenIfExpired))))
                    .isEqualTo(LeaseOutcome.SUPERSEDED);
            assertThat(outcome(at(31, new Command.Extend(QUEUE, List.of(stale), 0, evenIfExpired, 1000))))
                    .isEqualTo(LeaseOutcome.SUPERSEDED);
        }
        assertThat(status().leased()).isEqualTo(1);
        assertThat(acknowledge(32, "a")).isEqualTo(LeaseOutcome.DONE);
    }

    @Test
    void theLatestDeliveryIsMeantWhereNoneIsNamed() {
        at(0, publish("a", "b"));
        received(0, 1);
        received(30, 1);
        LeaseId latest = new LeaseId(lease("a").position(), LeaseId.LATEST);
        assertThat(outcome(at(31, new Command.Extend(QUEUE, List.of(latest), 0, true, 1000))))
                .isEqualTo(LeaseOutcome.DONE);
        assertThat(received(31, 1)).containsExactly("a");
        LeaseId never = new LeaseId(new Position(lease("a").position().level(), 1), LeaseId.LATEST);
        assertThat(outcome(at(32, new Command.Extend(QUEUE, List.of(never), 0, true, 1000))))
                .as("a message that was never handed out")
                .isEqualTo(LeaseOutcome.GONE);
    }

    @Test
    void aLeaseThatNeverWasIsGone() {
        at(0, publish("a"));
        received(0, 1);
        assertThat(at(
                        1,
                        new Command.Acknowledge(
                                QUEUE,
                                List.of(
                                        new LeaseId(lease("a").position(), 2),
                                        new LeaseId(new Position(0, 1), 1),
                                        new LeaseId(new Position(31, 0), 1)),
                                true)))
                .isEqualTo(new Reply.Settled(List.of(LeaseOutcome.GONE, LeaseOutcome.GONE, LeaseOutcome.GONE)));
        assertThat(status().leased()).isEqualTo(1);
    }

    @Test
    void aReleasedMessageWaitsForItsDelay() {
        at(0, publish("a"));
        received(0, 1);
        assertThat(release(10, "a", 100)).isEqualTo(LeaseOutcome.DONE);
        assertThat(peek().getFirst().state()).isEqualTo(MessageState.DELAYED);
        assertThat(received(109, 1)).isEmpty();
        assertThat(received(110, 1)).containsExactly("a");
    }

    @Test
    void onlyACountedReleaseIsAnAttempt() {
        at(0, publish("a"));
        received(0, 1);
        releaseUncounted(0, "a");
        assertThat(peek().getFirst().attempts()).isZero();
        received(1, 1);
        release(1, "a", 0);
        assertThat(peek().getFirst().attempts()).isEqualTo(1);
        received(2, 1);
        assertThat(lease("a").delivery())
                .as("each delivery has a lease of its own")
                .isEqualTo(3);
    }

    @Test
    void aLeaseOfZeroCountsAndLeavesTheMessageReady() {
        at(0, publish("a", "b"));
        assertThat(received(0, 10, 0)).containsExactly("a", "b");
        assertThat(status().ready()).isEqualTo(2);
        assertThat(received(0, 10)).containsExactly("a", "b");
        assertThat(peek()).extracting(Seen::attempts).containsExactly(2, 2);
    }

    @Test
    void aRejectedMessageWithNowhereToGoIsDropped() {
        at(0, publish("a"));
        received(0, 1);
        assertThat(reject(1, "a")).isEqualTo(LeaseOutcome.DONE);
        assertThat(unsettled()).isZero();
    }

    @Test
    void noMoreIsHandedOutThanMayBeInFlight() {
        queue(settings -> settings.inFlightMax(2));
        at(0, publish("a", "b", "c"));
        Reply reply = at(0, acquire(10));
        assertThat(bodies(reply)).containsExactly("a", "b");
        assertThat(((Reply.Acquired) reply).tooManyInFlight()).isTrue();
        assertThat(mayDeliver()).isFalse();
        acknowledge(1, "a");
        assertThat(mayDeliver()).isTrue();
        assertThat(received(1, 10)).containsExactly("c");
    }

    @Test
    void leasesSurviveARestart() {
        at(0, publish("a", "b", "c"));
        received(0, 2);
        acknowledge(1, "a");
        restart();
        assertThat(received(29, 10)).containsExactly("c");
        assertThat(received(30, 10)).containsExactly("b");
        assertThat(lease("b").delivery()).isEqualTo(2);
    }

    @Test
    void theClockNeverGoesBack() {
        at(100, publish("a"));
        received(100, 1);
        assertThat(received(20, 1)).isEmpty();
        assertThat(received(130, 1)).containsExactly("a");
    }

    @Test
    void theMachineSaysWhenItNextWantsTheTime() {
        at(0, publish("a"));
        received(10, 1);
        assertThat(machine.nextDueMillis()).hasValue(40);
    }
}
