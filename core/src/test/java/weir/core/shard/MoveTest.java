package weir.core.shard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import weir.core.DeadLetterPolicy;
import weir.core.Envelope;
import weir.core.MessageState;
import weir.core.shard.Reply.LeaseOutcome;

/** A message that is sent to another queue on request. */
final class MoveTest extends ShardFacts {
    @BeforeEach
    void anOrderedQueue() {
        queue(settings -> ordered(settings));
        at(0, publishTo("a", "a1", "a2"));
    }

    private List<LeaseOutcome> move(long millis, String... bodies) {
        List<weir.core.LeaseId> leases =
                List.of(bodies).stream().map(this::lease).toList();
        return ((Reply.Settled) at(millis, new Command.Move(QUEUE, leases, "target"))).outcomes();
    }

    @Test
    void itDepartsWithoutAReasonAndKeepsItsGroupLocked() {
        received(1, 1);
        assertThat(move(2, "a1")).containsExactly(LeaseOutcome.DONE);
        assertThat(status().departing()).isEqualTo(1);
        assertThat(departures()).singleElement().satisfies(departure -> {
            assertThat(departure.target()).isEqualTo("target");
            assertThat(departure.reason()).isNull();
            assertThat(departure.envelope().group()).isEqualTo("a");
        });
        assertThat(received(2, 10)).isEmpty();
        settle(3, List.of(1L), List.of());
        assertThat(unsettled()).isEqualTo(1);
        assertThat(received(3, 10)).containsExactly("a2");
    }

    @Test
    void oneThatIsRefusedIsReadyAtItsOldPlaceAndItsDeliveryDoesNotCount() {
        received(1, 1);
        move(2, "a1");
        settle(3, List.of(), List.of(1L));
        assertThat(peek().getFirst().state()).isEqualTo(MessageState.READY);
        assertThat(peek().getFirst().attempts()).isZero();
        assertThat(received(4, 10)).containsExactly("a1", "a2");
        assertThat(peek().getFirst().attempts()).isEqualTo(1);
    }

    @Test
    void oneThatIsRefusedIsStillDeadLetteredWhenItsAttemptsAreUsedUp() {
        queue(settings -> ordered(settings).deadLetter(deadAfter(1)));
        received(1, 1, 5);
        move(2, "a1");
        settle(3, List.of(), List.of(1L));
        assertThat(received(4, 1, 5)).containsExactly("a1");
        assertThat(received(9, 1)).isEmpty();
        assertThat(departures().getFirst().reason()).isEqualTo(weir.core.DeadLetterReason.TOO_MANY_ATTEMPTS);
    }

    @Test
    void aStaleLeaseMovesNothing() {
        received(1, 1, 5);
        assertThat(move(6, "a1")).containsExactly(LeaseOutcome.EXPIRED);
        received(6, 1);
        received(7, 1);
        assertThat(departures()).isEmpty();
        move(8, "a1");
        assertThat(move(8, "a1")).containsExactly(LeaseOutcome.GONE);
        assertThat(departures()).hasSize(1);
    }

    @Test
    void itIsStillOnItsWayAfterARestart() {
        received(1, 1);
        move(2, "a1");
        restart();
        assertThat(departures()).singleElement().satisfies(departure -> assertThat(departure.reason())
                .isNull());
        settle(3, List.of(), List.of(1L));
        assertThat(peek().getFirst().attempts()).isZero();
    }

    @Test
    void whatArrivesAsNewCountsFromZeroAndIsDeliveredAtOnce() {
        deadLetterQueue(settings -> settings.delay(millis(1000)).deadLetter(new DeadLetterPolicy("x", 1, false)));
        Envelope anew = new Envelope("a", "id", Envelope.AT_ONCE, Envelope.NEVER, null, 4);
        var arrival = new Command.Arrival(1, DEAD, weir.core.Batch.of(anew, weir.core.Bytes.utf8("moved")));
        at(5, new Command.TakeIn(SOURCE_SHARD, 0, List.of(arrival)));
        Reply.Acquired acquired = (Reply.Acquired) at(5, new Command.Acquire(DEAD, 1, 10));
        assertThat(acquired.leased()).singleElement().satisfies(leased -> {
            assertThat(leased.attempts()).isEqualTo(1);
            assertThat(leased.publishedAtMillis()).isEqualTo(5);
            assertThat(leased.envelope().variant()).isEqualTo(4);
        });
    }
}
