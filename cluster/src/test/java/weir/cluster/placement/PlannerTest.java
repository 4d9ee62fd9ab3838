package weir.cluster.placement;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.IntToLongFunction;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class PlannerTest {
    private static final long MIB = 1024 * 1024;

    private static final long SEEDS = Long.getLong("seeds", 150);
    private static final int ROUNDS = 600;

    static LongStream seeds() {
        Long one = Long.getLong("seed");
        return one != null ? LongStream.of(one) : LongStream.range(0, SEEDS);
    }

    // ---- Facts

    @Test
    void foundedClusterSharesReplicasAndLeaders() {
        PlannedCluster cluster = PlannedCluster.of(3, 4, 3);
        assertThat(cluster.placement(0).replicas()).containsExactly(1, 2, 3);
        assertThat(List.of(cluster.leadersOn(1), cluster.leadersOn(2), cluster.leadersOn(3)))
                .containsExactlyInAnyOrder(1L, 1L, 2L);
        assertThat(cluster.plan(false)).isEmpty();
        assertThat(cluster.plan(true)).isEmpty();
    }

    @Test
    void singleNodeWithDataGrowsReplicaByReplica() {
        PlannedCluster cluster = PlannedCluster.of(1, 4, 3);
        cluster.node(2, "", NodeState.ACTIVE, true);
        cluster.node(3, "", NodeState.ACTIVE, true);
        List<ShardPlacement> first = cluster.plan(false);
        assertThat(first.getFirst().replicas()).hasSize(2);
        assertThat(first.getFirst().why()).isEqualTo("node 2 added: there were 1 of 3 replicas");
        cluster.settle(false, ROUNDS);
        assertThat(cluster.copies).isEqualTo(8);
        assertThat(cluster.leadersOn(1)).isLessThanOrEqualTo(2);
    }

    @Test
    void silentNodeIsReplacedOnlyAfterTheGraceTime() {
        PlannedCluster cluster = PlannedCluster.of(4, 4, 3);
        cluster.set(2, false, PlacementLimits.REPLACE_AFTER.toMillis() - 1);
        assertThat(cluster.plan(false)).isEmpty();
        long held = cluster.replicasOn(2);
        cluster.set(2, false, PlacementLimits.REPLACE_AFTER.toMillis());
        assertThat(cluster.plan(false).getFirst().why())
                .endsWith("instead of node 2, which has been silent for 10 min");
        cluster.settle(false, ROUNDS);
        assertThat(cluster.replicasOn(2)).isZero();
        assertThat(cluster.copies).isEqualTo((int) held);
    }

    @Test
    void silentNodeKeepsItsReplicasWhereNobodyCanTakeOverButLeadsNoMore() {
        PlannedCluster cluster = PlannedCluster.of(3, 6, 3);
        cluster.set(2, false, PlannedCluster.LONG_AGO);
        cluster.settle(false, ROUNDS);
        assertThat(cluster.replicasOn(2)).isEqualTo(6);
        assertThat(cluster.leadersOn(2)).isZero();
        assertThat(cluster.copies).isZero();
        cluster.set(2, true, PlannedCluster.LONG_AGO);
        cluster.settle(false, ROUNDS);
        assertThat(cluster.leadersOn(2)).isEqualTo(2);
    }

    @Test
    void drainedNodeLosesItsLeadersFirstThenItsReplicas() {
        PlannedCluster cluster = PlannedCluster.of(4, 4, 3);
        cluster.set(1, NodeState.DRAINING);
        long led = cluster.leadersOn(1);
        List<ShardPlacement> first = cluster.plan(false);
        assertThat(first.stream()
                        .filter(change -> change.why().contains("leads instead of node 1, which is being drained")))
                .hasSize((int) led);
        long held = cluster.replicasOn(1);
        cluster.settle(false, ROUNDS);
        assertThat(cluster.replicasOn(1)).isZero();
        assertThat(cluster.leadersOn(1)).isZero();
        assertThat(cluster.copies).isEqualTo((int) held);
    }

    @Test
    void drainedNodeOfThreeLeavesTwoReplicas() {
        PlannedCluster cluster = PlannedCluster.of(3, 4, 3);
        cluster.set(3, NodeState.DRAINING);
        cluster.settle(false, ROUNDS);
        assertThat(cluster.placement(0).replicas()).containsExactly(1, 2);
        assertThat(cluster.copies).isZero();
    }

    @Test
    void drainWaitsForANodeThatMayComeBack() {
        PlannedCluster cluster = PlannedCluster.of(4, 1, 3);
        cluster.place(0, 1, 1, 2, 3);
        cluster.set(4, false, 1_000);
        cluster.set(3, NodeState.DRAINING);
        assertThat(cluster.plan(false)).isEmpty();
    }

    @Test
    void newNodeTakesItsShareAFewShardsAtATime() {
        PlannedCluster cluster = PlannedCluster.of(3, 8, 3);
        cluster.node(4, "", NodeState.ACTIVE, true);
        assertThat(cluster.plan(false).stream()
                        .filter(change -> change.replicas().contains(4)))
                .hasSize(PlacementLimits.MOVES_AT_A_TIME);
        cluster.settle(false, ROUNDS);
        assertThat(cluster.replicasOn(4)).isEqualTo(6);
        assertThat(cluster.leadersOn(4)).isEqualTo(2);
        assertThat(cluster.copies).isEqualTo(6);
    }

    @Test
    void nodeThatJustCameIsGivenNothingThatCanWait() {
        PlannedCluster cluster = PlannedCluster.of(3, 8, 3);
        cluster.node(4, "", NodeState.ACTIVE, true);
        cluster.set(4, true, 100);
        assertThat(cluster.plan(false)).isEmpty();
    }

    @Test
    void replicasOfOneRackAreSpreadOnceThereIsAnother() {
        PlannedCluster cluster = new PlannedCluster(3);
        for (int node = 1; node <= 3; node++) {
            cluster.node(node, "a", NodeState.ACTIVE, true);
        }
        cluster.found(4);
        cluster.node(4, "b", NodeState.ACTIVE, true);
        cluster.settle(false, ROUNDS);
        assertThat(cluster.replicasOn(4)).isEqualTo(4);
    }

    @Test
    void leaderThatTheOperatorChoseStaysUntilRebalanced() {
        PlannedCluster cluster = PlannedCluster.of(3, 3, 3);
        ShardPlacement was = cluster.placement(1);
        int other = cluster.placement(0).leader();
        cluster.placements.put(1, new ShardPlacement(1, was.replicas(), other, true, "chosen", 1));
        assertThat(cluster.leadersOn(other)).isEqualTo(2);
        assertThat(cluster.plan(false)).allMatch(change -> change.shard() != 1);
        cluster.placements.put(0, new ShardPlacement(0, was.replicas(), other, true, "chosen", 1));
        assertThat(cluster.plan(false)).isEmpty();
        cluster.settle(true, ROUNDS);
        assertThat(cluster.leadersOn(other)).isEqualTo(1);
    }

    @Test
    void leadersAreSharedByLoadOnceTheirNumbersAreEven() {
        PlannedCluster cluster = PlannedCluster.of(3, 6, 3);
        for (int shard = 0; shard < 6; shard++) { // Both busy ones on one node.
            boolean busy = cluster.placement(shard).leader() == 1;
            cluster.loads.put(shard, busy ? 20 * MIB : MIB);
        }
        cluster.settle(false, 10);
        assertThat(List.of(cluster.leadersOn(1), cluster.leadersOn(2), cluster.leadersOn(3)))
                .containsOnly(2L);
        assertThat(IntStream.rangeClosed(1, 3).mapToLong(node -> leadLoad(cluster, node)))
                .containsExactlyInAnyOrder(21 * MIB, 21 * MIB, 2 * MIB);
        assertThat(cluster.placements.values()).anySatisfy(placement -> assertThat(placement.why())
                .contains("to share the load: leading was 40.0 MiB/s on node 1 and 2.0 MiB/s on node"));
        assertThat(cluster.copies).isZero();
    }

    @Test
    void loadsThatWaverMoveNoLeaderBackAndForth() {
        PlannedCluster cluster = PlannedCluster.of(3, 6, 3);
        SplittableRandom random = new SplittableRandom(4);
        for (int shard = 0; shard < 6; shard++) {
            cluster.loads.put(shard, 10 * MIB);
        }
        cluster.settle(false, 10);
        for (int second = 0; second < 1_000; second++) {
            for (int shard = 0; shard < 6; shard++) { // By a tenth, more than a mean over a minute does.
                cluster.loads.put(shard, random.nextLong(9 * MIB, 11 * MIB));
            }
            assertThat(cluster.plan(false)).isEmpty();
        }
    }

    @Test
    void littleLoadMovesNothing() {
        PlannedCluster cluster = PlannedCluster.of(4, 4, 3);
        cluster.loads.put(0, 400L * 1024);
        cluster.steadyLoads.put(0, 3 * MIB);
        assertThat(cluster.plan(false)).isEmpty();
    }

    @Test
    void replicasChangePlacesIfTheLoadHasBeenUnevenForLong() {
        PlannedCluster cluster = new PlannedCluster(3);
        IntStream.rangeClosed(1, 6).forEach(node -> cluster.node(node, "", NodeState.ACTIVE, true));
        cluster.place(0, 1, 1, 2, 3);
        cluster.place(1, 2, 1, 2, 3);
        cluster.place(2, 4, 4, 5, 6);
        cluster.place(3, 5, 4, 5, 6);
        cluster.steadyLoads.put(0, 30 * MIB);
        cluster.steadyLoads.put(1, 30 * MIB);
        cluster.settle(false, 30);
        List<Long> loads = IntStream.rangeClosed(1, 6)
                .mapToObj(node -> steadyLoad(cluster, node))
                .toList();
        assertThat(loads).allSatisfy(load -> assertThat(load).isLessThanOrEqualTo(30 * MIB));
        assertThat(IntStream.rangeClosed(1, 6).mapToLong(cluster::replicasOn)).containsOnly(2L);
        int copies = cluster.copies;
        cluster.settle(true, 30); // Nor does an asked for rebalancing by bytes undo it.
        cluster.settle(false, 30);
        assertThat(cluster.copies).isEqualTo(copies);
    }

    private static long leadLoad(PlannedCluster cluster, int node) {
        return cluster.placements.values().stream()
                .filter(placement -> placement.leader() == node)
                .mapToLong(placement -> cluster.loads.getOrDefault(placement.shard(), 0L))
                .sum();
    }

    private static long steadyLoad(PlannedCluster cluster, int node) {
        return cluster.placements.values().stream()
                .filter(placement -> placement.replicas().contains(node))
                .mapToLong(placement -> cluster.steadyLoads.getOrDefault(placement.shard(), 0L))
                .sum();
    }

    @Test
    void shardWithoutAMajorityIsLeftAlone() {
        PlannedCluster cluster = PlannedCluster.of(5, 1, 3);
        cluster.place(0, 1, 1, 2, 3);
        cluster.set(1, false, PlannedCluster.LONG_AGO);
        cluster.set(2, false, PlannedCluster.LONG_AGO);
        assertThat(cluster.plan(true)).isEmpty();
    }

    @Test
    void shardOnItsWayIsLeftAloneUnlessItsTargetHasGone() {
        PlannedCluster cluster = PlannedCluster.of(5, 1, 3);
        cluster.place(0, 1, 1, 2, 4);
        cluster.moving.put(0, Set.of(1, 2, 3));
        assertThat(cluster.plan(false)).isEmpty();
        cluster.set(4, false, 6_000);
        assertThat(cluster.plan(false).getFirst().replicas()).containsExactly(1, 2, 3);
        cluster.set(3, NodeState.DRAINING);
        assertThat(cluster.plan(false).getFirst().replicas()).containsExactly(1, 2, 5);
    }

    @Test
    void fewerWantedReplicasAreTakenOffWithoutACopy() {
        PlannedCluster cluster = PlannedCluster.of(3, 3, 3);
        cluster.rules = new PlacementRules(1, PlacementLimits.REPLACE_AFTER);
        cluster.settle(false, ROUNDS);
        assertThat(cluster.copies).isZero();
        assertThat(cluster.replicasOn(1)).isEqualTo(1);
    }

    // ---- Properties

    /** A random cluster with random trouble: comes to rest, evenly, spread, and stays there. */
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void plansEndWellFromAnywhere(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        PlannedCluster cluster = randomCluster(random, random.nextInt(4));
        for (int trouble = 0; trouble < 4; trouble++) {
            disturb(cluster, random);
            cluster.settle(false, ROUNDS);
            assertThat(cluster.plan(false)).isEmpty();
            assertAsGoodAsCanBe(cluster);
            cluster.settle(true, ROUNDS);
            assertThat(cluster.plan(true)).isEmpty();
            assertThat(cluster.plan(false)).as("what was rebalanced stays so").isEmpty();
        }
    }

    /** Plans made while earlier changes are still on their way, and while nodes come and go, never do harm. */
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void plansMadeOnTheWayDoNoHarm(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        PlannedCluster cluster = randomCluster(random, random.nextInt(4));
        for (int round = 0; round < 200; round++) {
            if (random.nextInt(10) == 0) {
                disturb(cluster, random);
            }
            for (ShardPlacement next : cluster.plan(random.nextInt(10) == 0)) {
                cluster.check(next);
                Set<Integer> members = new HashSet<>(cluster.members(next.shard()));
                cluster.placements.put(next.shard(), next);
                cluster.moving.put(next.shard(), members);
            }
            cluster.moving.keySet().removeIf(shard -> {
                boolean reachable = cluster.placement(shard).replicas().stream()
                        .allMatch(node -> cluster.members(shard).contains(node)
                                || cluster.seen(node).alive());
                return reachable && cluster.majorityAlive(cluster.members(shard)) && random.nextInt(3) == 0;
            });
        }
        cluster.moving.keySet().removeIf(_ -> random.nextBoolean());
        cluster.nodes.keySet().forEach(node -> cluster.set(node, true, PlannedCluster.LONG_AGO));
        cluster.moving.clear();
        cluster.settle(false, ROUNDS);
        assertAsGoodAsCanBe(cluster);
    }

    /** Without racks, the death of a node moves what it had and at most one replica more for each other node. */
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void fewReplicasAreMovedForOneNode(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        PlannedCluster cluster = randomCluster(random, 0);
        cluster.settle(false, ROUNDS);
        int node = 1 + random.nextInt(cluster.nodes.size());
        long held = cluster.replicasOn(node);
        cluster.copies = 0;
        boolean drained = random.nextBoolean();
        if (drained) {
            cluster.set(node, NodeState.DRAINING);
        } else {
            cluster.set(node, false, PlannedCluster.LONG_AGO);
        }
        cluster.settle(false, ROUNDS);
        assertThat((long) cluster.copies).isLessThanOrEqualTo(held + cluster.nodes.size());
        cluster.copies = 0;
        cluster.node(cluster.nodes.lastKey() + 1, "", NodeState.ACTIVE, true);
        cluster.settle(false, ROUNDS);
        long share = cluster.replicasOn(cluster.nodes.lastKey());
        assertThat((long) cluster.copies).isLessThanOrEqualTo(share + cluster.nodes.size());
    }

    private static PlannedCluster randomCluster(SplittableRandom random, int racks) {
        PlannedCluster cluster = new PlannedCluster(1 + 2 * random.nextInt(3));
        int nodes = 1 + random.nextInt(PlacementLimits.NODES_MAX);
        for (int node = 1; node <= nodes; node++) {
            cluster.node(node, racks == 0 ? "" : "r" + random.nextInt(racks), NodeState.ACTIVE, true);
        }
        int shards = 1 + random.nextInt(16);
        cluster.found(shards);
        for (int shard = 0; shard < shards; shard++) {
            cluster.bytes.put(shard, random.nextLong(1L << random.nextInt(1, 34)));
        }
        return cluster;
    }

    private static void disturb(PlannedCluster cluster, SplittableRandom random) {
        int node = 1 + random.nextInt(cluster.nodes.size());
        switch (random.nextInt(7)) {
            case 0 -> {
                if (cluster.nodes.size() < PlacementLimits.NODES_MAX) {
                    cluster.node(cluster.nodes.lastKey() + 1, "r" + random.nextInt(3), NodeState.ACTIVE, true);
                }
            }
            case 1, 2 -> cluster.set(node, false, random.nextLong(PlannedCluster.LONG_AGO));
            case 3, 4 -> cluster.set(node, true, random.nextLong(PlannedCluster.LONG_AGO));
            case 5 -> cluster.set(node, NodeState.DRAINING);
            case 6 -> cluster.set(node, NodeState.ACTIVE);
            default -> throw new AssertionError();
        }
    }

    private static void assertAsGoodAsCanBe(PlannedCluster cluster) {
        List<Integer> usable = cluster.usable();
        if (usable.isEmpty()) {
            return;
        }
        for (ShardPlacement placement : cluster.placements.values()) {
            if (!cluster.majorityAlive(placement.replicas())) {
                continue;
            }
            long good = placement.replicas().stream().filter(usable::contains).count();
            assertThat(good)
                    .as(placement + " among " + cluster.nodes)
                    .isGreaterThanOrEqualTo(Math.min(placement.replicas().size(), 1));
            if (placement.replicas().size() < cluster.rules.replicas()) {
                assertThat(good).as("all that can have " + placement).isEqualTo(usable.size());
            }
        }
        boolean calm = cluster.nodes.values().stream()
                        .allMatch(node -> node.alive() && node.state() == NodeState.ACTIVE && node.settled())
                && cluster.placements.values().stream()
                        .allMatch(placement -> placement.replicas().size()
                                == Math.min(cluster.rules.replicas(), cluster.nodes.size()));
        if (!calm) {
            return;
        }
        long places = cluster.nodes.values().stream()
                .map(Situation.NodeSeen::place)
                .distinct()
                .count();
        for (ShardPlacement placement : cluster.placements.values()) {
            long spread = placement.replicas().stream()
                    .map(node -> cluster.seen(node).place())
                    .distinct()
                    .count();
            assertThat(spread)
                    .as("racks of " + placement)
                    .isEqualTo(Math.min(places, placement.replicas().size()));
        }
        if (places == cluster.nodes.size()) {
            assertThat(most(usable, cluster::replicasOn) - least(usable, cluster::replicasOn))
                    .as("evenness of replicas of " + cluster.placements)
                    .isLessThanOrEqualTo(1);
            assertThat(most(usable, cluster::leadersOn) - least(usable, cluster::leadersOn))
                    .as("evenness of leaders of " + cluster.placements)
                    .isLessThanOrEqualTo(1);
        }
    }

    private static long most(List<Integer> nodes, IntToLongFunction load) {
        return nodes.stream().mapToLong(load::applyAsLong).max().orElse(0);
    }

    private static long least(List<Integer> nodes, IntToLongFunction load) {
        return nodes.stream().mapToLong(load::applyAsLong).min().orElse(0);
    }
}
