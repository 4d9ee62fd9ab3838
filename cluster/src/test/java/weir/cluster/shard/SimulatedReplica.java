package weir.cluster.shard;

import static weir.cluster.shard.ShardAccounts.same;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import weir.cluster.shard.SimulatedLog.Item;
import weir.core.Bytes;
import weir.core.PartitionId;
import weir.core.Position;
import weir.core.codec.EntryCodec;
import weir.core.shard.Command;
import weir.core.shard.Entry;
import weir.core.shard.Reply;
import weir.core.shard.Seen;
import weir.core.shard.ShardMachine;
import weir.storage.Checkpoint;
import weir.storage.CheckpointJob;
import weir.storage.CorruptStoreException;
import weir.storage.Intake;
import weir.storage.Pace;
import weir.storage.PinnedCheckpoint;
import weir.storage.ShardStore;
import weir.storage.SimulatedCrash;
import weir.storage.SimulatedFileSystem;

/**
 * One replica of a shard on one node: machine and store over a disk that crashes, below a simulated Raft that elects,
 * replicates, cuts what a deposed leader left, and takes over checkpoints. What a process forgets when it ends is in the
 * second half of the fields.
 */
final class SimulatedReplica {
    enum Role {
        FOLLOWER,
        CANDIDATE,
        LEADER
    }

    static final int NOBODY = -1;
    private static final long FAR = Long.MAX_VALUE / 4;
    private static final int ITEMS_AT_A_TIME = 5;
    private static final int PAGE = 100;
    private static final int PIECE = 1000;
    /** A new member may lack so many items when it gets its vote. */
    private static final int LAG_MAX = 3;

    final int node;
    final SimulatedFileSystem files;
    final SimulatedLog log;
    private final SimulatedGroup group;
    private final SplittableRandom random;
    private long term;
    private int votedFor = NOBODY;
    /** Whether this node has a replica of the shard; what follows are files as long as it has. */
    boolean opened;

    /**
     * One that was opened anew has forgotten how it may have voted when it was here before: it votes once a leader has made it a
     * member, by an item above this one, in its own log or in that of who asks it.
     */
    private long voteless = -1;

    /** Of checkpoints that were taken over: who the members were, noted before it took effect. */
    private final TreeMap<Long, SortedSet<Integer>> membersOfCheckpoints = new TreeMap<>();

    /** Which directory holds the store: a checkpoint that is taken over gets a new one. */
    private int directory;

    boolean up = true;
    /** Found what it cannot trust; takes part in nothing until it is rebuilt. */
    boolean damaged;
    /** A bit of its files was flipped, found or not. */
    boolean flipped;

    private Role role = Role.FOLLOWER;
    private final Set<Integer> votes = new TreeSet<>();
    private long commit;
    private long applied;
    private long lastEntry;
    private long lastEntryTerm;
    /** Is being brought up to where the others are, and has no vote yet. */
    private int learner = NOBODY;
    /** Is to lead next, once it has everything. */
    private int heir = NOBODY;

    private final TreeMap<Integer, Long> next = new TreeMap<>();
    private final TreeMap<Integer, Long> match = new TreeMap<>();
    private final TreeMap<Long, Item> waiting = new TreeMap<>();
    /** What a follower has of its leader's and has not said so. */
    private long unsaid;

    private long readyAt;
    private @Nullable LeaderClock clock;
    private ShardStore store;
    private ShardMachine machine;
    private @Nullable CheckpointJob job;
    private boolean written;
    private long installed;

    /** @param founders this node may be one of them; else it has nothing until it is opened */
    SimulatedReplica(int node, SimulatedGroup group, SortedSet<Integer> founders, SplittableRandom random)
            throws IOException {
        this.node = node;
        opened = founders.contains(node);
        up = opened;
        log = new SimulatedLog(opened ? founders : new TreeSet<>());
        this.group = group;
        this.random = random;
        files = new SimulatedFileSystem(random.nextLong());
        store = ShardStore.open(files, path(0));
        machine = new ShardMachine(store);
        store.attach(machine);
    }

    private static Path path(int directory) {
        return Path.of("shard-" + directory);
    }

    @Override
    public String toString() {
        return "node " + node + (opened ? "" : " not opened") + (up ? "" : " down") + (damaged ? " damaged" : "") + " "
                + role + " in term " + term + ", log " + log.purged() + " to " + log.last() + " of term "
                + log.lastTerm() + ", committed " + commit + ", applied " + applied + ", members " + log.members()
                + " from " + log.membersIndex() + (mayVote() ? "" : ", has no vote") + ", teaches " + learner;
    }

    ShardMachine machine() {
        return machine;
    }

    ShardStore store() {
        return store;
    }

    long term() {
        return term;
    }

    long applied() {
        return applied;
    }

    SortedSet<Integer> members() {
        return log.members();
    }

    boolean isMember(int other) {
        return log.members().contains(other);
    }

    /** A leader that has taken itself off leads until that is applied, and decides nothing more. */
    boolean isSettledMember() {
        return knowsItsMembers() && isMember(node);
    }

    /** Members that are committed, as far as this replica knows. */
    boolean knowsItsMembers() {
        return log.membersIndex() <= commit;
    }

    long committed() {
        return commit;
    }

    int learner() {
        return learner;
    }

    private boolean isMajority(Collection<Integer> those) {
        SortedSet<Integer> members = log.members();
        return members.stream().filter(those::contains).count() > members.size() / 2;
    }

    boolean leads() {
        return up && role == Role.LEADER;
    }

    /** Believes that it leads, and has applied what earlier leaders left. */
    boolean serves() {
        return leads() && applied >= readyAt;
    }

    /** Everything that it knows of is applied and on its disk. */
    boolean isLevelWith(SimulatedReplica leader) {
        return up && term == leader.term && applied == leader.log.last() && log.synced() == log.last();
    }

    // ---- Elections

    void standForElection() {
        if (!up || role == Role.LEADER || !isMember(node) || !mayVote()) {
            return;
        }
        term++;
        votedFor = node;
        unsaid = 0; // It was for the leader of the term before.
        role = Role.CANDIDATE;
        votes.clear();
        votes.add(node);
        group.say(this, "stands for election in term " + term);
        group.broadcast(this, new RaftMessage.Ask(term, log.last(), log.lastTerm(), log.membersIndex()));
    }

    private boolean mayVote() {
        return log.membersIndex() > voteless;
    }

    /** A leader that has not heard of a majority for long. */
    void stepDown() {
        if (leads()) {
            follow(term);
        }
    }

    private void follow(long newTerm) {
        if (newTerm > term) {
            term = newTerm;
            votedFor = NOBODY;
        }
        if (role == Role.LEADER) {
            group.say(this, "leads no longer");
            if (random.nextBoolean()) {
                waiting.clear(); // Their callers were told that the outcome is unknown.
            }
        }
        role = Role.FOLLOWER;
        learner = NOBODY;
        heir = NOBODY;
        clock = null;
        unsaid = 0;
    }

    private void lead() {
        group.elected(this);
        role = Role.LEADER;
        next.clear();
        match.clear();
        readyAt = log.append(new Item(term, null));
        sync();
        replicate();
    }

    // ---- Messages

    void receive(int from, RaftMessage message) throws IOException {
        if (message.term() > term) {
            follow(message.term());
        }
        switch (message) {
            case RaftMessage.Ask ask -> asked(from, ask);
            case RaftMessage.Vote vote -> {
                if (role == Role.CANDIDATE && vote.term() == term && vote.granted()) {
                    votes.add(from);
                    if (isMajority(votes)) {
                        lead();
                    }
                }
            }
            case RaftMessage.Append append -> appended(from, append);
            case RaftMessage.Appended appended -> answered(from, appended);
            case RaftMessage.Stand stand -> {
                if (stand.term() == term) {
                    standForElection();
                }
            }
            case RaftMessage.TakeOver takeOver -> {
                if (takeOver.term() == term && role != Role.LEADER && commit < takeOver.firstKept() - 1) {
                    takeOver(group.replica(from), takeOver.firstKept());
                }
            }
        }
    }

    private void asked(int from, RaftMessage.Ask ask) {
        boolean newer = ask.lastTerm() > log.lastTerm()
                || (ask.lastTerm() == log.lastTerm() && ask.lastIndex() >= log.last())
                || group.flaw == Flaw.VOTES_FOR_ANYBODY;
        boolean free = votedFor == NOBODY || votedFor == from;
        // Also for one who is no member by this log: the change that took it off may come to nothing.
        boolean granted = ask.term() == term
                && role == Role.FOLLOWER
                && free
                && newer
                && (mayVote() || ask.membersIndex() > voteless);
        if (granted) {
            votedFor = from;
        }
        group.send(node, from, new RaftMessage.Vote(term, granted));
    }

    private void appended(int from, RaftMessage.Append append) throws IOException {
        if (append.term() < term) {
            group.send(node, from, new RaftMessage.Appended(term, false, log.last()));
            return;
        }
        role = Role.FOLLOWER; // A candidate has lost.
        if (append.before() > log.last()) {
            group.send(node, from, new RaftMessage.Appended(term, false, log.last()));
            return;
        }
        if (append.before() >= log.purged() && log.termAt(append.before()) != append.termBefore()) {
            group.send(node, from, new RaftMessage.Appended(term, false, Math.max(commit, append.before() - 1)));
            return;
        }
        long index = append.before();
        for (Item item : append.items()) {
            index++;
            if (index <= log.purged()) {
                continue;
            }
            if (index <= log.last() && log.termAt(index) != item.term() && group.flaw != Flaw.KEEPS_ITS_TAIL) {
                same("an item that was committed being cut on node", node, index <= commit, false);
                group.tally.cut += log.last() - index + 1;
                group.say(this, "cuts its log after " + (index - 1));
                log.cutAfter(index - 1);
                waiting.tailMap(index, true).clear();
            }
            if (index > log.last()) {
                log.append(item);
            }
        }
        commit = Math.max(commit, Math.min(append.commit(), index));
        unsaid = Math.max(unsaid, index);
        if (group.flaw == Flaw.COUNTS_WHAT_IS_NOT_SYNCED) {
            group.send(node, from, new RaftMessage.Appended(term, true, unsaid));
        }
        if (random.nextInt(3) > 0) {
            sync();
        }
        if (random.nextInt(4) > 0) {
            applyAll();
        }
    }

    private void answered(int from, RaftMessage.Appended answer) {
        if (role != Role.LEADER || answer.term() != term) {
            return;
        }
        if (answer.taken()) {
            match.merge(from, answer.index(), Math::max);
            next.merge(from, answer.index() + 1, Math::max);
            advance();
            letTheHeirStand();
        } else {
            long known = match.getOrDefault(from, 0L);
            next.put(from, Math.max(known, Math.min(answer.index(), log.last())) + 1);
        }
    }

    /** What a majority has on disk is committed, from this term's first item on. */
    private void advance() {
        for (long index = log.last(); index > commit && log.termAt(index) == term; index--) {
            Set<Integer> have = new TreeSet<>();
            for (int other = 0; other < group.size(); other++) {
                long of = other == node ? log.synced() : match.getOrDefault(other, 0L);
                if (of >= index) {
                    have.add(other);
                }
            }
            boolean alone = group.flaw == Flaw.ACKNOWLEDGES_ALONE && !have.isEmpty();
            boolean learned = group.flaw == Flaw.COUNTS_LEARNERS
                    && learner != NOBODY
                    && have.contains(learner)
                    && have.size() > log.members().size() / 2;
            if (isMajority(have) || alone || learned) {
                commit = index;
                return;
            }
        }
    }

    /** Sends each follower what it lacks, as far as this leader knows. */
    void replicate() {
        if (!leads()) {
            return;
        }
        for (int to = 0; to < group.size(); to++) {
            if (to == node || (to != learner && !isMember(to))) {
                continue;
            }
            long first = next.getOrDefault(to, log.last());
            if (first <= log.purged()) {
                group.send(node, to, new RaftMessage.TakeOver(term, log.purged() + 1));
                first = log.purged() + 1; // Which it takes once it has the checkpoint.
            }
            List<Item> items = log.from(first, ITEMS_AT_A_TIME);
            group.send(node, to, new RaftMessage.Append(term, first - 1, log.termAt(first - 1), items, commit));
            if (random.nextBoolean()) {
                next.put(to, first + items.size()); // The next ones follow without waiting for the answer.
            }
        }
    }

    void sync() {
        if (!up) {
            return;
        }
        log.sync();
        if (role == Role.LEADER) {
            advance();
        } else if (unsaid > 0) {
            int leader = group.leaderOf(term);
            if (leader != NOBODY) {
                group.send(node, leader, new RaftMessage.Appended(term, true, unsaid));
            }
            unsaid = 0;
        }
    }

    // ---- Members

    /** Begins to bring a node up that has just got a replica of its own. */
    void teach(int other) {
        learner = other;
        next.put(other, 1L);
        match.remove(other);
    }

    boolean hasTaught(int other) {
        return match.getOrDefault(other, 0L) >= commit - LAG_MAX;
    }

    /** As a leader with nothing of the kind under way. */
    void changeMembers(SortedSet<Integer> members) {
        group.say(this, "proposes the members " + members);
        learner = NOBODY;
        log.append(new Item(term, null, members));
        group.tally.membersChanged++;
        sync();
        replicate();
    }

    /** Gives the lead to another, as soon as that has everything; takes nothing new until then. */
    void handOver(int to) {
        if (serves() && to != node) {
            heir = to;
            letTheHeirStand();
        }
    }

    private void letTheHeirStand() {
        if (heir != NOBODY && isMember(heir) && match.getOrDefault(heir, 0L) == log.last()) {
            group.say(this, "hands over to node " + heir);
            group.tally.handedOver++;
            group.send(node, heir, new RaftMessage.Stand(term));
            heir = NOBODY;
        }
    }

    /** Whether it waits for its heir. That takes as long as it takes, or is given up. */
    boolean isHandingOver() {
        if (random.nextInt(8) == 0) {
            heir = NOBODY;
        }
        return heir != NOBODY;
    }

    /** Has a replica of the shard from now on, with an empty disk, and waits for a leader. */
    void open(long committed) throws IOException {
        opened = true;
        voteless = committed;
        beEmpty();
        up = true;
        group.say(this, "is opened");
    }

    /** The shard has gone elsewhere. */
    void drop() throws IOException {
        stop(false);
        opened = false;
        damaged = false;
        flipped = false;
        beEmpty();
        group.tally.dropped++;
        group.say(this, "is dropped");
    }

    private void beEmpty() throws IOException {
        deleteAll(path(directory));
        store = ShardStore.open(files, path(++directory));
        machine = new ShardMachine(store);
        store.attach(machine);
        log.clear();
        membersOfCheckpoints.clear();
        term = 0;
        votedFor = NOBODY;
        commit = 0;
        applied = 0;
        lastEntry = 0;
        lastEntryTerm = 0;
        installed = 0;
    }

    // ---- Entries

    /** Takes an entry, as a leader that believes to be one. */
    void propose(long wallMillis, long nanos, List<Command> commands) {
        LeaderClock leaderClock = clock;
        if (leaderClock == null) { // Time starts from where the machine stands.
            leaderClock = new LeaderClock(() -> Instant.EPOCH, machine.nowMillis(), nanos);
            clock = leaderClock;
        }
        long at = leaderClock.millis(wallMillis, nanos);
        same("the time of a leader going on at node", node, at >= machine.nowMillis(), true);
        Item item = new Item(term, EntryCodec.encode(at, commands));
        waiting.put(log.append(item), item);
        if (random.nextInt(3) > 0) {
            sync();
            replicate();
        }
    }

    void applyAll() throws IOException {
        while (up && applied < Math.min(commit, log.last())) {
            applyNext();
        }
    }

    private void applyNext() throws IOException {
        long index = applied + 1;
        Item item = log.item(index);
        @Nullable Entry entry = null;
        List<Reply> replies = List.of();
        if (item.entry() != null) {
            entry = EntryCodec.decode(index, item.entry());
            boolean diverges = group.flaw == Flaw.DIVERGES && node == 1 && index % 20 == 0;
            replies = machine.apply(diverges ? new Entry(index, entry.atMillis() + 1, entry.commands()) : entry);
            machine.takeTouched();
            lastEntry = index;
            lastEntryTerm = item.term();
        }
        boolean began = !serves();
        applied = index;
        if (began && serves()) {
            group.beganToServe(this);
        }
        group.applied(this, index, item, entry, replies);
        if (entry != null && item.equals(waiting.remove(index))) {
            group.answer(entry, replies);
        }
        if (item.members() != null && leads() && item.term() == term && !isMember(node)) {
            follow(term); // Its own removal is committed.
        }
    }

    // ---- Checkpoints

    /** The next step of a checkpoint: freeze, write, install. */
    void checkpoint() throws IOException {
        if (!up) {
            return;
        }
        CheckpointJob under = job;
        if (under == null) {
            if (lastEntry > installed) {
                membersOfCheckpoints.put(lastEntry, log.membersAt(lastEntry));
                job = store.freeze(lastEntryTerm, lastEntry, machine.snapshot(), machine);
                written = false;
                if (group.flaw == Flaw.CUTS_THE_LOG_EARLY) {
                    log.purge(lastEntry);
                }
            }
        } else if (!written) {
            try {
                under.write();
                written = true;
            } catch (IOException _) {
                // The disk failed or was full; it is tried again, perhaps after a crash.
            } finally {
                files.capacity(FAR);
                files.failAfter(FAR);
            }
        } else {
            store.install(under);
            job = null;
            installed = under.index();
            long kept = random.nextInt(3) == 0 ? random.nextLong(1 + Math.max(0, installed - log.purged())) : 0;
            log.purge(installed - kept); // Whole files are deleted, so some items are left over.
        }
    }

    void checkpointWhole() throws IOException {
        do {
            checkpoint();
        } while (job != null);
    }

    /** The disk is about to fail, or the power to go. */
    void diskTrouble() {
        if (!up) {
            return;
        }
        boolean beforeWriting = job != null && !written;
        switch (beforeWriting ? random.nextInt(3) : 0) {
            case 1 -> files.failAfter(random.nextInt(1, 14));
            case 2 -> files.capacity(files.usedBytes() + random.nextInt(3000));
            default -> files.crashAfter(random.nextInt(1, 14));
        }
    }

    /** The log goes on after a checkpoint of the leader's, if that could be had; else it is told again. */
    private void takeOver(SimulatedReplica from, long firstKept) throws IOException {
        if (fetch(from, Math.max(firstKept - 1, applied))) {
            log.sync();
            group.send(node, from.node, new RaftMessage.Appended(term, true, applied));
        }
    }

    /**
     * Takes another's checkpoint in as the real thing does, over a network that may go away and a disk that may fail or crash.
     *
     * @return false if nothing came of it
     */
    private boolean fetch(SimulatedReplica from, long atLeast) throws IOException {
        Optional<PinnedCheckpoint> newest = from.store.pin();
        if (!group.reaches(from.node, node) || !from.up || job != null || newest.isEmpty()) {
            newest.ifPresent(PinnedCheckpoint::close);
            return false;
        }
        switch (group.calm ? -1 : random.nextInt(8)) {
            case 0 -> files.crashAfter(random.nextInt(1, 20));
            case 1 -> files.failAfter(random.nextInt(1, 20));
            default -> {}
        }
        try (PinnedCheckpoint pinned = newest.get();
                Intake intake = store.intake()) {
            try {
                Checkpoint offered = pinned.load();
                if (offered.index() < atLeast || !fetch(pinned, intake)) {
                    return false;
                }
                membersOfCheckpoints.put(
                        offered.index(),
                        group.flaw == Flaw.FORGETS_MEMBERS_IN_CHECKPOINTS
                                ? group.founders()
                                : from.log.membersAt(offered.index()));
                intake.publish(offered);
                store.adopt(intake);
                stand(offered);
                group.recovered(this);
            } catch (IOException _) {
                if (intake.mayBePublished()) {
                    group.say(this, "does not know which checkpoint it has");
                    stop(false);
                }
                return false;
            } catch (CorruptStoreException e) {
                from.stopDamaged(e); // It verifies what it gives away.
                return false;
            }
        } finally {
            files.failAfter(FAR);
        }
        group.say(this, "has taken over a checkpoint of node " + from.node + " at " + applied);
        group.tally.takenOver++;
        return true;
    }

    /** False if the network has gone away; what has arrived until then waits for the next try. */
    private boolean fetch(PinnedCheckpoint pinned, Intake intake) throws IOException {
        try {
            intake.begin(Pace.NONE);
            List<PinnedCheckpoint.Part> parts = pinned.parts();
            for (int part = 0; part < parts.size(); part++) {
                int crc = pinned.verify(part, Pace.NONE);
                if (intake.reuse(parts.get(part), crc, Pace.NONE)) {
                    continue;
                }
                try (Intake.Arriving arriving = intake.fetch(parts.get(part), crc)) {
                    for (long at = 0; at < parts.get(part).bodyBytes(); at += PIECE) {
                        if (!group.calm && random.nextInt(20) == 0) {
                            return false;
                        }
                        int length = (int) Math.min(PIECE, parts.get(part).bodyBytes() - at);
                        arriving.write(pinned.read(part, at, length));
                    }
                    arriving.finish();
                }
            }
            return true;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private void deleteAll(Path old) throws IOException {
        for (Path file : files.files()) {
            if (old.equals(file.getParent())) {
                files.delete(file);
            }
        }
    }

    /** Reads everything that it has. False if some of it is damaged; it stops then. */
    boolean verify() throws IOException {
        try {
            for (PartitionId partition : machine.revisions().keySet()) {
                Position from = new Position(0, 0);
                List<Seen> page;
                do {
                    page = machine.peek(partition, from, PAGE);
                    for (Seen one : page) {
                        Bytes payload = ShardAccounts.read(store, partition, one.position(), one.baseOffset());
                        Bytes whole = MessagePayload.of(MessagePayload.idOf(payload), payload.length() - Long.BYTES);
                        same("a payload on node", node, payload, whole);
                        from = new Position(
                                one.position().level(), one.position().offset() + 1);
                    }
                } while (page.size() == PAGE);
            }
            return true;
        } catch (CorruptStoreException e) {
            stopDamaged(e);
            return false;
        }
    }

    boolean holdsMessages() {
        return store.segmentCount() > 0 || store.tailBytes() > 0;
    }

    // ---- The end of a process, and the next one

    void stop(boolean power) {
        if (power) {
            files.crash();
            log.crash(random);
            if (group.flaw == Flaw.FORGETS_ITS_VOTE) {
                votedFor = NOBODY;
            }
        } else {
            files.crashAfter(FAR);
            files.failAfter(FAR);
            files.capacity(FAR);
        }
        up = false;
        role = Role.FOLLOWER;
        learner = NOBODY;
        heir = NOBODY;
        clock = null;
        unsaid = 0;
        votes.clear();
        waiting.clear();
        job = null;
    }

    void start() throws IOException {
        if (up || damaged || !opened) {
            return;
        }
        log.sync();
        up = true;
        commit = 0;
        open();
    }

    /** Where the store's newest checkpoint is. */
    private void open() throws IOException {
        job = null;
        while (true) {
            try {
                store = ShardStore.open(files, path(directory));
                break;
            } catch (SimulatedCrash _) {
                files.crash(); // Which takes back what might crash it again.
                log.crash(random);
            }
        }
        stand(store.checkpoint().orElse(null));
        if (group.flaw == Flaw.APPLIES_TWICE && applied > log.purged()) {
            applied--;
        } else {
            group.recovered(this);
        }
    }

    /** The machine is as a checkpoint has it, or new. */
    private void stand(@Nullable Checkpoint found) {
        machine = found == null ? new ShardMachine(store) : ShardMachine.restore(found.state(), store);
        store.attach(machine);
        machine.takeTouched();
        installed = found == null ? 0 : found.index();
        applied = installed;
        lastEntry = installed;
        lastEntryTerm = found == null ? 0 : found.term();
        commit = Math.max(commit, applied);
        same("a log that goes on after the checkpoint of node", node, log.purged() <= installed, true);
        if (installed > log.last() || log.termAt(installed) != lastEntryTerm) {
            log.startFrom(
                    installed,
                    lastEntryTerm,
                    Objects.requireNonNull(membersOfCheckpoints.get(installed), "who was a member then"));
        }
    }

    void flipABit() {
        List<Path> all = new ArrayList<>();
        for (Path file : files.files()) {
            if (path(directory).equals(file.getParent()) && files.content(file).length > 0) {
                all.add(file);
            }
        }
        if (!all.isEmpty()) {
            Path file = all.get(random.nextInt(all.size()));
            files.flipBit(file, random.nextLong(files.content(file).length * 8L));
            flipped = true;
            group.say(this, "has a bit flipped in " + file);
        }
    }

    void stopDamaged(Exception cause) {
        same("damage that nobody did, on node " + node, cause, flipped, true);
        group.say(this, "stops: " + cause.getMessage());
        group.tally.damaged++;
        stop(false);
        damaged = true;
    }

    /**
     * Its directory is set aside, and it begins with an empty one and a checkpoint of the leader's; or with its log, if that
     * has all. Its log and its vote are as good as ever, so until it stands where its log begins it takes part in nothing.
     */
    void rebuild(SimulatedReplica from) throws IOException {
        if (!damaged || !from.serves()) {
            return;
        }
        deleteAll(path(++directory));
        deleteAll(path(directory - 1));
        store = ShardStore.open(files, path(directory));
        job = null;
        machine = new ShardMachine(store);
        store.attach(machine);
        applied = 0;
        if (log.purged() > 0 && !fetch(from, log.purged())) {
            return;
        }
        damaged = false;
        flipped = false;
        group.tally.rebuilt++;
        stop(false);
        start();
        group.say(this, "is rebuilt at " + applied);
    }
}
