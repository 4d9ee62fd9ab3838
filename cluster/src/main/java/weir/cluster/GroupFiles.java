package weir.cluster;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.SortedSet;
import weir.cluster.damage.Holdings;
import weir.cluster.forming.Identity;
import weir.cluster.replication.GroupId;

/** Which groups have files in a node's data directory, and where. */
final class GroupFiles {
    private static final String CATALOG = "catalog";
    private static final String SHARD = "shard-";
    private static final String OPENED = "opened";

    private final Path data;
    private final Holdings holdings;

    GroupFiles(Path data, Holdings holdings) {
        this.data = data;
        this.holdings = holdings;
    }

    /** The groups that have files here, or had some and lost them. */
    SortedSet<GroupId> held() throws IOException {
        SortedSet<GroupId> groups = holdings.all();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(data, SHARD + "*")) {
            for (Path path : found) {
                String number = String.valueOf(path.getFileName()).substring(SHARD.length());
                if (!number.matches("\\d{1,9}")) {
                    throw new IOException(
                            "\"" + path + "\" is not a shard's directory; move it out of the data directory");
                }
                groups.add(GroupId.shard(Integer.parseInt(number)));
            }
        }
        return groups;
    }

    /** Where a group's manifests and segments are; its log is elsewhere, and the engine's. */
    Path storeOf(GroupId group) {
        return data.resolve(group.equals(GroupId.CATALOG) ? CATALOG : SHARD + (group.number() - 1));
    }

    /**
     * Whether the node has had all its groups open before: from then on a group without files here is one that was dropped, and
     * never one to be founded. A directory from before there were clusters has no mark, and no founders either.
     */
    static boolean wasOpen(Path data, Optional<Identity> known) {
        boolean before = known.isPresent() && known.get().founders().isEmpty() && Files.exists(data.resolve(CATALOG));
        return before || Files.exists(data.resolve(OPENED));
    }

    /**
     * Once every group knows its members from its own log, it needs no founders any more: says so for ever. Before that a restart
     * has to name them again, since a group that was never led keeps nothing of them.
     */
    void markOpened() throws IOException {
        Path mark = data.resolve(OPENED);
        if (!Files.exists(mark)) {
            Files.createFile(mark);
            try (FileChannel directory = FileChannel.open(data, StandardOpenOption.READ)) {
                directory.force(true);
            }
        }
    }
}
