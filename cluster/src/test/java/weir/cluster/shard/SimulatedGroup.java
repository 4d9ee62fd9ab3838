package weir.cluster.shard;

import static weir.cluster.shard.ShardAccounts.same;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SortedSet;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import weir.cluster.shard.SimulatedLog.Item;
import weir.core.Bytes;
import weir.core.LogId;
import weir.core.PartitionId;
import weir.core.Position;
import weir.core.codec.EntryCodec;
import weir.core.shard.Command;
import weir.core.shard.Entry;
import weir.core.shard.Readiness;
import weir.core.shard.Reply;
import weir.core.shard.Reply.Departure;
import weir.core.shard.ShardMachine;
import weir.storage.CorruptStoreException;
import weir.storage.ShardStore;
import weir.storage.SimulatedFileSystem;

/**
 * A shard with several replicas, the messages between them, and the truth: the first item that any replica applied at an
 * index is the one that all others must, with the same answers and the same state after it. The truth is applied to a twin
 * that never crashes, and held in accounts.
 */
final class SimulatedGroup implements Clients.Target {
    private static final int FLYING_MAX = 300;
    private static final int MEMBERS_MIN = 2;

    /** The shard's leader went away while somebody asked it something. */
    static final class GoneException extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    /** A message on the network. */
    private record Flying(int from, int to, RaftMessage message) {}

    final int shard;
    final Flaw flaw;
    final Tally tally;
    private final ClusterSimulation cluster;
    private final SplittableRandom random;
    private final SortedSet<Integer> founders = new TreeSet<>();
    private final List<SimulatedReplica> replicas = new ArrayList<>();
    private final List<Flying> network = new ArrayList<>();
    private final TreeMap<Long, Integer> leaders = new TreeMap<>();
    /** Disks and network are in order from now on. */
    boolean calm;
    /** The one that does something now, to say who crashed. */
    private int acting;

    private final ShardAccounts accounts;
    private final ShardStore never;
    private final ShardMachine twin;
    private final List<Item> committed = new ArrayList<>();
    /** As of each of those. */
    private final List<SortedSet<Integer>> members = new ArrayList<>();

    private final List<List<Reply>> answers = new ArrayList<>();
    private final List<Bytes> snapshots = new ArrayList<>();

    /**
     * @param nodes all that there are
     * @param size how many of them found it
     */
    SimulatedGroup(
            int shard, int nodes, int size, Flaw flaw, Tally tally, ClusterSimulation cluster, SplittableRandom random)
            throws IOException {
        this.shard = shard;
        this.flaw = flaw;
        this.tally = tally;
        this.cluster = cluster;
        this.random = random;
        accounts = new ShardAccounts(shard);
        for (int node = 0; node < size; node++) {
            founders.add(node);
        }
        for (int node = 0; node < nodes; node++) {
            replicas.add(new SimulatedReplica(node, this, founders, random.split()));
        }
        never = ShardStore.open(new SimulatedFileSystem(0), Path.of("twin"));
        twin = new ShardMachine(never);
        never.attach(twin);
        snapshots.add(twin.snapshot());
    }

    List<SimulatedReplica> replicas() {
        return replicas;
    }

    int size() {
        return replicas.size();
    }

    SortedSet<Integer> founders() {
        return founders;
    }

    SimulatedReplica replica(int node) {
        return replicas.get(node);
    }

    /** To be called before a replica is made to do something. */
    SimulatedReplica act(int node) {
        acting = node;
        return replicas.get(node);
    }

    /** One that something happens to: mostly one that holds a replica, to the others little can happen. */
    int someNode() {
        int node = random.nextInt(replicas.size());
        while (!replicas.get(node).opened && random.nextInt(8) > 0) {
            node = random.nextInt(replicas.size());
        }
        return node;
    }

    int acting() {
        return acting;
    }

    void say(SimulatedReplica replica, String what) {
        cluster.say("shard " + shard + " on node " + replica.node + " " + what);
    }

    // ---- The network

    boolean reaches(int from, int to) {
        return cluster.reaches(from, to);
    }

    void send(int from, int to, RaftMessage message) {
        if (network.size() == FLYING_MAX) {
            network.removeFirst();
        }
        network.add(new Flying(from, to, message));
    }

    /** To all members, as that replica knows them. */
    void broadcast(SimulatedReplica from, RaftMessage message) {
        for (int to : from.members()) {
            if (to != from.node) {
                send(from.node, to, message);
            }
        }
    }

    /** Some message arrives: most often the oldest; or is lost, or arrives and will do so again. */
    void deliverSome() throws IOException {
        if (network.isEmpty()) {
            return;
        }
        int which = random.nextInt(3) == 0 ? random.nextInt(network.size()) : 0;
        Flying flying = random.nextInt(25) == 0 ? network.get(which) : network.remove(which);
        if (random.nextInt(40) > 0) {
            deliver(flying);
        }
    }

    /** All that is on its way now arrives, in order. */
    void deliverAll() throws IOException {
        for (Flying flying : List.copyOf(network)) {
            deliver(flying);
        }
    }

    void loseAll() {
        network.clear();
    }

    private void deliver(Flying flying) throws IOException {
        network.remove(flying);
        SimulatedReplica to = act(flying.to);
        if (to.up && reaches(flying.from, flying.to)) {
            to.receive(flying.from, flying.message);
        }
    }

    // ---- What replicas tell

    void elected(SimulatedReplica replica) {
        tally.elections++;
        say(replica, "leads in term " + replica.term());
        Integer other = leaders.putIfAbsent(replica.term(), replica.node);
        same("the only leader of term", replica.term(), other == null ? replica.node : other, replica.node);
    }

    int leaderOf(long term) {
        return leaders.getOrDefault(term, SimulatedReplica.NOBODY);
    }

    /** All that earlier leaders left is applied; it has a courier of its own, who knows nothing. */
    void beganToServe(SimulatedReplica replica) {
        say(replica, "has begun to serve");
        cluster.courierChanged(shard);
    }

    void applied(SimulatedReplica replica, long index, Item item, @Nullable Entry entry, List<Reply> replies)
            throws IOException {
        if (index == committed.size() + 1L) {
            first(index, item, entry);
        }
        int at = (int) index - 1;
        same("the item at " + index + " on node", replica.node, item, committed.get(at));
        same("the replies at " + index + " on node", replica.node, replies, answers.get(at));
        SortedSet<Integer> known = replica.log.membersAt(index);
        if (!known.isEmpty()) { // Else it is new, and nobody has told it yet.
            same("the members as of " + index + " on node", replica.node, known, members.get(at));
        }
        if (random.nextInt(4) == 0) {
            same(
                    "the state after " + index + " on node",
                    replica.node,
                    replica.machine().snapshot(),
                    snapshots.get(at + 1));
        }
    }

    private void first(long index, Item item, @Nullable Entry applied) throws IOException {
        committed.add(item);
        members.add(item.members() != null ? item.members() : members.isEmpty() ? founders : members.getLast());
        if (item.entry() == null || applied == null) {
            answers.add(List.of());
            snapshots.add(snapshots.getLast());
            return;
        }
        tally.committed++;
        Entry entry = EntryCodec.decode(index, item.entry());
        List<Reply> replies = twin.apply(entry);
        cluster.note(() -> "    shard " + shard + " " + index + ": " + entry + " " + replies);
        answers.add(replies);
        snapshots.add(twin.snapshot());
        accounts.note(entry, replies);
        for (Readiness readiness : twin.takeTouched()) {
            accounts.observe(readiness.partition(), twin, never);
        }
        accounts.observeTopics(twin, never);
        for (Command command : entry.commands()) {
            if (command instanceof Command.SettleDepartures settled) {
                settled.arrived()
                        .forEach(number -> same(
                                "the arrival of what departed from shard " + shard + " under",
                                number,
                                cluster.hasArrived(shard, number),
                                true));
            }
        }
    }

    /** A replica stands where its checkpoint is. */
    void recovered(SimulatedReplica replica) {
        if (replica.applied() > committed.size()) {
            throw new AssertionError(
                    "a checkpoint at " + replica.applied() + ", and " + committed.size() + " are committed");
        }
        same(
                "the state of the checkpoint at " + replica.applied() + " on node",
                replica.node,
                replica.machine().snapshot(),
                snapshots.get((int) replica.applied()));
    }

    void answer(Entry entry, List<Reply> replies) {
        tally.answered++;
        cluster.learn(entry, replies);
    }

    // ---- What clients and courier see

    private @Nullable SimulatedReplica someLeader() {
        List<SimulatedReplica> serving =
                replicas.stream().filter(SimulatedReplica::serves).toList();
        return serving.isEmpty() ? null : serving.get(random.nextInt(serving.size()));
    }

    /** The leader of the newest term. */
    @Nullable
    SimulatedReplica leader() {
        SimulatedReplica newest = null;
        for (SimulatedReplica replica : replicas) {
            if (replica.leads() && (newest == null || replica.term() > newest.term())) {
                newest = replica;
            }
        }
        return newest;
    }

    @Override
    public void propose(long at, List<Command> commands) {
        SimulatedReplica leader = someLeader();
        if (leader == null || leader.isHandingOver()) {
            cluster.say("    and nobody takes it");
        } else {
            act(leader.node).propose(cluster.wallMillis(leader.node), cluster.nanos(), commands);
        }
    }

    @Override
    public List<Departure> departures() {
        SimulatedReplica leader = someLeader();
        return leader == null ? List.of() : leader.machine().departures(0, Integer.MAX_VALUE);
    }

    @Override
    public long departuresSettledBelow() {
        SimulatedReplica leader = someLeader();
        if (leader == null) {
            throw new GoneException();
        }
        return leader.machine().departuresSettledBelow();
    }

    @Override
    public Bytes read(PartitionId partition, Position position, long baseOffset) {
        // It may be another leader than was asked for the departures, one that has applied less or more.
        for (SimulatedReplica replica : replicas) {
            if (replica.serves() && holds(replica, partition, position)) {
                try {
                    return ShardAccounts.read(act(replica.node).store(), partition, position, baseOffset);
                } catch (CorruptStoreException e) {
                    replica.stopDamaged(e);
                }
            }
        }
        throw new GoneException();
    }

    private static boolean holds(SimulatedReplica replica, PartitionId partition, Position position) {
        return replica.machine().departures(0, Integer.MAX_VALUE).stream()
                .anyMatch(departure -> departure.from().equals(partition)
                        && departure.position().equals(position));
    }

    @Override
    public int batchCount(Departure departure) {
        for (SimulatedReplica replica : replicas) {
            if (replica.serves() && holds(replica, departure.from(), departure.position())) {
                LogId log = new LogId(departure.from(), departure.position().level());
                try {
                    return act(replica.node)
                            .store()
                            .read(log, departure.baseOffset(), 1)
                            .getFirst()
                            .messages()
                            .size();
                } catch (CorruptStoreException e) {
                    replica.stopDamaged(e);
                }
            }
        }
        throw new GoneException();
    }

    @Override
    public ShardAccounts accounts() {
        return accounts;
    }

    // ---- Members

    /**
     * A step of whoever places replicas: opens one on another node, makes it a member once it has caught up, takes one off the
     * members, and drops what is none any more. One change at a time, by the leader of the newest term.
     */
    void changeMembers() throws IOException {
        SimulatedReplica leader = leader();
        if (leader == null || !isKnownToLead(leader) || leader.isHandingOver()) {
            return;
        }
        dropWhoLeft(leader);
        SortedSet<Integer> members = new TreeSet<>(leader.members());
        if (flaw == Flaw.SWAPS_MEMBERS_AT_ONCE) {
            swap(leader, members);
        } else if (leader.learner() != SimulatedReplica.NOBODY) {
            if (leader.hasTaught(leader.learner())) {
                members.add(leader.learner());
                leader.changeMembers(members);
            }
        } else if (members.size() > founders.size() || (members.size() > MEMBERS_MIN && random.nextBoolean())) {
            takeOff(leader, members);
        } else {
            teachAnother(leader);
        }
    }

    /** To whoever places replicas: of a majority that answers nobody has seen a newer term. */
    private boolean isKnownToLead(SimulatedReplica leader) {
        List<SimulatedReplica> answering = leader.members().stream()
                .map(this::replica)
                .filter(member -> member.up)
                .toList();
        return leader.serves()
                && leader.isSettledMember()
                && answering.size() * 2 > leader.members().size()
                && answering.stream().allMatch(member -> member.term() <= leader.term());
    }

    private void teachAnother(SimulatedReplica leader) throws IOException {
        int node = random.nextInt(replicas.size());
        if (!leader.isMember(node)) {
            SimulatedReplica other = act(node);
            if (!other.opened) {
                other.open(leader.committed());
            }
            leader.teach(node);
        }
    }

    /** Of replicas that are damaged so many are left out that a majority of the others has everything. */
    private void takeOff(SimulatedReplica leader, SortedSet<Integer> members) {
        int node = List.copyOf(members).get(random.nextInt(members.size()));
        long flipped =
                members.stream().filter(member -> replica(member).flipped).count();
        if (flipped == 0 || replica(node).flipped) {
            members.remove(node);
            leader.changeMembers(members);
        }
    }

    private void swap(SimulatedReplica leader, SortedSet<Integer> members) throws IOException {
        for (int node = 0; node < replicas.size(); node++) {
            if (!leader.isMember(node)) {
                if (!replica(node).opened) {
                    act(node).open(0);
                }
                members.add(node);
                members.removeIf(member -> members.size() > founders.size() && member != leader.node);
            }
        }
        leader.changeMembers(members);
    }

    /** What is not a member, and is not about to be one, by what is committed. */
    private void dropWhoLeft(SimulatedReplica leader) throws IOException {
        for (SimulatedReplica replica : replicas) {
            if (replica.opened && !leader.isMember(replica.node) && leader.learner() != replica.node) {
                act(replica.node).drop();
            }
        }
    }

    /** As the leader has them, when one leads whom all follow. */
    List<SimulatedReplica> membersNow() {
        SimulatedReplica leader = Objects.requireNonNull(leader());
        return leader.members().stream().map(this::replica).toList();
    }

    /** In the end nobody is left who was removed and does not know it. */
    void settleMembers() throws IOException {
        SimulatedReplica leader = leader();
        if (leader != null && isKnownToLead(leader)) {
            dropWhoLeft(leader);
        }
    }

    void handOver() {
        SimulatedReplica leader = leader();
        if (leader != null) {
            List<Integer> members = List.copyOf(leader.members());
            act(leader.node).handOver(members.get(random.nextInt(members.size())));
        }
    }

    // ---- The end

    /** Whether one leads whom all follow, with nothing that is not applied everywhere. */
    boolean isLevel() {
        SimulatedReplica leader = leader();
        return leader != null
                && leader.serves()
                && leader.knowsItsMembers()
                && leader.members().stream()
                        .allMatch(node -> replica(node).isLevelWith(Objects.requireNonNull(leader)));
    }

    /** All replicas hold the same, and what was promised. */
    void observeAll() throws IOException {
        for (SimulatedReplica replica : membersNow()) {
            same("what is applied on node", replica.node, replica.applied(), (long) committed.size());
            same("the state on node", replica.node, replica.machine().snapshot(), snapshots.getLast());
            accounts.observeAll(replica.machine(), replica.store());
            same("whether all can be read on node", replica.node, replica.verify(), true);
        }
    }
}
