package weir.cluster.ratis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import weir.cluster.replication.GroupId;
import weir.cluster.replication.LogPosition;
import weir.cluster.replication.ProposalRefusedException;
import weir.cluster.replication.ReplicatedLog;
import weir.core.Bytes;
import weir.core.broker.OutcomeUnknownException;

@Execution(ExecutionMode.CONCURRENT) // It waits more than it works.
final class RatisEngineTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @Test
    void entriesAreAppliedInTheOrderProposedAndWithTheirContext() throws Exception {
        try (var engine = TestEngine.start(directory)) {
            var answers = new ArrayList<CompletableFuture<Void>>();
            for (int i = 0; i < 200; i++) {
                answers.add(engine.log.propose(Bytes.utf8("e" + i), i));
            }
            CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new)).get(60, TimeUnit.SECONDS);
            var applied = engine.replica.applied();
            assertThat(applied).hasSize(200);
            for (int i = 0; i < 200; i++) {
                assertThat(applied.get(i).entry().utf8()).isEqualTo("e" + i);
                assertThat(applied.get(i).context()).isEqualTo(i);
            }
            assertThat(applied.stream().map(a -> a.position().index())).isSorted();
            assertThat(engine.log.isLeader()).isTrue();
        }
    }

    @Test
    void replayGivesTheSameEntriesWithoutContext() throws Exception {
        try (var engine = TestEngine.start(directory)) {
            engine.log.propose(Bytes.utf8("a"), "context").get(60, TimeUnit.SECONDS);
            engine.propose("b");
        }
        try (var engine = TestEngine.start(directory)) {
            engine.propose("c");
            assertThat(engine.replica.texts()).containsExactly("a", "b", "c");
            assertThat(engine.replica.applied().getFirst().context()).isNull();
        }
    }

    @Test
    void entriesOfEverySizeUpToTheLimitArriveWholeNowAndAfterARestart() throws Exception {
        var sizes = List.of(
                1,
                RatisSettings.PIECE_BYTES_MAX - 1,
                RatisSettings.PIECE_BYTES_MAX,
                RatisSettings.PIECE_BYTES_MAX + 1,
                3 * RatisSettings.PIECE_BYTES_MAX,
                ReplicatedLog.ENTRY_BYTES_MAX);
        var entries = sizes.stream().map(RatisEngineTest::random).toList();
        try (var engine = TestEngine.start(directory)) {
            for (var entry : entries) {
                engine.propose(entry);
            }
            assertThat(engine.replica.entries()).isEqualTo(entries);
            assertThat(engine.replica.entries().getLast().array())
                    .as("the proposer's own array")
                    .isSameAs(entries.getLast().array());
        }
        try (var engine = TestEngine.start(directory)) {
            assertThat(engine.replica.entries()).isEqualTo(entries);
        }
    }

    @Test
    void anEntryOverTheLimitIsRefusedAndHarmsNothing() throws Exception {
        try (var engine = TestEngine.start(directory)) {
            var tooLarge = Bytes.of(new byte[ReplicatedLog.ENTRY_BYTES_MAX + 1]);
            assertThatThrownBy(() -> engine.log.propose(tooLarge, null))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("20971521");
            assertThatThrownBy(() -> engine.log.propose(Bytes.EMPTY, null))
                    .isInstanceOf(IllegalArgumentException.class);
            engine.propose("next");
            assertThat(engine.replica.texts()).containsExactly("next");
        }
    }

    @Test
    void tooMuchAtOnceIsRefusedForCertainWhileTheRestIsApplied() throws Exception {
        var blocked = new CountDownLatch(1);
        var replica = new Recorder().reacting(_ -> await(blocked));
        try (var engine = TestEngine.start(directory, replica)) {
            var large = random(16 * 1024 * 1024);
            var answers = new ArrayList<CompletableFuture<Void>>();
            for (int i = 0; i < 6; i++) { // Nothing is applied, so no more than 64 MB are taken.
                answers.add(engine.log.propose(large, null));
            }
            assertThatThrownBy(() -> answers.getLast().get(60, TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .cause()
                    .isInstanceOfSatisfying(ProposalRefusedException.class, e -> assertThat(e.reason())
                            .isEqualTo(ProposalRefusedException.Reason.OVERLOADED));
            blocked.countDown();
            for (var answer : answers) {
                var _ = answer.handle((_, _) -> true).get(60, TimeUnit.SECONDS);
            }
            engine.propose("after");
            long accepted = answers.stream()
                    .filter(answer -> !answer.isCompletedExceptionally())
                    .count();
            assertThat(accepted).isBetween(2L, 5L);
            assertThat(engine.replica.entries()).hasSize((int) accepted + 1);
            assertThat(engine.replica.entries().getLast()).isEqualTo(Bytes.utf8("after"));
        }
    }

    @Test
    void whatApplyThrowsStopsTheReplicaLoudly() throws Exception {
        var reached = new CountDownLatch(1);
        var replica = new Recorder().reacting(applied -> {
            if (applied.entry().equals(Bytes.utf8("poison"))) {
                await(reached);
                throw new IllegalStateException("cannot apply this");
            }
        });
        try (var engine = TestEngine.start(directory, replica)) {
            engine.propose("fine");
            var poison = engine.log.propose(Bytes.utf8("poison"), null);
            var behind = engine.log.propose(Bytes.utf8("behind"), null);
            reached.countDown();
            assertThat(engine.failures.poll(60, TimeUnit.SECONDS)).hasMessage("cannot apply this");
            assertUnknown(poison);
            assertUnknown(behind);
            assertThatThrownBy(
                            () -> engine.log.propose(Bytes.utf8("later"), null).get(60, TimeUnit.SECONDS))
                    .cause()
                    .isInstanceOfSatisfying(ProposalRefusedException.class, e -> assertThat(e.reason())
                            .isEqualTo(ProposalRefusedException.Reason.STOPPED))
                    .hasMessageContaining("cannot apply this");
            assertThat(engine.replica.texts()).containsExactly("fine", "poison");
        }
    }

    @Test
    void aLogThatIsTakenAwayStopsTheReplicaLoudly() throws Exception {
        int acknowledged = 0;
        try (var engine = TestEngine.start(directory)) {
            engine.propose("e" + acknowledged++);
            var files = TestEngine.files(directory);
            var aside = files.resolveSibling("aside");
            Files.move(files, aside); // The open file can be written still, but the next one cannot be made.
            try {
                while (engine.failures.isEmpty() && acknowledged < 100_000) {
                    engine.propose("e" + acknowledged);
                    acknowledged++;
                }
            } catch (ExecutionException e) {
                assertThat(e.getCause()).isInstanceOf(OutcomeUnknownException.class);
            }
            assertThat(engine.failures.poll(60, TimeUnit.SECONDS))
                    .hasMessageContaining("shard 0 was closed by the replication engine");
        }
    }

    @Test
    void aGroupThatItsConfigurationDoesNotKnowIsNotIgnored() throws Exception {
        try (var engine = TestEngine.start(directory)) {
            engine.propose("a");
        }
        var failures = new LinkedBlockingQueue<Throwable>();
        try (var engine = TestEngine.engine(directory, failures)) {
            engine.open(GroupId.shard(7), new Recorder(), List.of(TestEngine.SELF));
            assertThatThrownBy(engine::start)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("was the number of shards changed?");
        }
        assertThat(failures).isEmpty();
    }

    @Test
    void manyGroupsLiveSideBySide() throws Exception {
        var failures = new LinkedBlockingQueue<Throwable>();
        for (int round = 1; round <= 2; round++) {
            var replicas = new ArrayList<Recorder>();
            var logs = new ArrayList<ReplicatedLog>();
            try (var engine = TestEngine.engine(directory, failures)) {
                for (int i = 0; i < 5; i++) {
                    var replica = new Recorder();
                    replicas.add(replica);
                    logs.add(engine.open(new GroupId(i), replica, List.of(TestEngine.SELF)));
                }
                engine.start();
                for (int i = 0; i < 5; i++) {
                    replicas.get(i).awaitLeading();
                    logs.get(i).propose(Bytes.utf8("g" + i), null).get(60, TimeUnit.SECONDS);
                    assertThat(replicas.get(i).texts()).hasSize(round).containsOnly("g" + i);
                }
            }
        }
        assertThat(failures).isEmpty();
    }

    @Test
    void aSecondProcessOnTheSameFilesIsRefused() throws Exception {
        try (var _ = TestEngine.start(directory);
                var second = TestEngine.engine(directory, new LinkedBlockingQueue<>())) {
            second.open(TestEngine.GROUP, new Recorder(), List.of(TestEngine.SELF));
            assertThatThrownBy(second::start)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(directory.toString());
        }
    }

    @Test
    void proposalsBeforeStartAndAfterCloseAreRefused() throws Exception {
        var engine = TestEngine.engine(directory, new LinkedBlockingQueue<>());
        var log = engine.open(TestEngine.GROUP, new Recorder(), List.of(TestEngine.SELF));
        assertThatThrownBy(() -> log.propose(Bytes.utf8("early"), null).get(60, TimeUnit.SECONDS))
                .cause()
                .isInstanceOf(ProposalRefusedException.class);
        engine.start();
        engine.close();
        engine.close();
        assertThatThrownBy(() -> log.propose(Bytes.utf8("late"), null).get(60, TimeUnit.SECONDS))
                .cause()
                .isInstanceOf(ProposalRefusedException.class);
    }

    @Test
    void positionsAreThoseThatReplayGives() throws Exception {
        List<LogPosition> first;
        try (var engine = TestEngine.start(directory)) {
            engine.propose("a");
            engine.propose(random(RatisSettings.PIECE_BYTES_MAX * 2));
            first = engine.replica.applied().stream()
                    .map(Recorder.Applied::position)
                    .toList();
        }
        try (var engine = TestEngine.start(directory)) {
            assertThat(engine.replica.applied().stream().map(Recorder.Applied::position))
                    .isEqualTo(first);
        }
    }

    private static void assertUnknown(CompletableFuture<Void> answer) {
        assertThatThrownBy(() -> answer.get(60, TimeUnit.SECONDS)).cause().isInstanceOf(OutcomeUnknownException.class);
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(Objects.toString(e), e);
        }
    }

    static Bytes random(int size) {
        var bytes = new byte[size];
        new SplittableRandom(size).nextBytes(bytes);
        return Bytes.of(bytes);
    }
}
