package weir.cluster.ratis;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.rpc.SupportedRpcType;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.util.SizeInBytes;
import org.apache.ratis.util.TimeDuration;
import weir.cluster.peer.PeerCalls;

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

    /** Between notes how far logs have come. What is lost of a log shows if it was there for so long. */
    static final Duration NOTES_APART = Duration.ofSeconds(1);

    static final int ELECTION_MIN_MILLIS = 800;
    static final int ELECTION_MAX_MILLIS = 1_400;

    /** What a receiver takes before it has read; four of the largest appends. */
    static final int FLOW_CONTROL_BYTES = 2 * MIB;

    private RatisSettings() {}

    static RaftProperties properties(Path directory, Optional<ClusterTransport> transport) {
        var properties = new RaftProperties();
        files(properties, directory);
        log(properties);
        limits(properties);
        transport.ifPresentOrElse(listening -> cluster(properties, listening.bind()), () -> alone(properties));
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
        RaftServerConfigKeys.Snapshot.setTriggerWhenRemoveEnabled(properties, false);
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

    private static void cluster(RaftProperties properties, InetSocketAddress bind) {
        properties.set("raft.rpc.type", SupportedRpcType.GRPC.name());
        GrpcConfigKeys.Server.setHost(properties, bind.getHostString());
        GrpcConfigKeys.Server.setPort(properties, bind.getPort());
        failover(properties);
        toFollowers(properties);
        membership(properties);
    }

    private static void failover(RaftProperties properties) {
        // A follower notices a dead leader after one to two of these (Ratis looks only when a sleep of such a length
        // ends),
        // and an idle leader sends a heartbeat every half of the lesser one. Shorter ones take a pause of the leader's
        // process for its death.
        RaftServerConfigKeys.Rpc.setTimeoutMin(properties, millis(ELECTION_MIN_MILLIS));
        RaftServerConfigKeys.Rpc.setTimeoutMax(properties, millis(ELECTION_MAX_MILLIS));
        // After the start: longer than a leader's heartbeats are apart. Where there is one, its followers refuse the
        // vote.
        RaftServerConfigKeys.Rpc.setFirstElectionTimeoutMin(properties, millis(ELECTION_MIN_MILLIS * 6 / 10));
        RaftServerConfigKeys.Rpc.setFirstElectionTimeoutMax(properties, millis(ELECTION_MIN_MILLIS));
        // [3 s] Of one append or vote. An append on a busy disk may take longer, and a vote waits for the fsync of one.
        RaftServerConfigKeys.Rpc.setRequestTimeout(properties, millis(5_000));
        // [true] A node that was cut off does not depose a leader whom the others hear.
        RaftServerConfigKeys.LeaderElection.setPreVote(properties, true);
        // [10 s] How long a leader that lost its majority leaves it to the others to stand, and after which pause of
        // its
        // process it steps down unasked. After a pause of an election timeout there is another leader or soon will be.
        RaftServerConfigKeys.LeaderElection.setLeaderStepDownWaitTime(properties, millis(2 * ELECTION_MAX_MILLIS));
        // [60 s] After it Ratis stops hurrying to a follower that does not answer; one that is dead costs less CPU
        // then.
        RaftServerConfigKeys.Rpc.setSlownessTimeout(properties, millis(10_000));
        // [1ms,10, 1s,20, 5s,1000: pause,times] Between attempts at a follower that fails; one that comes back is to be
        // heard within an election timeout, else it stands for election itself.
        RaftServerConfigKeys.Log.Appender.setRetryPolicy(properties, "1ms,10, 250ms,1000000");
    }

    private static void toFollowers(RaftProperties properties) {
        // [1 ms] A forced pause between two appends.
        RaftServerConfigKeys.Log.Appender.setWaitTimeMin(properties, millis(0));
        // [true] Heartbeats have a connection of their own and do not queue behind bulk data.
        GrpcConfigKeys.Server.setHeartbeatChannel(properties, true);
        // [64 MB] The largest message of the listener, which is that of peer calls and what gRPC puts around it.
        GrpcConfigKeys.setMessageSizeMax(properties, SizeInBytes.valueOf(PeerCalls.BYTES_MAX + MIB));
        // [1 MB] More than one append on its way, so that the next one need not wait for the follower's reading.
        GrpcConfigKeys.setFlowControlWindow(properties, SizeInBytes.valueOf(FLOW_CONTROL_BYTES));
        // [8] Appends without an answer for each follower and group, of half a megabyte at most.
        GrpcConfigKeys.Server.setLeaderOutstandingAppendsMax(properties, 16);
        // [true] A checkpoint is a matter of the replicas: the follower is told that it needs one and fetches it.
        RaftServerConfigKeys.Log.Appender.setInstallSnapshotEnabled(properties, false);
        // Of 8 MB each, beside the open one: a follower that lags by a second is served from memory, not by reading a
        // whole segment for each entry. At ordinary load as much as the replicas' own tail holds.
        RaftServerConfigKeys.Log.setSegmentCacheNumMax(properties, 2);
        // [64 MB] More than may be proposed at a time (see limits), so that it is never full: a proposer would wait
        // with
        // the lock in its hands that heartbeats and votes need, and leadership would be lost to load.
        properties.set(RaftServerConfigKeys.Log.QUEUE_BYTE_LIMIT_KEY, "96MB");
    }

    private static void membership(RaftProperties properties) {
        // [1000] A new member votes once it lacks no more entries than this. Entries are batches of up to 128 KiB.
        RaftServerConfigKeys.setStagingCatchupGap(properties, 100);
        // [3 election timeouts] A new member that does not answer for this long is not taken.
        RaftServerConfigKeys.setStagingTimeout(properties, millis(10_000));
    }

    private static TimeDuration millis(int millis) {
        return TimeDuration.valueOf(millis, TimeUnit.MILLISECONDS);
    }
}
