package weir.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import weir.core.LogId;
import weir.storage.StoreFixture.Memory;

/**
 * Whatever happens to machine and disk, a restart finds the last checkpoint that was published, whole. {@code
 * -Dseed=...} replays one run.
 */
class CrashTest {
    private static final List<LogId> LOGS = List.of(StoreFixture.A, StoreFixture.B, StoreFixture.C);
    private static final int SEEDS = 400;

    /** A shard that is used, and restarted when it crashes, beside what must be found then. */
    private static final class Life {
        private final SimulatedFileSystem files;
        private final SplittableRandom random;
        private StoreFixture shard;
        private Memory published = Memory.EMPTY;
        private Memory underWay = Memory.EMPTY;
        private boolean retries = true;
        private int retryFailsAfter; // 0 if it does not.

        Life(long seed) throws IOException {
            files = new SimulatedFileSystem(seed);
            random = new SplittableRandom(~seed);
            shard = new StoreFixture(files, StoreFixture.DIRECTORY, seed);
        }

        void use() {
            for (int i = random.nextInt(1, 12); i > 0; i--) {
                LogId log = LOGS.get(random.nextInt(LOGS.size()));
                shard.append(log, random.nextInt(1, 5), random.nextInt(0, 3000));
            }
            LogId log = LOGS.get(random.nextInt(LOGS.size()));
            long to = random.nextLong(shard.next(log) + 1);
            shard.settle(log, Math.max(0, to - random.nextInt(60)), to);
        }

        /** Retries until it is written, as the server would, unless the power is lost before it can. */
        void checkpoint() throws IOException {
            CheckpointJob job = shard.freeze();
            underWay = shard.remember();
            use(); // The shard goes on meanwhile.
            boolean written = false;
            for (int attempt = 0; !written; attempt++) {
                assertThat(attempt).isLessThan(10);
                try {
                    job.write();
                    written = true;
                } catch (IOException _) {
                    if (retryFailsAfter > 0) {
                        files.failAfter(retryFailsAfter);
                        retryFailsAfter = 0;
                    } else if (!retries) {
                        throw new SimulatedCrash();
                    }
                    shard.verify();
                    files.capacity(Long.MAX_VALUE);
                }
            }
            published = underWay;
            shard.store.install(job);
        }

        void crash() throws IOException {
            files.crash();
            try (ShardStore found = ShardStore.open(files, StoreFixture.DIRECTORY)) {
                long index = found.checkpoint().map(Checkpoint::index).orElse(0L);
                if (index != published.index()) {
                    assertThat(index).isEqualTo(underWay.index());
                    published = underWay;
                }
            }
            shard = StoreFixture.reopen(files, StoreFixture.DIRECTORY, published, random.nextLong());
            shard.verify();
        }
    }

    /** The same life again and again, with the power lost at its first change of the disk, its second, and so on. */
    @Test
    void aCrashAtAnyStepLeavesTheLastPublishedCheckpoint() throws IOException {
        boolean crashed = true;
        int step = 0;
        while (crashed) {
            assertThat(step).isLessThan(1000);
            step++;
            crashed = crashesAt(step);
        }
        assertThat(step).isGreaterThan(60);
    }

    private static boolean crashesAt(int step) throws IOException {
        Life life = new Life(11);
        life.files.crashAfter(step);
        try {
            for (int i = 0; i < 12; i++) {
                life.use();
                life.checkpoint();
            }
            return false;
        } catch (SimulatedCrash _) {
            life.crash();
            life.use();
            life.checkpoint();
            life.shard.verify();
            return true;
        }
    }

    /** The same with a disk that fails once, at each step in turn, and the power lost when the retry was done. */
    @Test
    void aFailureAtAnyStepLosesNothingAndIsRetried() throws IOException {
        for (int step = 1; step < 100; step++) {
            Life life = new Life(12);
            life.files.failAfter(step);
            for (int i = 0; i < 8; i++) {
                life.use();
                life.checkpoint();
                life.shard.verify();
            }
            life.crash();
        }
    }

    /** The same with the power lost before the retry. */
    @Test
    void aCrashAfterAFailureAtAnyStepLeavesTheLastPublishedCheckpoint() throws IOException {
        for (int step = 1; step < 200; step++) {
            Life life = new Life(step);
            life.retries = false;
            life.retryFailsAfter = step % 5; // A manifest that may be published stays whole when its retry fails, too.
            life.files.failAfter(step);
            try {
                for (int i = 0; i < 8; i++) {
                    life.use();
                    life.checkpoint();
                }
            } catch (SimulatedCrash _) {
                // Found below to have left everything in order.
            }
            life.crash();
            life.use();
            life.checkpoint();
            life.shard.verify();
        }
    }

    static LongStream seeds() {
        Long one = Long.getLong("seed");
        return one == null ? LongStream.range(0, SEEDS) : LongStream.of(one);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void aRestartFindsTheLastPublishedCheckpoint(long seed) throws IOException {
        Life life = new Life(seed);
        for (int step = 0; step < 40; step++) {
            life.retries = life.random.nextBoolean();
            switch (life.random.nextInt(8)) {
                case 0 -> life.files.crashAfter(life.random.nextInt(1, 40));
                case 1 -> life.files.failAfter(life.random.nextInt(1, 20));
                case 2 -> life.files.capacity(life.files.usedBytes() + life.random.nextInt(20_000));
                case 3 -> life.crash();
                default -> {}
            }
            try {
                life.use();
                life.checkpoint();
                life.shard.verify();
            } catch (SimulatedCrash _) {
                life.crash();
            }
        }
        life.crash();
    }

    /** The store is stopped without a crash, so that even what was not synced is there. */
    @Test
    void aRestartWithoutACrashFindsTheLastInstalledCheckpoint() throws IOException {
        Life life = new Life(5);
        for (int i = 0; i < 30; i++) {
            life.use();
            life.checkpoint();
            life.shard.store.close();
            life.shard = StoreFixture.reopen(life.files, StoreFixture.DIRECTORY, life.published, i);
            life.shard.verify();
        }
    }
}
