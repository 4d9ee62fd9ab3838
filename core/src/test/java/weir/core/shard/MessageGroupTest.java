package weir.core.shard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import weir.core.DeadLetterPolicy;
import weir.core.shard.Reply.LeaseOutcome;

/** A group is an ordered list; a receive takes its prefix of visible messages and stops at the first one in flight. */
final class MessageGroupTest extends ShardFacts {
    @BeforeEach
    void anOrderedQueue() {
        queue(settings -> ordered(settings));
    }

    @Test
    void aMessageWithoutAGroupIsRefused() {
        assertThat(at(0, publish("a"))).isEqualTo(new Reply.Refused(Refusal.GROUP_MISSING));
    }

    @Test
    void aGroupIsLockedWhileOneOfItsMessagesIsLeased() {
        at(0, publishTo("g", "a", "b"));
        assertThat(received(0, 1)).containsExactly("a");
        at(1, publishTo("g", "c"));
        assertThat(received(1, 10)).isEmpty();
        acknowledge(2, "a");
        assertThat(received(2, 10)).containsExactly("b", "c");
    }

    @Test
    void aPartialDeleteDoesNotUnlock() {
        at(0, publishTo("g", "a", "b", "c"));
        assertThat(received(0, 2)).containsExactly("a", "b");
        acknowledge(1, "a");
        assertThat(received(1, 10)).isEmpty();
        acknowledge(2, "b");
        assertThat(received(2, 10)).containsExactly("c");
    }

    @Test
    void orderIsTheSameAfterExpiryAndRelease() {
        at(0, publishTo("g", "a", "b", "c"));
        received(0, 10);
        assertThat(received(30, 10)).containsExactly("a", "b", "c");
        release(31, "c", 0);
        release(31, "a", 0);
        assertThat(received(31, 10)).as("b is in flight").containsExactly("a");
        release(32, "b", 0);
        release(32, "a", 0);
        assertThat(received(32, 10)).containsExactly("a", "b", "c");
    }

    @Test
    void onlyThoseBeforeAnExtendedOneComeAgain() {
        at(0, publishTo("g", "a", "b", "c"));
        received(0, 10);
        extend(1, "b", 500);
        assertThat(received(30, 10)).containsExactly("a");
        acknowledge(31, "a");
        assertThat(received(31, 10)).isEmpty();
        acknowledge(32, "b");
        assertThat(received(32, 10)).containsExactly("c");
    }

    @Test
    void aReleasedMessageThatWaitsHoldsUpItsGroup() {
        at(0, publishTo("g", "a", "b"));
        received(0, 1);
        release(0, "a", 20);
        assertThat(received(19, 10)).isEmpty();
        assertThat(received(20, 10)).containsExactly("a", "b");
    }

    @Test
    void aReceiveFillsFromOneGroupAndServedGroupsGoToTheEnd() {
        at(0, publishTo("g1", "g1-m1", "g1-m2"));
        at(0, publishTo("g2", "g2-m1", "g2-m2"));
        at(0, publishTo("g3", "g3-m1"));
        assertThat(received(0, 3)).containsExactly("g1-m1", "g1-m2", "g2-m1");
        assertThat(received(30, 10)).containsExactly("g3-m1", "g1-m1", "g1-m2", "g2-m1", "g2-m2");
    }

    @Test
    void anExpiredMessageDoesNotHoldUpItsGroup() {
        at(0, publish(expiringAt("g", 10), "a"));
        at(0, publishTo("g", "b"));
        assertThat(received(10, 10)).containsExactly("b");
    }

    @Test
    void aGroupStaysLockedWhenAnotherOfItsMessagesExpiresInTheSameReceive() {
        at(0, publishTo("g", "a"));
        at(0, publish(expiringAt("g", 10), "b"));
        assertThat(received(10, 10)).containsExactly("a");
        at(11, publishTo("g", "c"));
        assertThat(received(12, 10)).isEmpty();
        acknowledge(13, "a");
        assertThat(received(13, 10)).containsExactly("c");
    }

    @Test
    void anExpiredMessageThatDepartsHoldsUpItsGroup() {
        queue(settings -> ordered(settings).deadLetter(new DeadLetterPolicy("dead", 9, true)));
        at(0, publish(expiringAt("g", 10), "a"));
        at(0, publishTo("g", "b"));
        assertThat(received(10, 10)).isEmpty();
        settle(11, List.of(1L), List.of());
        assertThat(received(11, 10)).containsExactly("b");
    }

    @Test
    void aLeaseOfZeroLocksNothing() {
        at(0, publishTo("g", "a", "b"));
        assertThat(received(0, 1, 0)).containsExactly("a");
        assertThat(received(0, 10, 0)).containsExactly("a", "b");
    }

    @Test
    void anExpiredLeaseThatIsExtendedLocksAgain() {
        at(0, publishTo("g", "a", "b"));
        received(0, 1);
        assertThat(extendEvenIfExpired(40, "a", 100)).isEqualTo(LeaseOutcome.DONE);
        assertThat(received(41, 10)).isEmpty();
        assertThat(received(140, 10)).containsExactly("a", "b");
    }

    @Test
    void aGroupLongerThanItsReadAheadKeepsItsOrder() {
        int count = 3 * Bounds.USUAL.laneReadAhead() + 17;
        List<String> published = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            published.add("m" + i);
            at(0, publishTo("g", "m" + i));
            at(0, publishTo("h" + i % 5, "x"));
        }
        List<String> got = new ArrayList<>();
        for (int round = 0; round < count && got.size() < count; round++) {
            List<String> received = new ArrayList<>(received(0, 100));
            received.removeIf("x"::equals);
            got.addAll(received);
            machine.peek(QUEUE, new weir.core.Position(0, 0), 1000).stream()
                    .filter(seen -> seen.state() == weir.core.MessageState.LEASED)
                    .forEach(seen -> at(
                            0,
                            new Command.Acknowledge(
                                    QUEUE, List.of(new weir.core.LeaseId(seen.position(), seen.attempts())), false)));
            if (round % 2 == 0) {
                restart();
            }
        }
        assertThat(got).isEqualTo(published);
    }

    @Test
    void tenThousandMessagesOfALockedGroupDoNotHideAnother() {
        at(0, publishTo("big", "first"));
        received(0, 1);
        for (int i = 0; i < 10_000; i++) {
            at(0, publishTo("big", "more"));
        }
        at(0, publishTo("small", "a"));
        List<String> got = List.of();
        for (int asks = 0; asks < 3 && got.isEmpty(); asks++) {
            got = received(1, 10);
        }
        assertThat(got).containsExactly("a");
        acknowledge(2, "first");
        assertThat(received(2, 10)).hasSize(10).containsOnly("more");
    }

    @Test
    void groupsThatWerePassedOverDoNotFillTheMemoryWhenAllOfThemAreUnlocked() {
        var bounds = new Bounds(100, 100, 100, 10, 5, 1000, 10, 10, 2, 30, 100, 100, 1000);
        machine = new ShardMachine(log, bounds);
        queue(settings -> ordered(settings));
        for (int group = 0; group < 50; group++) {
            for (int i = 0; i < 20; i++) {
                at(0, publishTo("g" + group, group + "-" + i));
            }
        }
        List<String> locking = new ArrayList<>();
        for (int group = 0; group < 50; group++) {
            locking.addAll(received(0, 5));
        }
        locking.forEach(body -> acknowledge(1, body));
        for (int i = 0; i < 50; i++) {
            assertThat(received(2, 1)).hasSize(1);
            StructureCheck.check(java.util.Objects.requireNonNull(machine.partitions.get(QUEUE)), machine, bounds);
        }
    }

    @Test
    void aWindowThatIsFullOfLockedGroupsHidesNoOther() {
        machine = new ShardMachine(log, new Bounds(100, 100, 100, 6, 3, 100, 3, 10, 2, 30, 100, 100, 1000));
        queue(settings -> ordered(settings));
        at(0, publishTo("a", "a1", "a2", "a3", "a4"));
        at(0, publishTo("b", "b1", "b2", "b3", "b4"));
        at(0, publishTo("c", "c1"));
        assertThat(received(0, 1)).containsExactly("a1");
        assertThat(received(0, 1)).containsExactly("b1");
        assertThat(mayDeliver()).isTrue();
        assertThat(received(1, 10)).containsExactly("c1");
        assertThat(received(2, 10)).isEmpty();
        acknowledge(3, "a1");
        assertThat(mayDeliver()).isTrue();
        assertThat(received(3, 10)).startsWith("a2", "a3", "a4");
    }

    @Test
    void twentyThousandLockedGroupsWithMoreMessagesHideNoOther() {
        int groups = 20_000;
        for (int group = 0; group < groups; group++) {
            at(0, publishTo("g" + group, "first-" + group, "second-" + group));
        }
        int got = 0;
        for (int asks = 0; asks < groups; asks++) {
            List<String> bodies = received(1, 1, 1_000_000);
            assertThat(bodies).hasSize(1);
            assertThat(bodies.getFirst()).startsWith("first-");
            got++;
            if (asks == groups / 2) {
                restart();
            }
        }
        assertThat(got).isEqualTo(groups);
        at(2, publishTo("next", "a"));
        assertThat(received(2, 10)).containsExactly("a");
        for (int group = 0; group < groups; group += 1999) {
            acknowledge(3, "first-" + group);
            assertThat(received(3, 10)).containsExactly("second-" + group);
        }
        StructureCheck.check(java.util.Objects.requireNonNull(machine.partitions.get(QUEUE)), machine, Bounds.USUAL);
    }

    @Test
    void whatIsKeptBehindLocksIsBoundedAndTheRestIsFoundAgain() {
        Bounds bounds = new Bounds(100, 100, 100, 8, 8, 10_000, 8, 12, 2, 30, 100, 100, 1000);
        machine = new ShardMachine(log, bounds);
        queue(settings -> ordered(settings));
        for (int i = 0; i < 6; i++) {
            for (int group = 0; group < 30; group++) {
                at(0, publishTo("g" + group, group + "-" + i));
            }
        }
        for (int i = 0; i < 6; i++) {
            List<String> wanted = new ArrayList<>();
            for (int group = 0; group < 30; group++) {
                wanted.add(group + "-" + i);
            }
            List<String> got = new ArrayList<>();
            for (int asks = 0; asks < 30; asks++) {
                got.addAll(received(i, 1, 1000));
                StructureCheck.check(java.util.Objects.requireNonNull(machine.partitions.get(QUEUE)), machine, bounds);
            }
            assertThat(got).containsExactlyInAnyOrderElementsOf(wanted);
            got.forEach(body -> acknowledge(500, body));
        }
    }
}
