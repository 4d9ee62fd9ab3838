package weir.cluster.ratis;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.util.SizeInBytes;
import weir.cluster.replication.GroupId;
import weir.cluster.replication.Member;
import weir.cluster.replication.ReplicatedLog;
import weir.core.Bytes;

/** An engine with one group and small files, so that a test sees many of them. */
final class TestEngine implements AutoCloseable {
    static final GroupId GROUP = GroupId.shard(0);
    static final Member SELF = new Member(1, "", 0);
    static final int SEGMENT_BYTES = 24 * 1024;

    final ReplicatedLog log;
    final Recorder replica;
    final BlockingQueue<Throwable> failures = new LinkedBlockingQueue<>();
    private final RatisEngine engine;

    private TestEngine(Path directory, Recorder replica) throws IOException {
        this.replica = replica;
        engine = engine(directory, failures);
        log = engine.open(GROUP, replica, List.of(SELF));
    }

    static RatisEngine engine(Path directory, BlockingQueue<Throwable> failures) throws IOException {
        return engine(directory, failures, SEGMENT_BYTES);
    }

    static RatisEngine engine(Path directory, BlockingQueue<Throwable> failures, int segmentBytes) throws IOException {
        var properties = RatisSettings.properties(directory, Optional.empty());
        RaftServerConfigKeys.Log.setSegmentSizeMax(properties, SizeInBytes.valueOf(segmentBytes));
        return new RatisEngine(directory, SELF, Optional.empty(), (_, cause) -> failures.add(cause), properties);
    }

    static TestEngine start(Path directory) throws IOException, InterruptedException {
        return start(directory, new Recorder());
    }

    /** Returns when the replica has been given everything in the log. */
    static TestEngine start(Path directory, Recorder replica) throws IOException, InterruptedException {
        var started = new TestEngine(directory, replica);
        try {
            started.engine.start();
        } catch (IOException e) {
            started.close();
            throw e;
        }
        replica.awaitLeading();
        return started;
    }

    static Path files(Path directory) {
        return directory.resolve(RatisEngine.directoryWithoutCluster(GROUP)).resolve("current");
    }

    void propose(String text) throws Exception {
        propose(Bytes.utf8(text));
    }

    void propose(Bytes entry) throws Exception {
        log.propose(entry, null).get(60, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        engine.close();
    }
}
