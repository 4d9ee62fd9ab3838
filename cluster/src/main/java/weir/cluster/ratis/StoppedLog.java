package weir.cluster.ratis;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftConfigurationProto;
import weir.cluster.replication.GroupId;
import weir.cluster.replication.LogPosition;
import weir.cluster.replication.Member;
import weir.core.Bytes;

/**
 * The log of one group on a node that does not run: read without Ratis, whose members are not there any more, and begun anew for
 * a node that is alone. By that no configuration has to be changed behind Ratis's back.
 */
public final class StoppedLog {
    private final GroupId group;
    private final int node;
    private final Path root;

    private StoppedLog(GroupId group, int node, Path root) {
        this.group = group;
        this.node = node;
        this.root = root;
    }

    /** Takes the entries of a log. */
    public interface Reader {
        void entry(LogPosition position, Bytes entry) throws IOException;
    }

    /**
     * @param raft the directory of all logs of that node
     * @param cluster that it belongs to, or is about to
     */
    public static StoppedLog of(Path raft, UUID cluster, GroupId group, int node) {
        Path root = raft.resolve(RatisEngine.directoryOf(cluster, group));
        return new StoppedLog(
                group, node, Files.exists(root) ? root : raft.resolve(RatisEngine.directoryWithoutCluster(group)));
    }

    /** The same in another place. */
    public StoppedLog copyTo(Path other) throws IOException {
        Path from = root.resolve("current");
        Path to = Files.createDirectories(other.resolve("current"));
        try (var files = Files.newDirectoryStream(from)) {
            for (Path file : files) {
                Files.copy(file, to.resolve(file.getFileName()));
            }
        } catch (NoSuchFileException _) { // A group that was never used.
        }
        return new StoppedLog(group, node, other);
    }

    /**
     * Puts the files in order as a start does, and reads what is behind the checkpoint: everything that is whole, since what was
     * acknowledged may be at the very end.
     *
     * @return where the log ends, which may be an entry that only Ratis understands; the checkpoint if it ends there or before
     * @throws weir.cluster.replication.DamagedLogException if it cannot be what was written
     */
    public LogPosition read(LogPosition checkpoint, Reader reader) throws IOException {
        var files = new LogFiles(group, Peers.idOf(node), root, false);
        files.prepare(checkpoint.index());
        var assembly = new Assembly();
        var end = checkpoint;
        for (var segment : files.wholeSegments()) {
            for (var stored : segment) {
                if (stored.getIndex() <= checkpoint.index()) {
                    continue;
                }
                end = new LogPosition(stored.getTerm(), stored.getIndex());
                if (stored.hasStateMachineLogEntry()) {
                    var piece = Piece.read(stored.getStateMachineLogEntry().getLogData());
                    var entry = assembly.add(piece, null);
                    if (entry.isPresent()) {
                        reader.entry(end, entry.get());
                    }
                }
            }
        }
        return end;
    }

    /**
     * An empty log that goes on after a checkpoint, with this node as its only member, as a node that is alone would have it.
     *
     * @param raft the directory of all logs
     */
    public static void begin(Path raft, GroupId group, int node, LogPosition checkpoint) throws IOException {
        Path root = raft.resolve(RatisEngine.directoryWithoutCluster(group));
        Path current = Files.createDirectories(root.resolve("current"));
        var self = Peers.peerOf(new Member(node, "", 0), 0).getRaftPeerProto();
        var members = LogEntryProto.newBuilder()
                .setTerm(checkpoint.term())
                .setIndex(checkpoint.index())
                .setConfigurationEntry(RaftConfigurationProto.newBuilder().addPeers(self))
                .build();
        write(current.resolve("raft-meta.conf"), members.toByteArray());
        String vote = "term=" + checkpoint.term() + "\nvotedFor=" + Peers.idOf(node) + "\n";
        write(current.resolve("raft-meta"), vote.getBytes(StandardCharsets.UTF_8));
        for (Path directory : new Path[] {current, root, raft}) {
            try (var channel = FileChannel.open(directory, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }

    private static void write(Path file, byte[] content) throws IOException {
        Files.write(file, content);
        try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
    }
}
