package weir.core.shard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import weir.core.Batch;
import weir.core.Bytes;
import weir.core.Envelope;
import weir.core.LeaseId;
import weir.core.PriorityMode;

/** Highest first for short bursts, and a bound on waiting always. */
final class PriorityTest extends ShardFacts {
    @Test
    void aShortBurstIsDeliveredInExactOrder() {
        queue(settings -> settings.priorityLevels(10));
        at(0, publishAt(9, "A"));
        at(0, publishAt(0, "B"));
        at(0, publishAt(5, "C"));
        assertThat(received(1, 10)).containsExactly("B", "C", "A");
    }

    @Test
    void asManyAsTheLimitOvertakeAndThenALowerOneComes() {
        queue(settings -> settings.priorityLevels(10));
        at(0, publishAt(1, "low"));
        at(0, publishAt(0, Collections.nCopies(100, "high").toArray(String[]::new)));
        assertThat(received(1, 100).indexOf("low"))
                .isEqualTo(BoundedBypass.limit(1, 10))
                .isEqualTo(32);
    }

    @Test
    void strictModeNeverLetsALowerOneFirst() {
        queue(settings -> settings.priorityLevels(3).priorityMode(PriorityMode.STRICT));
        at(0, publishAt(2, "low"));
        at(0, publishAt(0, Collections.nCopies(500, "high").toArray(String[]::new)));
        assertThat(received(1, 500)).containsOnly("high");
        assertThat(received(1, 1)).containsExactly("low");
    }

    @ParameterizedTest
    @CsvSource({"1, 10, 32", "2, 10, 64", "3, 10, 128", "9, 10, 128", "31, 32, 128", "1, 2, 32"})
    void limitsDoubleDownToAMost(int level, int levels, int limit) {
        assertThat(BoundedBypass.limit(level, levels)).isEqualTo(limit);
    }

    @Test
    void turnsGoOnFromOneReceiveToTheNextAndSurviveARestart() {
        queue(settings -> settings.priorityLevels(2));
        at(0, publishAt(1, "low"));
        at(0, publishAt(0, Collections.nCopies(100, "high").toArray(String[]::new)));
        List<String> got = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            got.addAll(received(1, 1));
            restart();
        }
        assertThat(got.indexOf("low")).isEqualTo(32);
    }

    @Test
    void messagesOfLevelsThatAreNoMoreAreStillDelivered() {
        queue(settings -> settings.priorityLevels(5));
        at(0, publishAt(4, "a", "b"));
        queue(settings -> settings.priorityLevels(2));
        assertThat(mayDeliver()).isTrue();
        at(0, publishAt(0, "c"));
        assertThat(received(1, 10)).containsExactly("c", "a", "b");
    }

    static IntStream seeds() {
        return IntStream.range(0, 24);
    }

    /**
     * Whatever arrives, the head of level p waits for at most limit(p) + P - 1 dispatches; and a message of a tenant, with
     * k before it of the same, for that times (k + 1) and the number of tenants of its level.
     */
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void nobodyWaitsLongerThanTheBound(int seed) {
        var random = new SplittableRandom(seed);
        int levels = 2 + random.nextInt(seed % 3 == 0 ? 31 : 9);
        int tenants = 1 + random.nextInt(12);
        int flooded = random.nextInt(levels);
        queue(settings -> settings.priorityLevels(levels));
        var waiting = new Waiting(levels);
        for (int step = 0; step < 1500; step++) {
            for (int i = random.nextInt(4); i > 0; i--) {
                int level = random.nextInt(3) > 0 ? flooded : random.nextInt(levels);
                String tenant = "t" + random.nextInt(tenants);
                at(
                        step,
                        new Command.Publish(
                                QUEUE,
                                List.of(new Batch(
                                        level,
                                        1,
                                        Bytes.utf8("m"),
                                        List.of(new Envelope(tenant, null, 0, Envelope.NEVER, null))))));
                waiting.published(level, tenant);
            }
            Reply.Acquired reply = (Reply.Acquired) at(step, acquire(1 + random.nextInt(2)));
            for (Reply.Leased leased : reply.leased()) {
                LeaseId lease = leased.lease();
                waiting.delivered(
                        lease.position().level(),
                        String.valueOf(leased.envelope().group()));
                at(step, new Command.Acknowledge(QUEUE, List.of(lease), false));
            }
        }
    }

    /** Counts for each level and each message how many dispatches it waits. */
    private static final class Waiting {
        private final int levels;
        private final List<List<Told>> messages = new ArrayList<>();
        private final long[] headSince;
        private long dispatched;

        /** @param before older messages of its tenant when it came */
        private record Told(String tenant, long since, int before) {}

        Waiting(int levels) {
            this.levels = levels;
            this.headSince = new long[levels];
            for (int p = 0; p < levels; p++) {
                messages.add(new ArrayList<>());
            }
        }

        void published(int level, String tenant) {
            List<Told> list = messages.get(level);
            if (list.isEmpty()) {
                headSince[level] = dispatched;
            }
            int before = (int)
                    list.stream().filter(told -> told.tenant.equals(tenant)).count();
            list.add(new Told(tenant, dispatched, before));
        }

        void delivered(int level, String tenant) {
            List<Told> list = messages.get(level);
            Told told = list.stream()
                    .filter(t -> t.tenant.equals(tenant))
                    .findFirst()
                    .orElseThrow();
            list.remove(told);
            for (int p = 1; p < levels; p++) {
                if (p != level && !messages.get(p).isEmpty()) {
                    assertThat(dispatched + 1 - headSince[p])
                            .as("dispatches that level %d of %d waits", p, levels)
                            .isLessThanOrEqualTo(BoundedBypass.bound(p, levels));
                }
            }
            if (level > 0) {
                long most = (told.before + 1L) * TENANTS_MOST * BoundedBypass.bound(level, levels);
                assertThat(dispatched - told.since).as("wait of a message").isLessThanOrEqualTo(most);
            }
            dispatched++;
            headSince[level] = dispatched;
        }

        private static final int TENANTS_MOST = 12;
    }
}
