package weir.cluster.shard;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import weir.core.shard.Entry;
import weir.core.shard.Reply;
import weir.storage.CorruptStoreException;
import weir.storage.SimulatedCrash;

/**
 * Nodes with a replica of each of two shards, and their {@link Clients}; all of it decided by a seed, and so are elections,
 * what the network loses, delays and cuts, what the clocks show, and when which disk fails.
 */
final class ClusterSimulation {
    private static final int CATCH_UP_ROUNDS = 400;
    private static final int DRAIN_ROUNDS = 300;
    private static final long NANOS = 1_000_000;
    /** Nodes that hold nothing at first. */
    private static final int SPARE = 2;

    final Tally tally = new Tally();
    private final SplittableRandom random;
    /** All nodes, those among them that hold nothing at first. */
    private final int nodes;

    private final List<SimulatedGroup> groups = new ArrayList<>();
    private final Clients clients;
    private final boolean[][] cut;
    private final long[] skew;
    private long checked;

    ClusterSimulation(long seed, int size, Flaw flaw) throws IOException {
        random = new SplittableRandom(seed);
        nodes = size + SPARE;
        cut = new boolean[nodes][nodes];
        skew = new long[nodes];
        for (int shard = 0; shard < Clients.SHARDS; shard++) {
            groups.add(new SimulatedGroup(shard, nodes, size, flaw, tally, this, random.split()));
        }
        clients = new Clients(random.split(), groups, flaw);
        settle();
        clients.define();
        settle();
    }

    List<String> trace() {
        return clients.trace();
    }

    void say(String what) {
        clients.say(what);
    }

    /** What is put into words only if somebody reads it. */
    void note(Supplier<String> what) {
        clients.note(what);
    }

    // ---- What groups ask

    boolean reaches(int from, int to) {
        return !cut[from][to];
    }

    long wallMillis(int node) {
        return Math.max(0, clients.now + skew[node]);
    }

    long nanos() {
        return clients.now * NANOS;
    }

    void courierChanged(int shard) {
        clients.forgetAnswers(shard);
    }

    void learn(Entry entry, List<Reply> replies) {
        clients.learn(entry, replies);
    }

    boolean hasArrived(int source, long number) {
        return groups.stream().anyMatch(group -> group.accounts().hasTaken(source, number));
    }

    // ---- Steps

    void step() throws IOException {
        if (random.nextInt(8) == 0) {
            clients.timePasses();
        }
        SimulatedGroup group = groups.get(random.nextInt(groups.size()));
        SimulatedReplica replica = group.act(group.someNode());
        try {
            act(group, replica);
        } catch (SimulatedCrash _) {
            stop(group.acting(), random.nextBoolean());
        } catch (CorruptStoreException e) {
            group.replica(group.acting()).stopDamaged(e);
        } catch (SimulatedGroup.GoneException _) {
            say("and it was gone");
        }
        if (tally.committed != checked) { // Else nothing has changed its place.
            checked = tally.committed;
            clients.checkPlaces();
        }
    }

    private void act(SimulatedGroup group, SimulatedReplica replica) throws IOException {
        int kind = random.nextInt(1085);
        if (kind < 400) {
            for (int messages = random.nextInt(1, 5); messages > 0; messages--) {
                group.deliverSome();
            }
        } else if (kind < 540) {
            clients.entry(group.shard);
        } else if (kind < 680) {
            SimulatedReplica leader = group.leader();
            (leader == null || random.nextInt(4) == 0 ? replica : group.act(leader.node)).replicate();
        } else if (kind < 760) {
            replica.sync();
        } else if (kind < 830) {
            if (replica.up) {
                replica.applyAll();
            }
        } else if (kind < 920) {
            for (int steps = random.nextInt(1, 4); steps > 0; steps--) {
                if (random.nextInt(20) == 0) {
                    replica.diskTrouble();
                }
                replica.checkpoint();
            }
        } else if (kind < 945) {
            SimulatedReplica leader = group.leader();
            if (leader == null || !reaches(leader.node, replica.node) || random.nextInt(5) == 0) {
                replica.standForElection();
                if (random.nextInt(3) == 0) {
                    group.act(group.someNode()).standForElection(); // The votes may split.
                }
            }
        } else if (kind < 950) {
            replica.stepDown();
        } else if (kind < 958) {
            stop(replica.node, random.nextInt(3) > 0);
            if (random.nextBoolean()) {
                start(group, replica); // Before anybody has missed it.
            }
        } else if (kind < 966) {
            start(group, replica);
        } else if (kind < 976) {
            links();
        } else if (kind < 990) {
            skew[replica.node] = Clients.oneOf(random, 0, 0, 3, 40, -40, -3000, random.nextInt(4) == 0 ? 2000 : 1);
            say("the clock of node " + replica.node + " is off by " + skew[replica.node]);
        } else if (kind < 1000) {
            if (random.nextInt(3) == 0) {
                damage(group, replica);
            }
        } else if (kind < 1070) {
            group.changeMembers();
        } else {
            group.handOver();
        }
    }

    private void stop(int node, boolean power) {
        boolean up = groups.stream().anyMatch(group -> group.replica(node).up);
        if (up) {
            say("node " + node + (power ? " loses its power" : " is killed"));
            tally.powerLost += power ? 1 : 0;
            tally.killed += power ? 0 : 1;
            groups.forEach(group -> group.replica(node).stop(power));
        }
    }

    private void start(SimulatedGroup group, SimulatedReplica replica) throws IOException {
        for (SimulatedGroup each : groups) {
            SimulatedReplica its = each.act(replica.node);
            if (!its.up && !its.damaged) {
                say("shard " + each.shard + " starts on node " + replica.node);
                start(its);
            }
        }
        SimulatedReplica leader = group.leader();
        if (replica.damaged && leader != null) {
            group.act(replica.node).rebuild(leader);
        }
    }

    private static void start(SimulatedReplica replica) throws IOException {
        try {
            replica.start();
        } catch (CorruptStoreException e) {
            replica.stopDamaged(e);
        }
    }

    /** The network splits, in one direction or both, or loses a link, or heals. */
    private void links() {
        int kind = random.nextInt(6);
        int one = random.nextInt(nodes);
        for (int other = 0; other < nodes; other++) {
            if (other != one) {
                switch (kind) {
                    case 0 -> cut[one][other] = true;
                    case 1 -> cut[other][one] = true;
                    case 2 -> {
                        cut[one][other] = true;
                        cut[other][one] = true;
                    }
                    case 3 -> cut[one][other] = random.nextBoolean();
                    default -> {
                        cut[one][other] = false;
                        cut[other][one] = false;
                    }
                }
            }
        }
        tally.partitions += kind < 4 ? 1 : 0;
        say("links of node " + one + ": " + (kind < 4 ? "cut" : "healed"));
    }

    /** So few that the rest is a majority. */
    private void damage(SimulatedGroup group, SimulatedReplica replica) {
        SimulatedReplica leader = group.leader();
        if (leader == null || !leader.knowsItsMembers() || !leader.isMember(replica.node)) {
            return;
        }
        int flipped = 0;
        for (int node = 0; node < nodes; node++) {
            flipped += group.replica(node).flipped ? 1 : 0;
        }
        int whole = leader.members().size() - flipped - 1;
        if (replica.up && !replica.flipped && whole > leader.members().size() / 2) {
            replica.flipABit();
        }
    }

    // ---- The end

    /** The network heals, disks and power are in order; who was damaged is rebuilt. What is proposed then is done. */
    void heal() throws IOException {
        for (boolean[] row : cut) {
            Arrays.fill(row, false);
        }
        for (SimulatedGroup group : groups) {
            group.calm = true;
            group.loseAll();
            for (int node = 0; node < nodes; node++) {
                SimulatedReplica replica = group.act(node);
                replica.stop(!replica.damaged && random.nextBoolean());
                if (replica.flipped && !replica.damaged) {
                    replica.stopDamaged(new IOException("an inspection"));
                }
            }
        }
        settle();
    }

    /** Until one leads each shard, and all follow. Bounded: whatever happened before, this many rounds are enough. */
    private void settle() throws IOException {
        for (SimulatedGroup group : groups) {
            for (int round = 0; !group.isLevel(); round++) {
                if (round == CATCH_UP_ROUNDS) {
                    throw new AssertionError("shard " + group.shard + " makes no progress: " + group.replicas());
                }
                round(group, round);
            }
        }
    }

    private void round(SimulatedGroup group, int round) throws IOException {
        group.settleMembers();
        SimulatedReplica leader = group.leader();
        for (int node = 0; node < nodes; node++) {
            SimulatedReplica replica = group.act(node);
            start(replica);
            if (replica.damaged && leader != null) {
                replica.rebuild(leader);
            }
        }
        if (leader == null || round % 20 == 19) {
            group.act(random.nextInt(nodes)).standForElection();
        }
        for (int node = 0; node < nodes; node++) {
            group.act(node).replicate();
        }
        group.deliverAll();
        for (int node = 0; node < nodes; node++) {
            SimulatedReplica replica = group.act(node);
            replica.sync();
            if (replica.up) {
                replica.applyAll();
            }
            if (round % 10 == 9) {
                replica.checkpoint();
            }
        }
        group.deliverAll();
    }

    /** All replicas agree, all is consumed, and then nothing takes any space anywhere. */
    void drain() throws IOException {
        heal();
        for (SimulatedGroup group : groups) {
            group.observeAll();
        }
        clients.becomePatient();
        settle();
        for (int round = 0; round < DRAIN_ROUNDS && !clients.isEmpty(); round++) {
            clients.consume(this::settle);
        }
        clients.checkEmpty();
        for (SimulatedGroup group : groups) {
            group.observeAll();
            for (SimulatedReplica replica : group.membersNow()) {
                group.act(replica.node).checkpointWhole();
                replica.checkpointWhole();
                ShardAccounts.same("space still taken on node", replica.node, replica.holdsMessages(), false);
            }
        }
    }
}
