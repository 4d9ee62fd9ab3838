package weir.cluster.ratis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import weir.cluster.replication.DamagedLogException;
import weir.cluster.replication.Member;
import weir.cluster.replication.Progress;
import weir.cluster.replication.ProposalRefusedException;
import weir.core.Bytes;
import weir.core.broker.OutcomeUnknownException;

@Execution(ExecutionMode.CONCURRENT) // It waits more than it works.
final class SeveralNodesTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @Test
    void entriesReachAllInOrder() throws Exception {
        try (var cluster = new TestCluster(directory)) {
            cluster.found(1, 2, 3);
            var texts = new ArrayList<String>();
            var answers = new ArrayList<CompletableFuture<Void>>();
            var leader = cluster.leader();
            for (int i = 0; i < 300; i++) {
                texts.add("e" + i);
                answers.add(leader.log.propose(Bytes.utf8("e" + i), i));
            }
            CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new)).get(60, TimeUnit.SECONDS);
            cluster.awaitEverywhere(texts);
            assertThat(leader.replica.applied().getLast().context()).isEqualTo(299);
            for (var node : cluster.nodes()) {
                assertThat(node.log.members()).isEqualTo(cluster.members(1, 2, 3));
                assertThat(node.log.leader()).hasValue(leader.self.node());
            }
            assertThat(leader.log.progress().stream().map(Progress::node)).containsExactly(1, 2, 3);
            assertThat(cluster.follower().log.progress()).isEmpty();
        }
    }

    @Test
    void leavingKeepsTheLogAndDroppingDeletesItAndBothMayBeRepeated() throws Exception {
        try (var cluster = new TestCluster(directory)) {
            cluster.found(1, 2, 3);
            cluster.propose("a");
            cluster.awaitEverywhere(List.of("a"));
            var follower = cluster.follower();
            TestCluster.await(
                    "its configuration",
                    () -> follower.engine.membersOnDisk(TestCluster.GROUP).size() == 3);
            assertThat(follower.log.term())
                    .isEqualTo(cluster.leader().log.term())
                    .isPositive();
            Path log = follower.engine.leave(TestCluster.GROUP);
            assertThat(follower.engine.leave(TestCluster.GROUP)).isEqualTo(log);
            assertThat(log.resolve("current").resolve("raft-meta")).exists();
            assertThat(log.resolve("reached")).exists();
            assertThat(follower.engine.membersOnDisk(TestCluster.GROUP)).containsExactly(1, 2, 3);
            follower.engine.drop(TestCluster.GROUP);
            follower.engine.drop(TestCluster.GROUP);
            assertThat(log).doesNotExist();
            assertThat(follower.failures).isEmpty();
        }
    }

    /** What a lying disk, or somebody tidying up, makes of a log: nothing is wrong with what is left of it. */
    @Test
    void aLogThatLostItsNewestFileIsDamagedAndNotJustShorter() throws Exception {
        try (var cluster = new TestCluster(directory)) {
            cluster.found(1, 2, 3);
            for (int i = 0; i < 5; i++) {
                cluster.propose("e" + i);
            }
            var follower = cluster.follower();
            int number = follower.self.node();
            TestCluster.await("all entries", () -> follower.texts().size() == 5);
            long last = TestCluster.end(follower).index();
            Path log = cluster.logOf(number);
            TestCluster.await("its note", () -> noted(log) >= last);
            follower.close();
            new LogFiles(TestCluster.GROUP, Peers.idOf(number), log, false).passed(last - 1);
            assertThat(noted(log)).as("never less").isGreaterThanOrEqualTo(last);
            cluster.start(number).close(); // Nothing is missing.
            Path newest = log.resolve("current").resolve("log_inprogress_0");
            Files.delete(newest);
            assertThatThrownBy(() -> cluster.start(number))
                    .isInstanceOf(DamagedLogException.class)
                    .hasMessageContaining("files of it are missing");
        }
    }

    private static long noted(Path log) {
        try {
            return Long.parseLong(Files.readString(log.resolve("reached")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void whatTheVoteIsKeptInMustMakeSense() throws Exception {
        try (var cluster = new TestCluster(directory)) {
            cluster.found(1, 2, 3);
            cluster.propose("a");
            var follower = cluster.follower();
            int number = follower.self.node();
            Path vote =
                    follower.engine.leave(TestCluster.GROUP).resolve("current").resolve("raft-meta");
            follower.close();
            String sound = Files.readString(vote);
            for (String damaged : List.of(sound.replace("term", "tern"), sound.replace("term=", "term=-"), "")) {
                Files.writeString(vote, damaged);
                assertThatThrownBy(() -> cluster.start(number)).isInstanceOf(DamagedLogException.class);
            }
            Files.writeString(vote, sound);
            cluster.start(number);
        }
    }

    @Test
    void aLargeEntryReachesAllWhole() throws Exception {
        try (var cluster = new TestCluster(directory)) {
            cluster.found(1, 2, 3);
            String large = "large ".repeat(RatisSettings.PIECE_BYTES_MAX / 2);
            cluster.propose(large);
            cluster.propose("small");
            cluster.awaitEverywhere(List.of(large, "small"));
        }
    }

    @Test
    void whoDoesNotLeadRefusesAndKnowsWhoDoes() throws Exception {
        try (var cluster = new TestCluster(directory)) {
            cluster.found(1, 2, 3);
            var follower = cluster.follower();
            assertThatThrownBy(() -> follower.log.propose(Bytes.utf8("x"), null).get(60, TimeUnit.SECONDS))
                    .cause()
                    .isInstanceOfSatisfying(ProposalRefusedException.class, e -> assertThat(e.reason())
                            .isEqualTo(ProposalRefusedException.Reason.NOT_LEADER));
        }
    }

    @Test
    void anotherLeadsWhenTheLeaderStopsAndNothingAcknowledgedIsLost() throws Exception {
        try (var cluster = new TestCluster(directory)) {
            cluster.found(1, 2, 3);
            var texts = new ArrayList<String>();
            for (int round = 0; round < 3; round++) {
                for (int i = 0; i < 20; i++) {
                    texts.add("r" + round + "e" + i);
                    cluster.propose(texts.getLast());
                }
                var leader = cluster.leader();
                int number = leader.self.node();
                leader.close();
                texts.add("after " + round);
                cluster.propose(texts.getLast());
                cluster.start(number);
            }
            cluster.awaitEverywhere(texts);
            assertThat(cluster.nodes())
                    .allSatisfy(node -> assertThat(node.failures).isEmpty());
        }
    }

    @Test
    void aMinorityLeaderLearnsThatItLeadsNoLonger() throws Exception {
        try (var cluster = new TestCluster(directory)) {
            cluster.found(1, 2, 3);
            cluster.propose("a");
            var leader = cluster.leader();
            for (var node : cluster.nodes()) {
                if (node != leader) {
                    node.close();
                }
            }
            var lost = leader.log.propose(Bytes.utf8("lost"), null);
            TestCluster.await("the leader to step down", () -> !leader.replica.leads());
            assertThatThrownBy(() -> lost.get(60, TimeUnit.SECONDS))
                    .cause()
                    .isInstanceOf(OutcomeUnknownException.class);
            assertThat(leader.log.isLeader()).isFalse();
        }
    }

    @Test
    void aFreshMemberJoinsThroughTheLogAndARemovedOneIsDropped() throws Exception {
        try (var cluster = new TestCluster(directory)) {
            cluster.found(1, 2, 3);
            for (int i = 0; i < 50; i++) {
                cluster.propose("e" + i);
            }
            var fourth = cluster.start(4);
            assertThat(fourth.log.members()).isEmpty();
            var leader = cluster.leader();
            int removed = leader.self.node() == 1 ? 2 : 1;
            var members = cluster.members(1, 2, 3, 4);
            leader.log.changeMembers(members, leader.self.node()).get(60, TimeUnit.SECONDS);
            cluster.awaitEverywhere(leader.texts());
            members.removeIf(member -> member.node() == removed);
            cluster.leader().log.changeMembers(members, leader.self.node()).get(60, TimeUnit.SECONDS);
            var gone = cluster.node(removed);
            gone.engine.drop(TestCluster.GROUP);
            try (var left = Files.list(cluster.files(removed))) {
                assertThat(left.filter(Files::isDirectory)).isEmpty();
            }
            assertThat(gone.failures).isEmpty();
            gone.close();
            cluster.propose("on without it");
            cluster.awaitEverywhere(cluster.leader().texts());
            assertThat(cluster.leader().log.members()).isEqualTo(members);
        }
    }

    @Test
    void aFreshMemberJoinsThroughTheLeadersCheckpoint() throws Exception {
        try (var cluster = new TestCluster(directory)) {
            cluster.found(1, 2, 3);
            String filler = "filler ".repeat(300);
            for (int i = 0; i < 40; i++) {
                cluster.propose(i + filler);
            }
            cluster.awaitEverywhere(cluster.leader().texts());
            for (var node : cluster.nodes()) {
                node.log.checkpointed(TestCluster.end(node));
            }
            var leader = cluster.leader();
            var fourth = cluster.start(4, new Recorder(() -> cluster.leader().replica), List.of());
            leader.log
                    .changeMembers(cluster.members(1, 2, 3, 4), leader.self.node())
                    .get(60, TimeUnit.SECONDS);
            assertThat(fourth.replica.takenOver()).isEqualTo(1);
            for (int i = 0; i < 10; i++) {
                cluster.propose("after " + i);
            }
            cluster.awaitEverywhere(cluster.leader().texts());
            var state = fourth.replica;
            fourth.close();
            cluster.propose("while it was away");
            // It restarts from the checkpoint that it took over, as it would from one of its own.
            var restarted = cluster.start(4, state.restarted(), List.of());
            cluster.propose("last");
            cluster.awaitEverywhere(cluster.leader().texts());
            assertThat(restarted.replica.takenOver()).isZero();
        }
    }

    @Test
    void aMemberThatWasAwayTooLongTakesOverACheckpoint() throws Exception {
        try (var cluster = new TestCluster(directory)) {
            cluster.found(1, 2, 3);
            cluster.propose("first");
            var follower = cluster.follower();
            int away = follower.self.node();
            cluster.awaitEverywhere(List.of("first"));
            follower.close();
            var answers = new ArrayList<CompletableFuture<Void>>();
            for (int i = 0; i < 1_500; i++) { // More than are kept for one that will soon be back.
                answers.add(cluster.leader().log.propose(Bytes.utf8("e" + i), null));
            }
            CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new)).get(60, TimeUnit.SECONDS);
            cluster.awaitEverywhere(cluster.leader().texts());
            for (var node : cluster.nodes()) {
                node.log.checkpointed(TestCluster.end(node));
            }
            var back = cluster.start(away, new Recorder(() -> cluster.leader().replica), List.of());
            cluster.propose("last");
            cluster.awaitEverywhere(cluster.leader().texts());
            assertThat(back.replica.takenOver()).isEqualTo(1);
        }
    }

    @Test
    void aMemberThatIsSoonBackFindsItsEntriesInTheLog() throws Exception {
        try (var cluster = new TestCluster(directory)) {
            cluster.found(1, 2, 3);
            cluster.propose("first");
            cluster.awaitEverywhere(List.of("first"));
            var follower = cluster.follower();
            follower.close();
            String filler = "filler ".repeat(300);
            for (int i = 0; i < 40; i++) {
                cluster.propose(i + filler);
            }
            var leader = cluster.leader();
            leader.log.checkpointed(TestCluster.end(leader));
            var back = cluster.start(follower.self.node(), new Recorder(() -> cluster.leader().replica), List.of());
            cluster.awaitEverywhere(cluster.leader().texts());
            assertThat(back.replica.takenOver()).isZero();
        }
    }

    @Test
    void leadershipIsHandedOver() throws Exception {
        try (var cluster = new TestCluster(directory)) {
            cluster.found(1, 2, 3);
            for (int to : new int[] {2, 3, 1}) {
                cluster.propose("before " + to);
                cluster.leader().log.transferLeadership(to).get(60, TimeUnit.SECONDS);
                TestCluster.await(
                        "node " + to + " to lead", () -> cluster.node(to).log.isLeader());
            }
            cluster.propose("after");
            assertThat(cluster.leader().self.node()).isEqualTo(1);
        }
    }

    @Test
    void aSingleNodeGrowsToThreeWithItsData() throws Exception {
        try (var cluster = new TestCluster(directory)) {
            var alone = cluster.start(TestEngine.SELF, Optional.empty(), List.of(TestEngine.SELF));
            cluster.propose("alone");
            alone.close();
            var first = cluster.start(cluster.member(1), Optional.of(TestCluster.ID), List.of());
            cluster.leader();
            assertThat(first.texts()).containsExactly("alone");
            cluster.start(2);
            cluster.start(3);
            // In one request; the engine goes by way of two.
            first.log.changeMembers(cluster.members(1, 2, 3), 1).get(60, TimeUnit.SECONDS);
            cluster.propose("together");
            cluster.awaitEverywhere(List.of("alone", "together"));
            assertThat(cluster.node(3).log.members()).isEqualTo(cluster.members(1, 2, 3));
            first.close();
            cluster.propose("without the first");
            cluster.start(1);
            cluster.awaitEverywhere(List.of("alone", "together", "without the first"));
        }
    }

    @Test
    void aNodeOfAnotherClusterIsNotHeard() throws Exception {
        try (var cluster = new TestCluster(directory)) {
            cluster.found(1, 2, 3);
            cluster.propose("a");
            var intruder = cluster.follower().self;
            cluster.node(intruder.node()).close();
            var other = new UUID(1, 2);
            // It has the address and the number of a member, and claims to have founded a group with the same nodes.
            var elsewhere = new TestCluster(directory.resolve("other"));
            try (elsewhere) {
                var claimed = elsewhere.start(intruder, Optional.of(other), cluster.members(1, 2, 3));
                for (int i = 0; i < 20; i++) {
                    cluster.propose("e" + i);
                }
                assertThat(claimed.texts()).isEmpty();
                assertThat(claimed.log.isLeader()).isFalse();
            }
            cluster.start(intruder.node());
            cluster.awaitEverywhere(cluster.leader().texts());
        }
    }

    @Test
    void aMembersAddressIsChanged() throws Exception {
        try (var cluster = new TestCluster(directory)) {
            cluster.found(1, 2, 3);
            cluster.propose("a");
            cluster.leader().log.transferLeadership(1).get(60, TimeUnit.SECONDS);
            TestCluster.await("node 1 to lead", () -> cluster.node(1).log.isLeader());
            cluster.node(3).close();
            Member moved = cluster.memberElsewhere(3);
            cluster.start(3);
            cluster.node(1).log.changeMembers(cluster.members(1, 2, 3), 1).get(60, TimeUnit.SECONDS);
            assertThat(cluster.node(1).log.members()).contains(moved);
            cluster.propose("b");
            cluster.awaitEverywhere(List.of("a", "b"));
        }
    }

    @Test
    void aMemberThatMovedIsFoundByItsFellowsWhoAreTold() throws Exception {
        try (var cluster = new TestCluster(directory)) {
            cluster.found(1, 2, 3);
            cluster.propose("a");
            cluster.node(2).close();
            cluster.node(3).close(); // The first has no majority, so nothing can be written to the log about addresses.
            cluster.memberElsewhere(2);
            cluster.start(2);
            cluster.node(1).engine.know(cluster.member(2));
            cluster.propose("b");
            cluster.start(3).engine.know(cluster.member(2));
            cluster.awaitEverywhere(List.of("a", "b"));
        }
    }
}
