package weir.cluster.ratis;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.thirdparty.com.google.protobuf.InvalidProtocolBufferException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import weir.cluster.replication.DamagedLogException;
import weir.cluster.replication.GroupId;

/**
 * The files of one group's log, put in order before Ratis opens them, because Ratis alone does too little or too much after
 * a crash:
 * <ul>
 *   <li>A log with a torn end it either refuses to open or, told to be lenient, it silently drops everything behind a
 *       flipped bit. {@link SegmentScan} tells the two apart: the torn end is cut off, damage stops the start.
 *   <li>A purge deletes the newest file first, so a crash in its midst leaves a gap, which Ratis refuses.
 *   <li>A group that was made but has no entry yet has no members either, and would wait for them for ever.
 *   <li>A log that has lost its files is an empty log to it, whose node votes as if it had never held anything. So {@link
 *       #reached} keeps a note beside it of how far it has come.
 * </ul>
 */
final class LogFiles {
    private static final Logger LOG = LoggerFactory.getLogger(LogFiles.class);

    /** Ratis's names: {@code log_<first>-<last>} for closed segments, {@code log_inprogress_<first>} for the open one. */
    private static final Pattern NAME = Pattern.compile("log_(?:inprogress_(\\d{1,18})|(\\d{1,18})-(\\d{1,18}))");

    /** The two lines of raft-meta, a file of Java's properties. The vote is empty if it was given to nobody yet. */
    private static final Pattern TERM = Pattern.compile("(?m)^term=\\d{1,18}\\r?$");

    private static final Pattern VOTE = Pattern.compile("(?m)^votedFor=(?:node-\\d{1,5})?\\r?$");

    private final GroupId group;
    private final RaftPeerId node;
    private final Path root;
    private final Path current;

    /** Beside what is Ratis's own: an index that was in this log, and committed. At least that of the newest configuration. */
    private final Path reached;

    private final boolean alone;

    /** @param alone whether this node is the only member of its groups, so that nobody relies on a vote that it gave */
    LogFiles(GroupId group, RaftPeerId node, Path root, boolean alone) {
        this.group = group;
        this.node = node;
        this.root = root;
        this.alone = alone;
        this.current = root.resolve("current");
        this.reached = root.resolve("reached");
    }

    /** @param last the index after the newest entry, for the open segment, until it has been scanned: unknown */
    private record Segment(Path file, long first, long last, boolean open) {}

    /**
     * @param checkpoint the index of the replica's checkpoint; -1 if there is none
     * @throws DamagedLogException if what is there cannot be what was written
     */
    void prepare(long checkpoint) throws IOException {
        long known = readReached();
        if (!Files.exists(current.resolve("raft-meta"))) {
            if (checkpoint >= 0) {
                throw new DamagedLogException(
                        "the checkpoint of " + group + " ends at entry " + checkpoint + ", but its log is missing in "
                                + root + "; restore that directory, or remove the checkpoint too");
            }
            requireReached(known, -1);
            deleteUnused();
            return;
        }
        checkVote();
        checkConfiguration();
        var segments = withoutCheckpointed(segments(), checkpoint);
        long next = checkpoint + 1;
        boolean anyEntry = false;
        for (var segment : segments) {
            if (segment.first() > next) {
                throw new DamagedLogException("the log of " + group + " lacks the entries from " + next + " to "
                        + (segment.first() - 1) + ": a file before " + segment.file() + " is missing");
            }
            var scan = new SegmentScan(group, segment.file(), segment.first());
            next = (segment.open() ? scan.endOfOpen() : scan.endOfClosed(segment.last()));
            anyEntry |= next > segment.first();
        }
        requireReached(known, next - 1);
        if (!anyEntry && checkpoint < 0) {
            deleteUnused();
        }
    }

    /** After {@link #prepare}: what each file holds, in order. One file's entries are in memory at a time. */
    Iterable<List<LogEntryProto>> wholeSegments() throws IOException {
        var segments = Files.exists(current) ? segments() : List.<Segment>of();
        return () -> segments.stream()
                .map(segment -> new SegmentScan(group, segment.file(), segment.first()).entries())
                .iterator();
    }

    private void requireReached(long known, long last) throws DamagedLogException {
        if (known > last) {
            throw new DamagedLogException("the log of " + group + " in " + root + " had come to entry " + known
                    + " at least, and now ends " + (last < 0 ? "before its first" : "at " + last)
                    + ": files of it are missing. Restore that directory from another replica or a backup");
        }
    }

    /** -1 if there is no note: an older log, or one that had no configuration yet. */
    private long readReached() throws IOException {
        if (!Files.exists(reached)) {
            return -1;
        }
        String text = Files.readString(reached);
        // A loss of power may leave the size of the newer note and not its digits: zeros stand there instead.
        int zeros = text.indexOf('\0');
        text = (zeros < 0 ? text : text.substring(0, zeros)).strip();
        if (text.isEmpty()) {
            return -1;
        }
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException _) {
            throw new DamagedLogException("the log of " + group + " is damaged: " + reached + " holds no number");
        }
    }

    /**
     * The entry at this index is committed, and in this node's own log. Ratis's raft-meta.conf does not say that: it is also
     * written, with the leader's newest configuration, before a checkpoint is taken over.
     */
    synchronized void reached(long index) throws IOException {
        if (readReached() >= index) {
            return; // It is replayed.
        }
        Path unfinished = root.resolve("reached.tmp");
        try (var file = FileChannel.open(
                unfinished,
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE)) {
            file.write(StandardCharsets.US_ASCII.encode(Long.toString(index)));
            file.force(true);
        }
        Files.move(unfinished, reached, StandardCopyOption.ATOMIC_MOVE);
        try (var directory = FileChannel.open(root, StandardOpenOption.READ)) {
            directory.force(true);
        }
    }

    /**
     * As {@link #reached}, of any entry, from time to time: so a log that lost its newest file or its end is no shorter log.
     * It is written over the note in place and not synced, which costs next to nothing. What a crash may leave of it are some
     * of its digits, the first ones, or of the older note, and zeros behind them, or nothing: less than was reached, never more.
     */
    synchronized void passed(long index) throws IOException {
        if (alone || !Files.exists(reached)) {
            return; // Who is alone could not be mended; a group that nobody has joined yet has promised nothing.
        }
        long known = readReached();
        if (index > known) {
            try (var file = FileChannel.open(reached, StandardOpenOption.WRITE)) {
                file.write(StandardCharsets.US_ASCII.encode(Long.toString(index)), 0);
            }
        }
    }

    /** As {@link weir.cluster.replication.ReplicationEngine#membersOnDisk}. */
    List<Integer> members() {
        try {
            return members(Files.readAllBytes(current.resolve("raft-meta.conf"))).stream()
                    .flatMapToInt(name -> Peers.nodeOf(RaftPeerId.valueOf(name)).stream())
                    .boxed()
                    .toList();
        } catch (IOException e) {
            LOG.debug("{} has no configuration in {}", group, root, e);
            return List.of();
        }
    }

    /** What Ratis writes here has no checksum; a digit that changed into another is not noticed. */
    private void checkVote() throws IOException {
        Path file = current.resolve("raft-meta");
        String text = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        boolean sound = TERM.matcher(text).find() && VOTE.matcher(text).find();
        if (!sound) {
            throw new DamagedLogException("the log of " + group + " is damaged: " + file
                    + " does not say for whom this node has voted. Restore the directory " + root
                    + " from a backup, or, if the group has other members, remove it");
        }
    }

    /** Ratis writes this file atomically, has no checksum in it, and fails without naming it. */
    private void checkConfiguration() throws IOException {
        Path file = current.resolve("raft-meta.conf");
        if (!Files.exists(file)) {
            return;
        }
        var members = members(Files.readAllBytes(file));
        if (alone && members.size() > 1) {
            throw new IOException("the log of " + group + " in " + root + " is shared with other nodes, " + members
                    + "; start this node with its cluster address");
        }
        if (members.isEmpty() || (alone && !members.contains(node.toString()))) {
            throw new DamagedLogException("the log of " + group + " is damaged: " + file
                    + " does not name the members of the group. Restore the directory " + root
                    + " from a backup, or, if the group has other members, remove it");
        }
    }

    /** The names in a configuration; none if it is not one. */
    private static List<String> members(byte[] bytes) {
        try {
            var configuration = LogEntryProto.parseFrom(bytes).getConfigurationEntry();
            return Stream.concat(configuration.getPeersList().stream(), configuration.getListenersList().stream())
                    .map(peer -> peer.getId().toStringUtf8())
                    .toList();
        } catch (InvalidProtocolBufferException _) {
            return List.of();
        }
    }

    private List<Segment> segments() throws IOException {
        var found = new ArrayList<Segment>();
        try (var files = Files.list(current)) {
            for (var file : (Iterable<Path>) files::iterator) {
                Matcher name = NAME.matcher(file.getFileName().toString());
                if (name.matches()) {
                    found.add(
                            name.group(1) != null
                                    ? new Segment(file, Long.parseLong(name.group(1)), Long.MAX_VALUE, true)
                                    : new Segment(
                                            file, Long.parseLong(name.group(2)), Long.parseLong(name.group(3)), false));
                }
            }
        }
        found.sort(Comparator.comparingLong(Segment::first));
        return found;
    }

    /** Finishes the purge that a crash may have interrupted, and spares Ratis the reading of what nobody needs. */
    private static List<Segment> withoutCheckpointed(List<Segment> segments, long checkpoint) throws IOException {
        var needed = new ArrayList<Segment>();
        for (var segment : segments) {
            if (segment.last() <= checkpoint) {
                Files.delete(segment.file());
            } else {
                needed.add(segment);
            }
        }
        return needed;
    }

    /**
     * Nothing was ever acknowledged here: the first entry of a group is the one that names its members. In a cluster the
     * directory may hold a vote, which is kept.
     */
    private void deleteUnused() throws IOException {
        if (!alone || !Files.exists(root)) {
            return;
        }
        LOG.info("{} was made but never used; starting it anew in {}", group, root);
        delete(root);
    }

    static void delete(Path root) throws IOException {
        if (!Files.exists(root)) {
            return;
        }
        List<Path> all;
        try (var files = Files.walk(root)) {
            all = files.sorted(Comparator.reverseOrder()).toList();
        }
        for (var file : all) {
            Files.delete(file);
        }
    }
}
