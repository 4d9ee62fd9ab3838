package weir.cluster.restore;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import weir.cluster.forming.Identity;
import weir.cluster.forming.IdentityFile;
import weir.cluster.placement.Node;
import weir.cluster.placement.ShardPlacement;
import weir.cluster.ratis.StoppedLog;
import weir.cluster.replication.GroupId;
import weir.cluster.replication.LogPosition;
import weir.core.Bytes;
import weir.core.LogId;
import weir.core.catalog.CatalogCommand;
import weir.core.catalog.CatalogEntry;
import weir.core.catalog.CatalogMachine;
import weir.core.catalog.Definition;
import weir.core.codec.CatalogCodec;
import weir.core.codec.EntryCodec;
import weir.core.shard.MessageLog;
import weir.core.shard.ShardMachine;
import weir.storage.CheckpointJob;
import weir.storage.DiskFileSystem;
import weir.storage.ShardStore;

/**
 * Makes the data directory of a new node that is alone from copies of nodes that are lost.
 *
 * <p>Of each group the copy that has come furthest is taken: its checkpoint, and all that its log holds after it, also entries
 * of which that node had not heard yet that they are committed, since others may have been told so. The result is a checkpoint of
 * each group, an empty log that goes on after it, and a cluster of another name: nobody who comes back from the old one can be taken
 * for a member.
 */
public final class Restore {
    private static final LogPosition NOTHING = new LogPosition(0, -1);
    private static final String WORK = "work";

    /** A checkpoint is made after so much was applied, so that memory is bounded as in a server. */
    private static final long TAIL_BYTES = 16L * 1024 * 1024;

    private static final MessageLog.Liveness NO_MESSAGES = new MessageLog.Liveness() {
        @Override
        public boolean anyLive(LogId log, long from, long to) {
            return false;
        }

        @Override
        public long countLive(LogId log, long from, long to) {
            return 0;
        }
    };

    /** What was found. */
    public record Restored(int queues, int shards, UUID cluster) {}

    private final List<Copy> copies;
    private final Target to;
    private final int node;
    private final int shards;

    private Restore(List<Copy> copies, Target to, int node) {
        this.copies = copies;
        this.to = to;
        this.node = node;
        this.shards = copies.getFirst().identity().shards();
    }

    /**
     * @param directories copies of data directories of one cluster, at least one; not changed
     * @param directory new or empty
     * @param node the number of the node that it becomes
     */
    public static Restored make(List<Path> directories, Path directory, int node) throws IOException, RestoreException {
        List<Copy> copies = new ArrayList<>();
        for (Path each : directories) {
            if (directory
                    .toAbsolutePath()
                    .normalize()
                    .startsWith(each.toAbsolutePath().normalize())) {
                throw new RestoreException("\"" + directory + "\" lies in the copy \"" + each
                        + "\"; allowed is a directory outside of it, which becomes the new data directory");
            }
            copies.add(Copy.of(each));
        }
        requireOneCluster(copies);
        requireAllGroups(copies);
        Target to = Target.begin(directory);
        Restored restored = new Restore(copies, to, node).make();
        to.finish();
        return restored;
    }

    private static void requireOneCluster(List<Copy> copies) throws RestoreException {
        for (Copy copy : copies) {
            if (!copy.identity().cluster().equals(copies.getFirst().identity().cluster())) {
                throw new RestoreException("\"" + copies.getFirst().directory() + "\" is of cluster "
                        + copies.getFirst().identity().cluster() + " and \"" + copy.directory() + "\" of "
                        + copy.identity().cluster() + "; allowed are copies of nodes of one cluster");
            }
        }
    }

    private static void requireAllGroups(List<Copy> copies) throws RestoreException {
        List<String> missing = new ArrayList<>();
        for (int number = 0; number <= copies.getFirst().identity().shards(); number++) {
            GroupId group = new GroupId(number);
            if (copies.stream().noneMatch(copy -> copy.has(group))) {
                missing.add(group.toString());
            }
        }
        if (!missing.isEmpty()) {
            throw new RestoreException("of the " + String.join(" and the ", missing) + " there is no replica in "
                    + copies.stream()
                            .map(copy -> "\"" + copy.directory() + "\"")
                            .toList()
                    + "; name a copy of a node that had one, too (weir cluster status shows where they are)");
        }
    }

    private Restored make() throws IOException, RestoreException {
        CatalogMachine catalog = catalog();
        for (int shard = 0; shard < shards; shard++) {
            shard(GroupId.shard(shard));
        }
        Trees.delete(to.directory().resolve(WORK));
        Identity identity = new Identity(UUID.randomUUID(), shards, node, List.of());
        IdentityFile file = new IdentityFile(to.directory());
        file.write(identity);
        file.note(catalog.edition().edition());
        return new Restored(catalog.all().size(), shards, identity.cluster());
    }

    /**
     * A replica's files, in the place where they are worked on: what a server does when it opens them changes them.
     *
     * @param end of the log, or of the checkpoint if that is further
     */
    private record Candidate(Path store, StoppedLog log, LogPosition checkpoint, LogPosition end) {
        boolean isFurtherThan(Candidate other) {
            return end.term() != other.end.term() ? end.term() > other.end.term() : end.index() > other.end.index();
        }
    }

    /** The replica whose log ends last; the others are deleted. */
    private Candidate furthest(GroupId group) throws IOException, RestoreException {
        @Nullable Candidate best = null;
        for (Copy copy : copies) {
            if (copy.has(group)) {
                Candidate next = candidate(copy, group);
                best = best == null || next.isFurtherThan(best) ? next : best;
            }
        }
        if (best == null) {
            throw new RestoreException("there is no replica of the " + group);
        }
        Path store = to.directory().resolve(Copy.storeOf(group));
        Files.move(best.store, store);
        return new Candidate(store, best.log, best.checkpoint, best.end);
    }

    private Candidate candidate(Copy copy, GroupId group) throws IOException {
        Path work = to.directory().resolve(WORK).resolve(group.number() + "-of-" + copies.indexOf(copy));
        Path store = Files.createDirectories(work.resolve("store"));
        for (String file : Trees.names(copy.store(group))) {
            Trees.copy(copy.store(group).resolve(file), store.resolve(file));
        }
        Trees.sync(store);
        LogPosition checkpoint;
        try (ShardStore there = ShardStore.open(new DiskFileSystem(), store)) {
            checkpoint = there.checkpoint()
                    .map(found -> new LogPosition(found.term(), found.index()))
                    .orElse(NOTHING);
        }
        StoppedLog log = copy.log(group).copyTo(work.resolve("log"));
        return new Candidate(store, log, checkpoint, log.read(checkpoint, (_, _) -> {}));
    }

    private CatalogMachine catalog() throws IOException, RestoreException {
        Candidate from = furthest(GroupId.CATALOG);
        try (ShardStore store = ShardStore.open(new DiskFileSystem(), from.store)) {
            CatalogMachine machine = store.checkpoint()
                    .map(found -> CatalogMachine.restore(found.state()))
                    .orElseGet(() -> new CatalogMachine(shards));
            store.attach(NO_MESSAGES);
            var _ = from.log.read(from.checkpoint, (position, bytes) -> {
                CatalogEntry entry = CatalogCodec.decode(position.index(), bytes);
                for (CatalogCommand command : entry.commands()) {
                    var _ = machine.apply(position.index(), entry.atMillis(), command);
                }
            });
            LogPosition end = new LogPosition(from.end.term(), from.end.index() + 1);
            for (Definition each : List.copyOf(machine.allDefinitions())) {
                if (each.kind().equals(Node.KIND) || each.kind().equals(ShardPlacement.KIND)) {
                    // The nodes of the lost cluster, and what was on them; the new node says where it is when it
                    // starts.
                    var _ = machine.apply(end.index(), 0, new CatalogCommand.Undefine(each.kind(), each.name()));
                }
            }
            checkpoint(store, end, machine.snapshot(), NO_MESSAGES);
            begin(GroupId.CATALOG, end);
            return machine;
        }
    }

    private void shard(GroupId group) throws IOException, RestoreException {
        Candidate from = furthest(group);
        try (ShardStore store = ShardStore.open(new DiskFileSystem(), from.store)) {
            ShardMachine machine = store.checkpoint()
                    .map(found -> ShardMachine.restore(found.state(), store))
                    .orElseGet(() -> new ShardMachine(store));
            store.attach(machine);
            LogPosition end = from.log.read(from.checkpoint, (position, bytes) -> {
                var _ = machine.apply(EntryCodec.decode(position.index(), bytes));
                var _ = machine.takeTouched();
                if (store.tailBytes() > TAIL_BYTES) {
                    checkpoint(store, position, machine.snapshot(), machine);
                }
            });
            if (end.index() > NOTHING.index()) { // Else the shard was never used, and begins as a new one.
                checkpoint(store, end, machine.snapshot(), machine);
                begin(group, end);
            }
        }
    }

    private static void checkpoint(ShardStore store, LogPosition at, Bytes state, MessageLog.Liveness liveness)
            throws IOException {
        CheckpointJob job = store.freeze(at.term(), at.index(), state, liveness);
        job.write();
        store.install(job);
    }

    private void begin(GroupId group, LogPosition end) throws IOException {
        StoppedLog.begin(Files.createDirectories(to.directory().resolve("raft")), group, node, end);
    }
}
