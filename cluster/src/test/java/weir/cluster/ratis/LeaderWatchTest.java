package weir.cluster.ratis;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import weir.cluster.replication.Progress;

final class LeaderWatchTest {
    /**
     * Far longer than an election takes, so that what is over by then was not begun by silence. But not for ever: the first
     * election may fail, too, and heartbeats, twice as often, are what makes good an entry that could not be sent.
     */
    private static final Duration SILENCE = Duration.ofSeconds(8);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @Test
    void aLeaderWhoseProcessHasEndedIsReplacedBeforeItsSilenceTells() throws Exception {
        try (var cluster = new TestCluster(directory, Optional.of(SILENCE))) {
            cluster.found(1, 2, 3);
            cluster.propose("a");
            var first = cluster.leader();
            awaitAllToHaveIt(first);
            first.close();
            long closed = System.nanoTime();
            cluster.propose("b");
            assertThat(Duration.ofNanos(System.nanoTime() - closed)).isLessThan(SILENCE);
            assertThat(cluster.leader().self).isNotEqualTo(first.self);
            assertThat(cluster.leader().texts()).containsExactly("a", "b");
        }
    }

    @Test
    void aFollowerWhoseProcessHasEndedCostsNoElection() throws Exception {
        try (var cluster = new TestCluster(directory, Optional.of(SILENCE))) {
            cluster.found(1, 2, 3);
            cluster.propose("a");
            var leader = cluster.leader();
            awaitAllToHaveIt(leader);
            long term = leader.log.term();
            cluster.follower().close();
            for (int i = 0; i < 200; i++) {
                cluster.propose("b" + i);
            }
            assertThat(cluster.leader().self).isEqualTo(leader.self);
            assertThat(leader.log.term()).isEqualTo(term);
        }
    }

    /**
     * All are connected and lack nothing. A follower that lacked something would be refused as a leader, and one that the leader
     * could not reach yet would be tried again with the next heartbeat.
     */
    private static void awaitAllToHaveIt(TestCluster.Node leader) {
        TestCluster.await(
                "all to have it",
                () -> leader.log.progress().stream()
                                .map(Progress::matchIndex)
                                .distinct()
                                .count()
                        == 1);
    }
}
