package weir.core.shard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import weir.core.DeadLetterPolicy;
import weir.core.DeadLetterReason;
import weir.core.Limits;
import weir.core.MessageState;
import weir.core.shard.Reply.Departure;
import weir.core.shard.Reply.LeaseOutcome;

/** A message is delivered neither before its time nor after it. */
final class ExpiryAndDelayTest extends ShardFacts {
    @BeforeEach
    void aQueueThatKeepsMessagesForASecond() {
        queue(settings -> settings.retention(millis(1000)));
    }

    @Test
    void aReadyMessageIsNotDeliveredFromTheEndOfItsRetentionOn() {
        at(0, publish("a"));
        at(1, publish("b"));
        assertThat(received(1000, 10)).containsExactly("b");
        assertThat(unsettled()).isEqualTo(1);
    }

    @Test
    void aReadyMessageThatNobodyAsksForIsSweptSoonAfter() {
        at(0, publish("a"));
        tick(1000 + Partition.SWEEP_INTERVAL_MILLIS);
        assertThat(unsettled()).isZero();
    }

    @Test
    void aLeasedMessageExpiresUnderItsLease() {
        at(0, publish("a"));
        received(990, 1, 500);
        tick(999);
        assertThat(unsettled()).isEqualTo(1);
        tick(1000);
        assertThat(unsettled()).isZero();
        assertThat(acknowledge(1001, "a")).isEqualTo(LeaseOutcome.GONE);
    }

    @Test
    void whereLeasesOutliveExpiryItExpiresWhenItsLeaseEnds() {
        queue(settings -> settings.retention(millis(1000)).leasesOutliveExpiry(true));
        at(0, publish("a", "b"));
        received(990, 2, 500);
        tick(1400);
        assertThat(acknowledge(1400, "a")).isEqualTo(LeaseOutcome.DONE);
        tick(1489);
        assertThat(unsettled()).isEqualTo(1);
        restart();
        tick(1490);
        assertThat(unsettled()).isZero();
    }

    @Test
    void whereLeasesOutliveExpiryAReleasedMessageHasItsOldExpiry() {
        queue(settings -> settings.retention(millis(1000))
                .leasesOutliveExpiry(true)
                .deadLetter(new DeadLetterPolicy("dead", 9, true)));
        at(0, publish("a"));
        received(990, 1, 5000);
        release(1200, "a", 0);
        tick(1200 + Partition.SWEEP_INTERVAL_SOON_MILLIS);
        assertThat(departures()).extracting(Departure::reason).containsExactly(DeadLetterReason.EXPIRED);
    }

    @Test
    void aReleasedMessageExpiresWhileItIsDelayed() {
        at(0, publish("a"));
        received(990, 1);
        release(990, "a", 500);
        tick(1000);
        assertThat(unsettled()).isZero();
    }

    @Test
    void aMessageMayExpireByItself() {
        at(0, publish(expiringAt(10), "a"));
        at(0, publish(expiringAt(20), "b"));
        assertThat(received(10, 10)).containsExactly("b");
    }

    @Test
    void anExpiredMessageDepartsWhereThePolicySaysSo() {
        queue(settings -> settings.deadLetter(new DeadLetterPolicy("dead", 3, true)));
        at(0, publish(expiringAt(10), "a"));
        assertThat(received(10, 10)).isEmpty();
        assertThat(departures()).extracting(Departure::reason).containsExactly(DeadLetterReason.EXPIRED);
    }

    @Test
    void anExpiredMessageThatNobodyWouldTakeIsDropped() {
        queue(settings -> settings.deadLetter(new DeadLetterPolicy("dead", 3, true)));
        at(0, publish(expiringAt(10), "a"));
        received(10, 10);
        settle(11, List.of(), List.of(1L));
        assertThat(received(12, 10)).isEmpty();
        assertThat(unsettled()).isZero();
    }

    @Test
    void aRetentionMadeShorterHoldsForWhatIsThere() {
        at(0, publish("a", "b", "c"));
        received(0, 1, 900);
        queue(settings -> settings.retention(millis(100)));
        tick(500);
        assertThat(unsettled()).isZero();
    }

    @Test
    void aMessageIsNotTooOldBeforeItWasDue() {
        at(0, publish(delayedTo(5000), "a"));
        assertThat(received(5000, 1)).containsExactly("a");
        release(5001, "a", 0);
        assertThat(received(5999, 1)).containsExactly("a");
    }

    @Test
    void aMessageWaitsForItsTimeHoweverFarThatIs() {
        long due = Limits.DELAY_MAX.toMillis();
        at(0, publish(delayedTo(due), "a"));
        at(0, publish("b"));
        assertThat(received(due - 1, 10)).isEmpty();
        restart();
        assertThat(received(due, 10)).containsExactly("a");
    }

    @Test
    void anInstantBeyondAnyHorizonDoesNoHarm() {
        at(0, publish(delayedTo(Long.MAX_VALUE), "a"));
        tick(1_000_000);
        assertThat(peek()).extracting(Seen::state).containsExactly(MessageState.DELAYED);
    }

    @Test
    void theQueuesDelayHoldsForMessagesThatSayNothing() {
        queue(settings -> settings.delay(millis(50)));
        at(0, publish("a"));
        at(0, publish(delayedTo(10), "b"));
        assertThat(received(10, 10)).containsExactly("b");
        acknowledge(11, "b");
        assertThat(received(49, 10)).isEmpty();
        assertThat(received(50, 10)).containsExactly("a");
    }

    @Test
    void aDelayedMessageGoesToItsPlaceAmongTheOthers() {
        at(0, publish(delayedTo(10), "a"));
        at(0, publish("b", "c"));
        assertThat(received(5, 1)).containsExactly("b");
        assertThat(received(10, 10)).containsExactly("a", "c");
    }

    @Test
    void aNewDelayHoldsForWhatWaitsInAnOrderedQueueOnly() {
        queue(settings -> settings.delay(millis(500)));
        at(0, publish("a"));
        queue(settings -> settings.delay(millis(20)));
        tick(20);
        assertThat(received(20, 10)).isEmpty();

        log = new MemoryLog();
        machine = new ShardMachine(log);
        queue(settings -> ordered(settings).delay(millis(500)));
        at(0, publishTo("g", "a"));
        queue(settings -> ordered(settings).delay(millis(20)));
        tick(20);
        assertThat(received(20, 10)).containsExactly("a");
    }
}
