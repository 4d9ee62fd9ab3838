package weir.core.shard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import weir.core.Limits;
import weir.core.shard.Reply.LeaseOutcome;

/** A receive that has a name can be repeated when its answer was lost. */
final class AttemptTest extends ShardFacts {
    private static final long WINDOW = Limits.ATTEMPT_REMEMBERED.toMillis();

    @BeforeEach
    void anOrderedQueue() {
        queue(settings -> ordered(settings));
        at(0, publishTo("a", "a1", "a2", "a3"));
        at(0, publishTo("b", "b1"));
    }

    private Reply.Acquired named(long millis, String name, int max) {
        return named(millis, name, max, Command.Acquire.QUEUE_DEFAULT);
    }

    private Reply.Acquired named(long millis, String name, int max, long leaseMillis) {
        return (Reply.Acquired) at(millis, new Command.Acquire(QUEUE, max, leaseMillis, name));
    }

    private static List<weir.core.LeaseId> leases(Reply.Acquired acquired) {
        return acquired.leased().stream().map(Reply.Leased::lease).toList();
    }

    @Test
    void theSameNameGivesTheSameMessagesAndLeasesWithTheirTimeStartedAgain() {
        Reply.Acquired first = named(1, "r", 2);
        Reply.Acquired again = named(20, "r", 2);
        assertThat(bodies(again)).containsExactly("a1", "a2");
        assertThat(leases(again)).isEqualTo(leases(first));
        assertThat(again.leased()).allSatisfy(leased -> {
            assertThat(leased.leasedUntilMillis()).isEqualTo(50);
            assertThat(leased.attempts()).isEqualTo(1);
            assertThat(leased.firstLeasedAtMillis()).isEqualTo(1);
        });
        assertThat(acknowledge(49, "a1")).isEqualTo(LeaseOutcome.DONE);
    }

    @Test
    void theRepeatedReceiveMayAskForAnotherTime() {
        named(1, "r", 2);
        assertThat(named(2, "r", 10, 500).leased())
                .allSatisfy(leased -> assertThat(leased.leasedUntilMillis()).isEqualTo(502));
        assertThat(named(3, "r", 10, 0).leased()).hasSize(2);
        assertThat(received(3, 9)).containsExactly("b1", "a1", "a2", "a3"); // All are ready, and it is b's turn.
    }

    @Test
    void anotherNameOrNoneIsAnotherReceive() {
        named(1, "r", 2);
        assertThat(bodies(named(2, "s", 2))).containsExactly("b1");
        assertThat(received(2, 2)).isEmpty();
        assertThat(bodies(named(2, "s", 2))).containsExactly("b1");
    }

    @Test
    void oneThatBroughtNothingIsNotRemembered() {
        received(1, 4);
        assertThat(named(2, "r", 2).leased()).isEmpty();
        acknowledge(3, "b1");
        at(4, publishTo("b", "b2"));
        assertThat(bodies(named(4, "r", 2))).containsExactly("b2");
    }

    @Test
    void itIsAnOrdinaryReceiveOnceOneOfTheMessagesWasAcknowledged() {
        named(1, "r", 2);
        acknowledge(2, "a2");
        assertThat(bodies(named(2, "r", 2))).containsExactly("b1");
        assertThat(bodies(named(3, "r", 2))).containsExactly("b1");
    }

    @Test
    void itIsAnOrdinaryReceiveOnceOneOfTheLeasesWasExtended() {
        named(1, "r", 2);
        extend(2, "a1", 29); // To the very end that it had.
        assertThat(bodies(named(2, "r", 2))).containsExactly("b1");
    }

    @Test
    void itIsAnOrdinaryReceiveOnceOneOfTheMessagesWasGivenBackOrSentOn() {
        named(1, "r", 1);
        releaseUncounted(2, "a1");
        assertThat(bodies(named(2, "r", 1))).containsExactly("b1");
        at(3, new Command.Move(QUEUE, List.of(lease("b1")), "dead"));
        assertThat(bodies(named(3, "r", 1))).containsExactly("a1");
    }

    @Test
    void itIsAnOrdinaryReceiveOnceTheLeasesRanOut() {
        Reply.Acquired first = named(1, "r", 2);
        Reply.Acquired second = named(31, "r", 3);
        assertThat(leases(second)).isNotEqualTo(leases(first)).doesNotContainAnyElementsOf(leases(first));
    }

    @Test
    void itIsAnOrdinaryReceiveIfFewerAreAskedForThanWereGiven() {
        named(1, "r", 2);
        assertThat(bodies(named(2, "r", 1))).containsExactly("b1");
        assertThat(bodies(named(3, "r", 1))).containsExactly("b1");
    }

    @Test
    void itIsForgottenFiveMinutesAfterTheFirstOfThatName() {
        named(1, "r", 2, 10 * WINDOW);
        assertThat(bodies(named(WINDOW / 2, "r", 2, 10 * WINDOW))).containsExactly("a1", "a2");
        assertThat(bodies(named(WINDOW, "r", 2, 10 * WINDOW))).containsExactly("a1", "a2");
        assertThat(bodies(named(WINDOW + 1, "r", 2, 10 * WINDOW))).containsExactly("b1");
    }

    @Test
    void aPurgeForgetsIt() {
        named(1, "r", 2);
        at(2, new Command.Purge(QUEUE));
        at(2, publishTo("a", "new"));
        assertThat(bodies(named(2, "r", 2))).containsExactly("new");
    }

    @Test
    void theOldestIsForgottenWhenThereAreTooMany() {
        log = new MemoryLog();
        machine = new ShardMachine(log, new Bounds(100, 100, 100, 100, 100, 100, 100, 100, 8, 30, 2, 100, 1000));
        queue(settings -> settings);
        at(0, publish("1", "2", "3", "4"));
        named(1, "first", 1);
        named(1, "second", 1);
        named(1, "third", 1);
        assertThat(bodies(named(2, "second", 1))).containsExactly("2");
        assertThat(bodies(named(2, "third", 1))).containsExactly("3");
        assertThat(bodies(named(2, "first", 1))).containsExactly("4");
    }

    @Test
    void itIsKnownAfterARestart() {
        Reply.Acquired first = named(1, "r", 2);
        restart();
        assertThat(leases(named(2, "r", 2))).isEqualTo(leases(first));
        restart();
        acknowledge(3, "a1");
        assertThat(bodies(named(3, "r", 2))).containsExactly("b1");
    }

    @Test
    void leasesThatAreRepeatedDoNotCountAsMoreInFlight() {
        queue(settings -> ordered(settings).inFlightMax(2));
        Reply.Acquired first = named(1, "r", 2);
        assertThat(named(2, "r", 2).leased()).hasSameSizeAs(first.leased());
        assertThat(status().leased()).isEqualTo(2);
    }
}
