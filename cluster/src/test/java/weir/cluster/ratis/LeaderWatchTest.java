package weir.cluster.ratis;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import weir.cluster.replication.Progress;

final class LeaderWatchTest {
    /** Far longer than a test waits: no leader is taken for dead because it says nothing. */
    private static final Optional<Duration> NEVER = Optional.of(Duration.ofHours(1));

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @Test
    void aLeaderWhoseProcessHasEndedIsReplacedBeforeItsSilenceTells() throws Exception {
        try (var cluster = new TestCluster(directory, NEVER)) {
            cluster.found(1, 2, 3);
            cluster.propose("a");
            var first = cluster.leader();
            // Who stands lacks nothing, whichever it is; else it would be refused, and nobody would stand again for an
            // hour.
            TestCluster.await(
                    "all to have it",
                    () -> first.log.progress().stream()
                                    .map(Progress::matchIndex)
                                    .distinct()
                                    .count()
                            == 1);
            first.close();
            cluster.propose("b");
            assertThat(cluster.leader().self).isNotEqualTo(first.self);
            assertThat(cluster.leader().texts()).containsExactly("a", "b");
        }
    }

    @Test
    void aFollowerWhoseProcessHasEndedCostsNoElection() throws Exception {
        try (var cluster = new TestCluster(directory, NEVER)) {
            cluster.found(1, 2, 3);
            cluster.propose("a");
            var leader = cluster.leader();
            long term = leader.log.term();
            cluster.follower().close();
            for (int i = 0; i < 200; i++) {
                cluster.propose("b" + i);
            }
            assertThat(cluster.leader().self).isEqualTo(leader.self);
            assertThat(leader.log.term()).isEqualTo(term);
        }
    }
}
