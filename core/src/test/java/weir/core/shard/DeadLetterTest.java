package weir.core.shard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import weir.core.DeadLetterPolicy;
import weir.core.DeadLetterReason;
import weir.core.Edition;
import weir.core.Overflow;
import weir.core.Position;
import weir.core.shard.Reply.ArrivalOutcome;
import weir.core.shard.Reply.Departure;

/** What could not be handled leaves for another queue, and stays here until that one has it. */
final class DeadLetterTest extends ShardFacts {
    @BeforeEach
    void aQueueWithTwoAttempts() {
        queue(settings -> settings.deadLetter(deadAfter(2)));
        deadLetterQueue(settings -> settings);
    }

    private void useUp(long millis, String body) {
        at(millis, publish(body));
        for (int i = 0; i < 2; i++) {
            assertThat(received(millis, 1)).containsExactly(body);
            release(millis, body, 0);
        }
    }

    private List<Seen> dead() {
        return machine.peek(DEAD, new Position(0, 0), 100);
    }

    @Test
    void aMessageDepartsAtTheReceiveThatWouldExceedItsAttempts() {
        useUp(0, "a");
        assertThat(departures()).isEmpty();
        assertThat(received(5, 10)).isEmpty();
        Departure departure = departures().getFirst();
        assertThat(departure.reason()).isEqualTo(DeadLetterReason.TOO_MANY_ATTEMPTS);
        assertThat(departure.target()).isEqualTo("dead");
        assertThat(departure.attempts()).isEqualTo(2);
        assertThat(status().departing()).isEqualTo(1);
    }

    @Test
    void fromItsEditionOnAMessageDepartsAtTheReturnThatUsesUpItsAttempts() {
        at(0, new Command.Raise(Edition.TOPICS));
        useUp(0, "a");
        assertThat(departures()).extracting(Departure::reason).containsExactly(DeadLetterReason.TOO_MANY_ATTEMPTS);
        assertThat(departures().getFirst().attempts()).isEqualTo(2);
        assertThat(received(1, 10)).isEmpty();
    }

    @Test
    void whatNoQueueWouldTakeIsHandedOutOnceBetweenTwoDepartures() {
        at(0, new Command.Raise(Edition.TOPICS));
        useUp(0, "a");
        settle(1, List.of(), List.of(departures().getFirst().number()));
        assertThat(received(2, 1)).containsExactly("a");
        release(3, "a", 10);
        assertThat(departures()).extracting(Departure::number).containsExactly(2L);
    }

    @Test
    void theReceiveThatSendsOneAwayHandsOutTheNext() {
        useUp(0, "a");
        at(1, publish("b"));
        assertThat(received(2, 1)).containsExactly("b");
        assertThat(status().departing()).isEqualTo(1);
    }

    @Test
    void anUncountedReleaseIsNoAttempt() {
        at(0, publish("a"));
        for (int i = 0; i < 10; i++) {
            assertThat(received(i, 1)).containsExactly("a");
            releaseUncounted(i, "a");
        }
    }

    @Test
    void aRejectedMessageDepartsAtOnce() {
        at(0, publish("a"));
        received(0, 1);
        reject(1, "a");
        assertThat(departures()).extracting(Departure::reason).containsExactly(DeadLetterReason.REJECTED);
        assertThat(received(100, 1)).isEmpty();
    }

    @Test
    void whatThePolicyDoesNotTakeIsDropped() {
        queue(settings -> settings.messagesMax(1)
                .overflow(Overflow.DROP_OLDEST)
                .deadLetter(new DeadLetterPolicy("dead", 2, false, false, false)));
        at(0, publish("a"));
        at(0, publish("b"));
        assertThat(received(0, 10)).containsExactly("b");
        reject(1, "b");
        assertThat(unsettled()).isZero();
        useUp(2, "c");
        received(3, 1);
        assertThat(departures()).extracting(Departure::reason).containsExactly(DeadLetterReason.TOO_MANY_ATTEMPTS);
    }

    @Test
    void itIsForgottenHereOnceItArrivedThere() {
        useUp(0, "a");
        received(1, 1);
        Departure departure = departures().getFirst();
        assertThat(carry(2, departures())).isEqualTo(new Reply.TakenIn(List.of(ArrivalOutcome.TAKEN)));
        assertThat(unsettled()).isEqualTo(1);
        settle(3, List.of(departure.number()), List.of());
        assertThat(unsettled()).isZero();
        assertThat(departures()).isEmpty();
        assertThat(machine.departuresSettledBelow()).isEqualTo(departure.number() + 1);
        assertThat(dead()).hasSize(1);
    }

    @Test
    void itKeepsItsIdentityItsAgeAndItsAttempts() {
        useUp(5, "a");
        received(6, 1);
        carry(7, departures());
        Seen moved = dead().getFirst();
        assertThat(moved.attempts()).isEqualTo(2);
        assertThat(moved.publishedAtMillis()).isEqualTo(5);
        var leased = ((Reply.Acquired) machine.apply(new Entry(100, 8, List.of(new Command.Acquire(DEAD, 1, 10))))
                        .getFirst())
                .leased()
                .getFirst();
        assertThat(leased.attempts()).isEqualTo(3);
        assertThat(leased.publishedAtMillis()).isEqualTo(5);
    }

    @Test
    void attemptsBeforeAMoveDoNotCountAgainstTheNextQueue() {
        deadLetterQueue(settings -> settings.deadLetter(new DeadLetterPolicy("further", 1, false)));
        useUp(0, "a");
        received(1, 1);
        carry(2, departures());
        settle(2, List.of(departures().getFirst().number()), List.of());
        Reply reply = at(3, new Command.Extend(DEAD, List.of(), 0, false, 0));
        assertThat(reply).isEqualTo(new Reply.Settled(List.of()));
        Reply.Acquired acquired =
                (Reply.Acquired) machine.apply(new Entry(100, 3, List.of(new Command.Acquire(DEAD, 1, 10))))
                        .getFirst();
        assertThat(acquired.leased()).hasSize(1);
    }

    @Test
    void aRepeatIsAnsweredTheSameAndAddsNothing() {
        useUp(0, "a");
        received(1, 1);
        List<Departure> departures = departures();
        carry(2, departures);
        restart();
        assertThat(carry(3, departures)).isEqualTo(new Reply.TakenIn(List.of(ArrivalOutcome.TAKEN)));
        settle(4, List.of(departures.getFirst().number()), List.of());
        assertThat(carry(5, departures)).isEqualTo(new Reply.TakenIn(List.of(ArrivalOutcome.TAKEN)));
        assertThat(dead()).hasSize(1);
    }

    @Test
    void aRefusalIsRepeatedTooEvenWhenThereWouldBeRoomNow() {
        deadLetterQueue(settings -> settings.publishPaused(true));
        useUp(0, "a");
        received(1, 1);
        List<Departure> departures = departures();
        assertThat(carry(2, departures)).isEqualTo(new Reply.TakenIn(List.of(ArrivalOutcome.REFUSED)));
        deadLetterQueue(settings -> settings);
        assertThat(carry(3, departures)).isEqualTo(new Reply.TakenIn(List.of(ArrivalOutcome.REFUSED)));
        assertThat(dead()).isEmpty();
    }

    @Test
    void whatNoQueueWouldTakeIsHandedOutAgainAndTriedAgainAfterThat() {
        useUp(0, "a");
        received(1, 1);
        at(1, new Command.Drop(DEAD));
        assertThat(carry(2, departures())).isEqualTo(new Reply.TakenIn(List.of(ArrivalOutcome.REFUSED)));
        settle(3, List.of(), List.of(departures().getFirst().number()));
        assertThat(received(4, 1)).containsExactly("a");
        assertThat(peek().getFirst().attempts()).isEqualTo(3);
        release(5, "a", 0);
        assertThat(received(6, 1)).isEmpty();
        assertThat(departures()).extracting(Departure::number).containsExactly(2L);
    }

    @Test
    void departuresSurviveARestart() {
        useUp(0, "a");
        received(1, 1);
        List<Departure> before = departures();
        restart();
        assertThat(departures()).isEqualTo(before);
        settle(2, List.of(1L), List.of());
        assertThat(unsettled()).isZero();
    }

    @Test
    void settlingTwiceIsHarmless() {
        useUp(0, "a");
        received(1, 1);
        settle(2, List.of(1L), List.of());
        settle(3, List.of(1L), List.of(1L));
        assertThat(unsettled()).isZero();
    }

    @Test
    void aPurgeForgetsWhatDeparts() {
        useUp(0, "a");
        received(1, 1);
        at(2, new Command.Purge(QUEUE));
        assertThat(departures()).isEmpty();
        settle(3, List.of(), List.of(1L));
        assertThat(unsettled()).isZero();
    }

    @Test
    void nothingIsHandedOutWhileAsManyDepartAsMay() {
        machine = new ShardMachine(log, new Bounds(10, 10, 2, 10, 10, 10, 10, 10, 2, 30, 100, 100, 1000));
        queue(settings -> settings.deadLetter(deadAfter(1)));
        at(0, publish("a", "b", "c", "d"));
        received(0, 2);
        reject(1, "a");
        reject(1, "b");
        assertThat(received(2, 10)).isEmpty();
        assertThat(mayDeliver()).isFalse();
        settle(3, List.of(1L), List.of());
        assertThat(mayDeliver()).isTrue();
        assertThat(received(4, 10)).containsExactly("c", "d");
    }

    @Test
    void theOldestMakeRoomAndDepart() {
        queue(settings -> settings.deadLetter(deadAfter(2)).messagesMax(2).overflow(Overflow.DROP_OLDEST));
        at(0, publish("a", "b"));
        at(1, publish("c"));
        assertThat(departures()).extracting(Departure::reason).containsExactly(DeadLetterReason.OVERFLOW);
        assertThat(received(2, 10)).containsExactly("b", "c");
    }

    @Test
    void whatMustMakeRoomAndHasNowhereToGoIsDropped() {
        queue(settings -> settings.deadLetter(deadAfter(2)).messagesMax(2).overflow(Overflow.DROP_OLDEST));
        for (int i = 0; i < 50; i++) {
            at(i, publish("m" + i));
            settle(i, List.of(), departures().stream().map(Departure::number).toList());
        }
        assertThat(unsettled()).isEqualTo(2);
    }

    @Test
    void anOrderedGroupWaitsForItsDepartingMessage() {
        machine = new ShardMachine(log);
        queue(settings -> ordered(settings).deadLetter(deadAfter(1)));
        at(0, publishTo("g", "a", "b"));
        received(0, 1);
        release(0, "a", 0);
        assertThat(received(1, 10)).isEmpty();
        settle(2, List.of(1L), List.of());
        assertThat(received(2, 10)).containsExactly("b");
    }
}
