package weir.cluster;

import java.io.IOException;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import weir.cluster.replication.LogPosition;
import weir.cluster.replication.Member;
import weir.cluster.replication.Replica;
import weir.cluster.replication.ReplicatedLog;
import weir.core.Bytes;

/** A replica with what the node does when it gets its log, and when leadership comes and goes. */
record Group(Replica replica, Consumer<ReplicatedLog> atOpening, Consumer<Boolean> atLeading) implements Replica {
    @Override
    public void opened(ReplicatedLog log) {
        atOpening.accept(log);
    }

    @Override
    public Optional<LogPosition> lastCheckpoint() {
        return replica.lastCheckpoint();
    }

    @Override
    public void apply(LogPosition position, Bytes entry, @Nullable Object context) {
        replica.apply(position, entry, context);
    }

    @Override
    public LogPosition catchUp(Member leader, long firstKept) throws IOException, InterruptedException {
        return replica.catchUp(leader, firstKept);
    }

    @Override
    public void leading() {
        replica.leading();
        atLeading.accept(true);
    }

    @Override
    public void notLeading() {
        replica.notLeading();
        atLeading.accept(false);
    }
}
