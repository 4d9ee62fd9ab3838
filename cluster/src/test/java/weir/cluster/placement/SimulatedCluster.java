package weir.cluster.placement;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import weir.cluster.peer.PeerCalls;
import weir.cluster.peer.PeerFailedException;
import weir.cluster.peer.PeerRequest;
import weir.cluster.peer.PeerUnreachableException;
import weir.cluster.replication.GroupId;
import weir.cluster.replication.Member;
import weir.cluster.replication.Progress;
import weir.core.Bytes;
import weir.core.broker.OutcomeUnknownException;
import weir.core.catalog.CatalogCommand;
import weir.core.catalog.CatalogMachine;
import weir.core.catalog.CatalogReply;
import weir.core.catalog.Definition;

/**
 * Nodes with replicas of groups that elect leaders, change members and fall behind, in one thread and without waiting: time
 * is a number. Calls between nodes are carried out at once, or late, or lose their answers. Fails as soon as something is
 * done to a group that no conductor may do.
 */
final class SimulatedCluster implements PeerCalls {
    /** Longer than any change takes here if nothing is in its way. */
    private static final long CHANGE_GIVEN_UP_AFTER = 4_000;

    static final class Replica {
        @Nullable
        String damage;

        long match;
    }

    static final class SimulatedNode {
        final int number;
        boolean up = true;
        boolean shortOfRoom;
        int runs = 1;
        final TreeMap<Integer, Replica> replicas = new TreeMap<>();
        PlacementService service;

        SimulatedNode(int number, PlacementService service) {
            this.number = number;
            this.service = service;
        }
    }

    static final class Group {
        final GroupId id;
        TreeSet<Integer> members;
        /** Of the members, those without a vote. */
        TreeSet<Integer> listeners = new TreeSet<>();
        /** Where the group's own configuration has its members. */
        final TreeMap<Integer, Member> addresses = new TreeMap<>();

        int leader;
        long term = 1;
        long committed = 100;

        @Nullable
        TreeSet<Integer> next;

        TreeSet<Integer> nextListeners = new TreeSet<>();

        CompletableFuture<Void> changed = CompletableFuture.completedFuture(null);
        long changeBegan;

        Group(GroupId id, Collection<Integer> members, int leader) {
            this.id = id;
            this.members = new TreeSet<>(members);
            this.leader = leader;
        }

        Member member(int node) {
            Member there = addresses.get(node);
            return (there == null ? new Member(node, "h" + node, node) : there).voting(!listeners.contains(node));
        }
    }

    final TreeMap<Integer, SimulatedNode> nodes = new TreeMap<>();
    final TreeMap<Integer, Group> groups = new TreeMap<>();
    final CatalogMachine catalog = new CatalogMachine(1);
    final SplittableRandom random;
    final PlacementRules rules;
    /** Of a hundred calls, how many come late or lose their answer. */
    int unreliable;

    long now = 1_000_000;
    private long changes;
    private final Deque<Runnable> late = new ArrayDeque<>();

    private final Definitions definitions = new Definitions() {
        @Override
        public List<Definition> of(String kind) {
            return catalog.definitions(kind, "", "", Integer.MAX_VALUE);
        }

        @Override
        public CatalogReply change(CatalogCommand.Define command) {
            return catalog.apply(++changes, now, command);
        }
    };

    SimulatedCluster(SplittableRandom random, int replicas) {
        this.random = random;
        rules = new PlacementRules(replicas, Duration.ofMinutes(1));
    }

    /** Founded with so many nodes and shards. */
    static SimulatedCluster of(long seed, int nodeCount, int shards, int replicas) {
        SimulatedCluster cluster = new SimulatedCluster(new SplittableRandom(seed), replicas);
        List<Node> founders = new ArrayList<>();
        for (int node = 1; node <= nodeCount; node++) {
            founders.add(cluster.join(node));
        }
        cluster.found(GroupId.CATALOG, new TreeSet<>(cluster.nodes.keySet()), 1);
        for (ShardPlacement placement : Planner.found(founders, shards, cluster.rules)) {
            cluster.catalog.apply(++cluster.changes, cluster.now, placement.define());
            cluster.found(GroupId.shard(placement.shard()), placement.replicas(), placement.leader());
        }
        return cluster;
    }

    private void found(GroupId id, Collection<Integer> members, int leader) {
        groups.put(id.number(), new Group(id, members, leader));
        members.forEach(node -> node(node).replicas.put(id.number(), new Replica()));
    }

    void define(Node node) {
        catalog.apply(++changes, now, node.define());
    }

    void undefine(int number) {
        catalog.apply(++changes, now, new CatalogCommand.Undefine(Node.KIND, Integer.toString(number)));
    }

    /** A node that starts, and is defined as forming does it. */
    Node join(int number) {
        return join(number, true);
    }

    Node join(int number, boolean votes) {
        SimulatedNode node = new SimulatedNode(number, service(number, 1));
        nodes.put(number, node);
        node.replicas.put(0, new Replica());
        Node joining = Node.joining(new Member(number, "h" + number, number, votes), "", new TreeMap<>(), 1);
        define(joining);
        return joining;
    }

    private PlacementService service(int number, int run) {
        return new PlacementService(
                new Host(number),
                this,
                definitions,
                () -> OptionalInt.of(group(0).leader),
                rules,
                () -> now,
                run * 1_000L,
                Runnable::run);
    }

    SimulatedNode node(int number) {
        return Objects.requireNonNull(nodes.get(number));
    }

    Group group(int number) {
        return Objects.requireNonNull(groups.get(number));
    }

    void kill(int number) {
        node(number).up = false;
    }

    void start(int number) {
        SimulatedNode node = node(number);
        if (!node.up) {
            node.up = true;
            node.runs++;
            node.service = service(number, node.runs);
        }
    }

    void set(int number, NodeState state) {
        Node node = definitions.nodes().stream()
                .filter(defined -> defined.number() == number)
                .findFirst()
                .orElseThrow();
        catalog.apply(++changes, now, node.in(state).define());
    }

    /** The node is started at another address; its number tells the simulation who is called. */
    void move(int number, String host) {
        Node node = definitions.nodes().stream()
                .filter(defined -> defined.number() == number)
                .findFirst()
                .orElseThrow();
        catalog.apply(
                ++changes,
                now,
                node.restarted(new Member(number, host, number), "", new TreeMap<>(), 1)
                        .define());
    }

    ShardPlacement placement(int shard) {
        return definitions.placements().stream()
                .filter(placement -> placement.shard() == shard)
                .findFirst()
                .orElseThrow();
    }

    List<ShardPlacement> placements() {
        return definitions.placements();
    }

    // ---- Time

    /** Lets a second go by: elections, changes of members, replication. */
    void second() {
        now += 1_000;
        while (!late.isEmpty() && random.nextBoolean()) {
            late.remove().run();
        }
        groups.values().forEach(this::goOn);
    }

    private void goOn(Group group) {
        if (group.leader != 0
                && (!healthy(group, group.leader) || !voters(group).contains(group.leader))) {
            group.leader = 0;
            giveUp(group, "the leader was lost");
        }
        if (!majority(group, group.members)) {
            group.leader = 0;
            return;
        }
        if (group.leader == 0) {
            group.term++;
            List<Integer> able = voters(group).stream()
                    .filter(node -> healthy(group, node) && replica(group, node).match >= group.committed)
                    .toList();
            if (able.isEmpty()) {
                able = voters(group).stream()
                        .filter(node -> healthy(group, node))
                        .toList();
            }
            group.leader = able.get(random.nextInt(able.size()));
        }
        group.committed += random.nextInt(200);
        for (SimulatedNode node : nodes.values()) {
            Replica replica = node.replicas.get(group.id.number());
            boolean follows =
                    group.members.contains(node.number) || (group.next != null && group.next.contains(node.number));
            if (replica != null && node.up && replica.damage == null && follows) {
                replica.match = Math.min(group.committed, replica.match + 5_000);
            }
        }
        Replica own = replica(group, group.leader);
        own.match = group.committed;
        Set<Integer> next = group.next;
        if (next != null) {
            boolean caughtUp =
                    next.stream().filter(node -> !group.members.contains(node)).allMatch(node -> healthy(group, node));
            if (caughtUp && majority(group, next) && random.nextInt(4) > 0) {
                group.members = new TreeSet<>(next);
                group.listeners = group.nextListeners;
                group.next = null;
                group.changed.complete(null);
            } else if (now - group.changeBegan > CHANGE_GIVEN_UP_AFTER) {
                giveUp(group, "no progress");
            }
        }
    }

    private static void giveUp(Group group, String why) {
        group.next = null;
        group.changed.completeExceptionally(new IOException(why));
    }

    Replica replica(Group group, int node) {
        return Objects.requireNonNull(node(node).replicas.get(group.id.number()), group.id + " on node " + node);
    }

    boolean healthy(Group group, int node) {
        Replica replica = node(node).replicas.get(group.id.number());
        return node(node).up && replica != null && replica.damage == null;
    }

    boolean majority(Group group, Set<Integer> members) {
        TreeSet<Integer> deciding = new TreeSet<>(members);
        deciding.removeAll(group.listeners);
        return deciding.stream().filter(node -> healthy(group, node)).count() * 2 > deciding.size();
    }

    Set<Integer> voters(Group group) {
        Set<Integer> voters = new TreeSet<>(group.members);
        voters.removeAll(group.listeners);
        return voters;
    }

    Definitions definitions() {
        return definitions;
    }

    // ---- Calls

    @Override
    public CompletableFuture<Bytes> call(String host, int port, PeerRequest kind, Bytes request, Duration patience) {
        SimulatedNode to = node(port);
        if (!to.up) {
            return CompletableFuture.failedFuture(
                    new PeerUnreachableException("refused", new IOException("connection refused")));
        }
        int luck = random.nextInt(100);
        PlacementRequest asked = PlacementCodec.request(request);
        boolean isReport = asked instanceof PlacementRequest.Report || asked instanceof PlacementRequest.Loads;
        if (luck < unreliable && !isReport) {
            PlacementService then = to.service;
            if (luck % 2 == 0) { // Else it is lost on the way.
                late.add(() -> {
                    if (to.up && to.service == then) {
                        CompletableFuture<Bytes> nobodyWaits = answer(to, request);
                        assertThat(nobodyWaits).isDone();
                    }
                });
            }
            return CompletableFuture.failedFuture(new OutcomeUnknownException("no answer"));
        }
        return answer(to, request);
    }

    private static CompletableFuture<Bytes> answer(SimulatedNode node, Bytes request) {
        try {
            return CompletableFuture.completedFuture(node.service.answer(request));
        } catch (IOException e) {
            return CompletableFuture.failedFuture(new PeerFailedException(String.valueOf(e.getMessage())));
        } catch (OutcomeUnknownException | InterruptedException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    // ---- A node's replicas

    private final class Host implements ReplicaHost {
        private final int number;

        Host(int number) {
            this.number = number;
        }

        @Override
        public int node() {
            return number;
        }

        @Override
        public boolean isShortOfRoom() {
            return SimulatedCluster.this.node(number).shortOfRoom;
        }

        @Override
        public List<ReplicaState> replicas() {
            List<ReplicaState> states = new ArrayList<>();
            SimulatedCluster.this.node(number).replicas.forEach((id, replica) -> {
                Group group = group(id);
                boolean member = group.members.contains(number) && replica.damage == null;
                boolean leads = group.leader == number && replica.damage == null;
                List<Member> members = group.members.stream().map(group::member).toList();
                List<Progress> progress = group.members.stream()
                        .map(node -> new Progress(node, matchOf(group, node), healthy(group, node) ? 100 : 60_000))
                        .toList();
                states.add(new ReplicaState(
                        group.id,
                        leads,
                        group.leader == 0 ? OptionalInt.empty() : OptionalInt.of(group.leader),
                        group.term,
                        group.committed,
                        replica.match,
                        0,
                        1_000,
                        member ? members : List.of(),
                        leads ? progress : List.of(),
                        replica.damage));
            });
            return states;
        }

        @Override
        public List<ShardLoad> loads() {
            return List.of();
        }

        private long matchOf(Group group, int node) {
            Replica replica = SimulatedCluster.this.node(node).replicas.get(group.id.number());
            return replica == null ? 0 : replica.match;
        }

        @Override
        public void open(GroupId group) {
            SimulatedCluster.this.node(number).replicas.computeIfAbsent(group.number(), _ -> new Replica());
        }

        @Override
        public void drop(GroupId id) {
            Group group = group(id.number());
            assertThat(group.members)
                    .as(id + " dropped on node " + number + ", which is a member")
                    .doesNotContain(number);
            assertThat(group.next == null || !group.next.contains(number))
                    .as(id + " dropped on node " + number + ", which is being added")
                    .isTrue();
            SimulatedCluster.this.node(number).replicas.remove(id.number());
        }

        @Override
        public CompletableFuture<Void> changeMembers(GroupId id, List<Member> members, int preferred) {
            Group group = group(id.number());
            TreeSet<Integer> next =
                    new TreeSet<>(members.stream().map(Member::node).toList());
            if (group.leader != number || group.next != null) {
                return CompletableFuture.failedFuture(new IOException("not the leader, or a change is under way"));
            }
            TreeSet<Integer> come = new TreeSet<>(next);
            come.removeAll(group.members);
            TreeSet<Integer> go = new TreeSet<>(group.members);
            go.removeAll(next);
            String change = id + " " + group.members + " -> " + next;
            assertThat(come.size() + go.size()).as("one at a time: " + change).isLessThanOrEqualTo(1);
            assertThat(next).as(change).contains(preferred);
            TreeSet<Integer> listeners = new TreeSet<>();
            members.stream().filter(member -> !member.votes()).forEach(member -> listeners.add(member.node()));
            assertThat(voters(group).stream().filter(listeners::contains))
                    .as("loses its vote: " + change)
                    .isEmpty();
            members.forEach(member -> group.addresses.put(member.node(), member));
            group.nextListeners = listeners;
            group.next = next;
            group.changeBegan = now;
            group.changed = new CompletableFuture<>();
            return group.changed;
        }

        @Override
        public CompletableFuture<Void> transferLeadership(GroupId id, int node) {
            Group group = group(id.number());
            if (group.leader != number
                    || group.next != null
                    || !group.members.contains(node)
                    || !healthy(group, node)) {
                return CompletableFuture.failedFuture(new IOException("node " + node + " cannot take over"));
            }
            group.term++;
            group.leader = node;
            return CompletableFuture.completedFuture(null);
        }
    }

    // ---- What is wanted

    /** Whether every group is as the catalog wants it, and led by the one that is to lead. */
    boolean asWanted() {
        for (ShardPlacement placement : placements()) {
            Group group = group(placement.shard() + 1);
            boolean there = group.members.equals(new TreeSet<>(placement.replicas()))
                    && group.leader == placement.leader()
                    && holders(group).equals(group.members);
            if (!there) {
                return false;
            }
        }
        return true;
    }

    /** Nodes that are up and have a replica of it, and dead members. */
    private Set<Integer> holders(Group group) {
        TreeSet<Integer> holders = new TreeSet<>(Comparator.naturalOrder());
        nodes.values().forEach(node -> {
            if (node.up ? node.replicas.containsKey(group.id.number()) : group.members.contains(node.number)) {
                holders.add(node.number);
            }
        });
        return holders;
    }
}
