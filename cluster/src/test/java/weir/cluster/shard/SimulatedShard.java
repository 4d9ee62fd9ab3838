package weir.cluster.shard;

import static weir.cluster.shard.ShardAccounts.same;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
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
import weir.storage.Checkpoint;
import weir.storage.CheckpointJob;
import weir.storage.Payload;
import weir.storage.ShardStore;
import weir.storage.SimulatedCrash;
import weir.storage.SimulatedFileSystem;

/**
 * The machine and the store of one shard over a disk and a journal that crash, as {@link ShardReplica} and its checkpointer
 * would drive them; beside it a twin that is given the same entries and never crashes, and an account of each partition.
 */
final class SimulatedShard implements Clients.Target {
    private static final Path DIRECTORY = Path.of("shard");
    private static final long FAR = Long.MAX_VALUE / 4;

    final int id;
    final SimulatedFileSystem files;
    final ShardAccounts accounts;
    private final SplittableRandom random;
    private final SimulatedJournal journal = new SimulatedJournal();
    private final ShardMachine twin;
    private final TreeMap<Long, List<Reply>> answered = new TreeMap<>();
    private final List<Promised> out = new ArrayList<>();

    private ShardStore store;
    private ShardMachine machine;
    /** What the running process applied; behind {@code answeredUpTo} while it replays. */
    private long applied;

    private long answeredUpTo;
    private long installed;
    private @Nullable CheckpointJob job;
    private boolean written;

    /** A payload that somebody was given and has not read yet. */
    private record Promised(Payload payload, Bytes expected) {}

    /** What an entry was answered, for those who wait for it. */
    interface Listener {
        void answered(Entry entry, List<Reply> replies);
    }

    SimulatedShard(int id, SplittableRandom random) throws IOException {
        this.id = id;
        this.random = random;
        accounts = new ShardAccounts(id);
        files = new SimulatedFileSystem(random.nextLong());
        ShardStore never = ShardStore.open(new SimulatedFileSystem(0), DIRECTORY);
        twin = new ShardMachine(never);
        never.attach(twin);
        store = ShardStore.open(files, DIRECTORY);
        machine = new ShardMachine(store);
        store.attach(machine);
    }

    @Override
    public ShardAccounts accounts() {
        return accounts;
    }

    // ---- Entries

    @Override
    public void propose(long at, List<Command> commands) {
        journal.append(EntryCodec.encode(at, commands));
    }

    /** Makes durable what was proposed, applies it, and answers. */
    void sync(Listener listener) throws IOException {
        journal.sync();
        while (applied < journal.last()) {
            applyNext(listener);
        }
    }

    private void applyNext(Listener listener) throws IOException {
        long index = applied + 1;
        Bytes bytes = journal.entry(index);
        Entry entry = EntryCodec.decode(index, bytes);
        List<Reply> replies = machine.apply(entry);
        List<Readiness> touched = machine.takeTouched();
        applied = index;
        if (index <= answeredUpTo) {
            same("the replies when replayed to", entry, replies, answered.get(index));
            return;
        }
        same("the replies to", entry, replies, twin.apply(EntryCodec.decode(index, bytes)));
        twin.takeTouched();
        answeredUpTo = index;
        answered.put(index, replies);
        accounts.note(entry, replies);
        for (Readiness readiness : touched) {
            accounts.observe(readiness.partition(), machine, store);
        }
        accounts.observeTopics(machine, store);
        listener.answered(entry, replies);
    }

    @Override
    public List<Departure> departures() {
        return machine.departures(0, Integer.MAX_VALUE);
    }

    @Override
    public long departuresSettledBelow() {
        return machine.departuresSettledBelow();
    }

    @Override
    public int batchCount(Departure departure) {
        return accounts.account(departure.from()).get(departure.position()).batchCount;
    }

    @Override
    public Bytes read(PartitionId partition, Position position, long baseOffset) {
        return ShardAccounts.read(store, partition, position, baseOffset);
    }

    // ---- What is there

    void observeAll() throws IOException {
        accounts.observeAll(machine, store);
        same("the snapshot beside the twin's of", id, machine.snapshot(), twin.snapshot());
    }

    /** Somebody asks for the payload of a message, and takes his time to read it. */
    void promisePayload() {
        List<Kept> all = new ArrayList<>();
        List<PartitionId> of = new ArrayList<>();
        for (Account account : accounts.accounts.values()) {
            for (Kept message : account.kept()) {
                all.add(message);
                of.add(account.id);
            }
        }
        if (!all.isEmpty()) {
            int i = random.nextInt(all.size());
            Kept message = all.get(i);
            LogId log = new LogId(of.get(i), message.position.level());
            out.add(new Promised(store.locate(log, message.baseOffset), message.payload));
        }
    }

    void readPromised() throws IOException {
        for (Promised promised : out) {
            if (random.nextInt(4) == 0) {
                promised.payload.close();
            } else {
                same("a payload promised by", id, promised.payload.read(), promised.expected);
            }
        }
        out.clear();
        checkFiles();
    }

    // ---- Checkpoints

    /** The next step of a checkpoint: freeze, write, install. */
    void checkpoint() throws IOException {
        CheckpointJob under = job;
        if (under == null) {
            job = store.freeze(1, applied, machine.snapshot(), machine);
            written = false;
        } else if (!written) {
            written = write(under);
        } else {
            install(under);
        }
    }

    private boolean write(CheckpointJob under) {
        try {
            under.write();
            return true;
        } catch (IOException _) {
            return false; // It is tried again, perhaps after a crash.
        } finally {
            files.capacity(FAR);
            files.failAfter(FAR);
        }
    }

    private void install(CheckpointJob under) throws IOException {
        store.install(under);
        job = null;
        checkFiles();
        installed = under.index();
        journal.purge(installed, random);
        answered.headMap(installed, true).clear();
        observeAll();
    }

    /** One checkpoint from beginning to end, on a disk in order. */
    void checkpointWhole() throws IOException {
        do {
            checkpoint();
        } while (job != null);
    }

    /** The disk is about to fail, or the power to go. A file that could not be deleted would only cost its space. */
    void diskTrouble() {
        boolean beforeWriting = job != null && !written;
        switch (beforeWriting ? random.nextInt(3) : 0) {
            case 1 -> files.failAfter(random.nextInt(1, 14));
            case 2 -> files.capacity(files.usedBytes() + random.nextInt(3000));
            default -> files.crashAfter(random.nextInt(1, 14));
        }
    }

    /** Nothing is on disk but what the manifest names, unless somebody still reads from it. */
    private void checkFiles() throws IOException {
        if (!out.isEmpty() || job != null) {
            return;
        }
        long manifests = 0;
        long segments = 0;
        long bytes = 0;
        for (Path file : files.files()) {
            if (String.valueOf(file.getFileName()).startsWith("manifest-")) {
                manifests++;
            } else {
                segments++;
                bytes += files.content(file).length;
            }
        }
        same("the segment files of shard", id, segments, (long) store.segmentCount());
        same("the bytes of the segment files of shard", id, bytes, store.segmentBytes());
        same("having one manifest of shard", id, manifests <= 1 && (manifests == 1 || segments == 0), true);
    }

    boolean holdsMessages() {
        return store.segmentCount() > 0 || store.tailBytes() > 0;
    }

    // ---- The end of a process, and the next one

    /** The power is lost: with it what was synced neither in the journal nor on disk. */
    void crash(Listener listener) throws IOException {
        files.crash();
        journal.crash(random);
        if (random.nextInt(5) == 0) {
            files.crashAfter(random.nextInt(1, 4)); // While it recovers.
        }
        recover(listener);
    }

    /** The process is killed: everything that it wrote is there. */
    void kill(Listener listener) throws IOException {
        files.crashAfter(FAR);
        files.failAfter(FAR);
        files.capacity(FAR);
        recover(listener);
    }

    /** The process ends in order, with a last checkpoint. */
    void restart(Listener listener) throws IOException {
        kill(listener);
        checkpointWhole();
        store.close();
        recover(listener);
    }

    private void recover(Listener listener) throws IOException {
        long pending = job == null ? installed : job.index();
        job = null;
        out.clear();
        store = open();
        installed = store.checkpoint().map(Checkpoint::index).orElse(0L) == pending ? pending : installed;
        same(
                "the index of the checkpoint of shard",
                id,
                store.checkpoint().map(Checkpoint::index).orElse(0L),
                installed);
        machine = store.checkpoint()
                .map(found -> ShardMachine.restore(found.state(), store))
                .orElseGet(() -> new ShardMachine(store));
        store.attach(machine);
        machine.takeTouched();
        checkFiles();
        applied = installed;
        while (applied < answeredUpTo) {
            applyNext(listener);
        }
        observeAll();
        journal.sync(); // A leader's first entry makes all before it durable, before any of it is applied.
        while (applied < journal.last()) {
            applyNext(listener);
        }
        observeAll();
    }

    private ShardStore open() throws IOException {
        while (true) {
            try {
                return ShardStore.open(files, DIRECTORY);
            } catch (SimulatedCrash _) {
                files.crash(); // Which takes back what might crash it again.
            }
        }
    }

    /** One bit on the disk is another. Opens it anew and reads everything; whatever can be read must be right. */
    void flipBit(Listener listener) throws IOException {
        List<Path> all = files.files().stream()
                .filter(file -> files.content(file).length > 0)
                .toList();
        if (all.isEmpty()) {
            return;
        }
        Path file = all.get(random.nextInt(all.size()));
        files.flipBit(file, random.nextLong(files.content(file).length * 8L));
        try {
            kill(listener);
            checkpointWhole();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        kill(listener);
    }
}
