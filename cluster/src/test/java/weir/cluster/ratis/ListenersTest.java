package weir.cluster.ratis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import weir.cluster.replication.Member;
import weir.cluster.replication.ProposalRefusedException;

/** Members without a vote: they have everything, elect nobody, and can be given a vote. */
@Timeout(120)
final class ListenersTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path directory;

    private static List<Member> with(List<Member> members, Member more) {
        List<Member> all = new ArrayList<>(members);
        all.add(more);
        return all;
    }

    private static void change(TestCluster cluster, List<Member> members) throws Exception {
        var leader = cluster.leader();
        leader.log.changeMembers(members, leader.self.node()).get(60, TimeUnit.SECONDS);
    }

    @Test
    void oneWithoutAVoteHasEverythingAndIsGivenAVoteLater() throws Exception {
        try (var cluster = new TestCluster(directory)) {
            cluster.found(1, 2, 3);
            cluster.propose("a");
            Member fourth = cluster.member(4).voting(false);
            cluster.start(4, new Recorder(), List.of(fourth));
            change(cluster, with(cluster.members(1, 2, 3), fourth));
            assertThat(cluster.leader().log.members()).contains(fourth).hasSize(4);
            cluster.propose("b");
            cluster.awaitEverywhere(List.of("a", "b"));
            assertThat(cluster.node(4).log.leader()).isPresent();
            assertThat(cluster.leader().log.progress()).hasSize(4);

            // Two of three voters are a majority; the fourth neither helps nor disturbs when their leader is lost.
            var lost = cluster.leader();
            lost.close();
            cluster.propose("c");
            cluster.awaitEverywhere(List.of("a", "b", "c"));
            assertThat(cluster.node(4).log.isLeader()).isFalse();

            cluster.start(lost.self.node());
            cluster.node(4).close();
            cluster.start(4, new Recorder(), List.of(fourth));
            cluster.propose("d");
            cluster.awaitEverywhere(List.of("a", "b", "c", "d"));
            assertThat(cluster.node(4).log.members()).contains(fourth);

            change(cluster, cluster.members(1, 2, 3, 4));
            TestCluster.await(
                    "its vote", () -> cluster.node(4).log.members().stream().allMatch(Member::votes));
            cluster.leader().log.transferLeadership(4).get(60, TimeUnit.SECONDS);
            TestCluster.await("its lead", () -> cluster.node(4).log.isLeader());
            cluster.propose("e");
            cluster.awaitEverywhere(List.of("a", "b", "c", "d", "e"));
            cluster.nodes().forEach(node -> assertThat(node.failures).isEmpty());
        }
    }

    @Test
    void aVoteIsNotTakenAway() throws Exception {
        try (var cluster = new TestCluster(directory)) {
            cluster.found(1, 2, 3);
            cluster.propose("a");
            var follower = cluster.follower().self;
            List<Member> less = cluster.members(1, 2, 3).stream()
                    .map(member -> member.voting(member.node() != follower.node()))
                    .toList();
            assertThatThrownBy(() -> change(cluster, less))
                    .isInstanceOf(ExecutionException.class)
                    .cause()
                    .isInstanceOf(ProposalRefusedException.class)
                    .hasMessageContaining("would lose their votes");
        }
    }

    @Test
    void oneWithoutAVoteIsRemoved() throws Exception {
        try (var cluster = new TestCluster(directory)) {
            cluster.found(1, 2, 3);
            Member fourth = cluster.member(4).voting(false);
            cluster.start(4, new Recorder(), List.of(fourth));
            change(cluster, with(cluster.members(1, 2, 3), fourth));
            change(cluster, cluster.members(1, 2, 3));
            assertThat(cluster.leader().log.members()).isEqualTo(cluster.members(1, 2, 3));
            cluster.node(4).engine.drop(TestCluster.GROUP);
            cluster.propose("a");
        }
    }
}
