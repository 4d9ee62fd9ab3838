package weir.cluster.ratis;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import weir.cluster.replication.LogPosition;
import weir.cluster.replication.Member;
import weir.cluster.replication.Replica;
import weir.core.Bytes;

/** A state machine that remembers what it was given. */
final class Recorder implements Replica {
    record Applied(
            LogPosition position, Bytes entry, @Nullable Object context) {}

    private final Optional<LogPosition> checkpoint;
    private final CountDownLatch leading = new CountDownLatch(1);
    private final List<Applied> applied = new ArrayList<>();
    private Consumer<Applied> reaction = _ -> {};
    private final Supplier<Recorder> source;
    private volatile boolean leads;
    private int takenOver;

    Recorder() {
        this(Optional.empty());
    }

    Recorder(Optional<LogPosition> checkpoint) {
        this(checkpoint, Recorder::nobody);
    }

    /** @param source from whom checkpoints are taken over: all that it was given */
    Recorder(Supplier<Recorder> source) {
        this(Optional.empty(), source);
    }

    private Recorder(Optional<LogPosition> checkpoint, Supplier<Recorder> source) {
        this.checkpoint = checkpoint;
        this.source = source;
    }

    private static Recorder nobody() {
        throw new IllegalStateException("there is nobody to catch up from");
    }

    /** As it comes back after a stop right behind a checkpoint. */
    Recorder restarted() {
        var all = applied();
        var next = new Recorder(Optional.of(all.getLast().position()), source);
        next.applied.addAll(all);
        return next;
    }

    boolean leads() {
        return leads;
    }

    synchronized int takenOver() {
        return takenOver;
    }

    /** What to do with each entry besides remembering it. */
    Recorder reacting(Consumer<Applied> each) {
        reaction = each;
        return this;
    }

    synchronized List<Applied> applied() {
        return List.copyOf(applied);
    }

    List<Bytes> entries() {
        return applied().stream().map(Applied::entry).toList();
    }

    List<String> texts() {
        return entries().stream().map(Bytes::utf8).toList();
    }

    /** Returns when the node leads and everything in the log has been applied. */
    Recorder awaitLeading() throws InterruptedException {
        if (!leading.await(60, TimeUnit.SECONDS)) {
            throw new AssertionError("no leader");
        }
        return this;
    }

    @Override
    public Optional<LogPosition> lastCheckpoint() {
        return checkpoint;
    }

    @Override
    public void apply(LogPosition position, Bytes entry, @Nullable Object context) {
        var each = new Applied(position, entry, context);
        synchronized (this) {
            applied.add(each);
        }
        reaction.accept(each);
    }

    @Override
    public LogPosition catchUp(Member leader, long firstKept) {
        var all = source.get().applied();
        synchronized (this) {
            applied.clear();
            applied.addAll(all);
            takenOver++;
        }
        return all.getLast().position();
    }

    @Override
    public void leading() {
        leads = true;
        leading.countDown();
    }

    @Override
    public void notLeading() {
        leads = false;
    }
}
