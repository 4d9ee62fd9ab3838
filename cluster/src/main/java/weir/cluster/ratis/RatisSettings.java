package weir.cluster.ratis;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.rpc.SupportedRpcType;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.util.SizeInBytes;
import org.apache.ratis.util.TimeDuration;

/** Every setting of Ratis that is not left at its default, each with its reason. [Brackets] hold the default of 3.3.0. */
final class RatisSettings {
    private static final int MIB = 1024 * 1024;

    /**
     * The largest piece of an entry that becomes one entry of Ratis. Ratis allocates, and touches, a write buffer of the
     * largest entry for every group, so 16 MiB would cost 80 MiB of memory on an idle node with five groups. Measured: entries
     * of 16 MiB in such pieces are written as fast (285 MB/s) as whole ones of 128 KiB.
     */
    static final int PIECE_BYTES_MAX = 512 * 1024;

    /**
     * Room for what stands around a piece: Ratis's own fields (less than 100 bytes) and its frame. It must be there: 3.3.0
     * writes an entry that leaves less than 8 bytes of the limit, but refuses to read it back (SegmentedRaftLogReader
     * counts the frame, RaftLogBase does not).
     */
    private static final int AROUND_PIECE_BYTES = 4 * 1024;

    /** The limit of one entry of Ratis as it stands in the log. */
    static final int LOG_ENTRY_BYTES_MAX = PIECE_BYTES_MAX + AROUND_PIECE_BYTES;

    /**
     * An fsync at the latest after this many entries [128]. Bounds the latency of one commit under load, and tells {@link
     * LogFiles} how many entries at the end of a log can be unsynced.
     */
    static final int FORCE_SYNC_ENTRIES = 16;

    private RatisSettings() {}

    static RaftProperties properties(Path directory, Optional<InetSocketAddress> clusterAddress) {
        var properties = new RaftProperties();
        files(properties, directory);
        log(properties);
        limits(properties);
        clusterAddress.ifPresentOrElse(address -> cluster(properties, address), () -> alone(properties));
        return properties;
    }

    private static void files(RaftProperties properties, Path directory) {
        // One directory, never the default (the system's temporary one, which does not survive a restart).
        RaftServerConfigKeys.setStorageDir(properties, List.of(directory.toFile()));
        // Beside it rather than in it: every directory in it that is named by a UUID is taken for a group at start.
        RaftServerConfigKeys.setRemovedGroupsDir(
                properties, directory.resolve("removed").toFile());
    }

    private static void log(RaftProperties properties) {
        // [4 MB, 8 MB] See PIECE_BYTES_MAX. The buffer must hold the largest entry and its frame.
        RaftServerConfigKeys.Log.Appender.setBufferByteLimit(properties, SizeInBytes.valueOf(LOG_ENTRY_BYTES_MAX));
        RaftServerConfigKeys.Log.setWriteBufferSize(properties, SizeInBytes.valueOf(LOG_ENTRY_BYTES_MAX + 64));
        RaftServerConfigKeys.Log.setForceSyncNum(properties, FORCE_SYNC_ENTRIES);

        // [32 MB] The unit in which the log is deleted, and what the open segment may keep in memory for each group.
        RaftServerConfigKeys.Log.setSegmentSizeMax(properties, SizeInBytes.valueOf(8 * MIB));
        // [6, 200 MB] Closed segments whose entries stay in memory once applied. None: the state machine has its own
        // tail.
        RaftServerConfigKeys.Log.setSegmentCacheNumMax(properties, 0);
        RaftServerConfigKeys.Log.setSegmentCacheSizeMax(properties, SizeInBytes.valueOf(16 * MIB));
        // [4 MB] Ratis "preallocates" by writing zeros, so this much is written twice whenever the file grows.
        RaftServerConfigKeys.Log.setPreallocatedSize(properties, SizeInBytes.valueOf(MIB));
        // [true] Would add an entry with an fsync of its own after every commit.
        RaftServerConfigKeys.Log.setLogMetadataEnabled(properties, false);
        // [EXCEPTION] The other choice drops everything after a flipped bit. A torn end is cut off by LogFiles
        // beforehand.
        RaftServerConfigKeys.Log.setCorruptionPolicy(properties, RaftServerConfigKeys.Log.CorruptionPolicy.EXCEPTION);

        // [1024] Entries are batches, so a thousand of them may be 128 MB. Purge whenever a checkpoint allows it.
        RaftServerConfigKeys.Log.setPurgeGap(properties, 1);
        // [false] A dead follower must not pin the log of every group; it gets a checkpoint instead.
        RaftServerConfigKeys.Log.setPurgeUptoSnapshotIndex(properties, true);
        // [false] Checkpoints are ours to make, also at the end.
        RaftServerConfigKeys.Snapshot.setAutoTriggerEnabled(properties, false);
        RaftServerConfigKeys.Snapshot.setTriggerWhenStopEnabled(properties, false);
    }

    private static void limits(RaftProperties properties) {
        // [64 MB] Between a proposer and the disk. When it is full the proposer waits, which is the back-pressure
        // wanted.
        properties.set(RaftServerConfigKeys.Log.QUEUE_BYTE_LIMIT_KEY, "16MB");
        // [64 MB, 4096] Proposed and not yet applied; beyond it a proposal is refused as OVERLOADED. Three largest
        // entries.
        RaftServerConfigKeys.Write.setByteLimit(properties, SizeInBytes.valueOf(64 * MIB));
        RaftServerConfigKeys.Write.setElementLimit(properties, 4096);
        // [60 s] Answers kept for repeated calls. We never repeat a call, so they are waste.
        RaftServerConfigKeys.RetryCache.setExpiryTime(properties, TimeDuration.ONE_SECOND);
        // [60 s] Ratis shuts the server down after a pause this long. A laptop that slept may go on: leases are by our
        // clock.
        RaftServerConfigKeys.setCloseThreshold(properties, TimeDuration.valueOf(365, TimeUnit.DAYS));
    }

    /** One peer for each group: it elects itself at once, and there is nobody else for whom it would have to step down. */
    private static void alone(RaftProperties properties) {
        properties.set("raft.rpc.type", LocalRpc.class.getName());
        RaftServerConfigKeys.Rpc.setFirstElectionTimeoutMin(properties, millis(1));
        RaftServerConfigKeys.Rpc.setFirstElectionTimeoutMax(properties, millis(2));
        // [10 s] Stepping down after a long pause protects from a second leader; here there can be none.
        RaftServerConfigKeys.LeaderElection.setLeaderStepDownWaitTime(
                properties, TimeDuration.valueOf(365, TimeUnit.DAYS));
    }

    private static void cluster(RaftProperties properties, InetSocketAddress address) {
        properties.set("raft.rpc.type", SupportedRpcType.GRPC.name());
        GrpcConfigKeys.Server.setHost(properties, address.getHostString());
        GrpcConfigKeys.Server.setPort(properties, address.getPort());
        RaftServerConfigKeys.Rpc.setFirstElectionTimeoutMin(properties, millis(300));
        RaftServerConfigKeys.Rpc.setFirstElectionTimeoutMax(properties, millis(600));
        // [150/300 ms] Leaders were lost at 1.5 to 2.5 s on busy machines.
        RaftServerConfigKeys.Rpc.setTimeoutMin(properties, millis(3_000));
        RaftServerConfigKeys.Rpc.setTimeoutMax(properties, millis(5_000));
        // [3 s] An append on a busy disk may take longer.
        RaftServerConfigKeys.Rpc.setRequestTimeout(properties, millis(10_000));
        // [1 ms] A forced pause between two appends.
        RaftServerConfigKeys.Log.Appender.setWaitTimeMin(properties, millis(0));
        // [false] Heartbeats must not queue behind bulk data.
        GrpcConfigKeys.Server.setHeartbeatChannel(properties, true);
    }

    private static TimeDuration millis(int millis) {
        return TimeDuration.valueOf(millis, TimeUnit.MILLISECONDS);
    }
}
