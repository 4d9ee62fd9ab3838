package weir.storage;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import weir.core.LogId;
import weir.core.shard.MessageLog.Liveness;
import weir.core.shard.StoredBatch;

/**
 * Plans what a checkpoint writes, in the order of the file, and captures what of it is live. A chunk that stays where it
 * is ends the run, since a new chunk across it would overlap it.
 */
final class RunPlanner {
    private final ChunkIndex index;
    private final Set<Segment> removed;
    private final Tail tail;
    private final Liveness liveness;

    RunPlanner(ChunkIndex index, List<Segment> removed, Tail tail, Liveness liveness) {
        this.index = index;
        this.removed = new HashSet<>(removed);
        this.tail = tail;
        this.liveness = liveness;
    }

    List<CheckpointJob.Run> runs() {
        Set<LogId> rewritten = new HashSet<>();
        removed.forEach(segment -> segment.logs().forEach(log -> rewritten.add(log.log())));
        Set<LogId> logs = new TreeSet<>(rewritten);
        logs.addAll(tail.ids());
        List<CheckpointJob.Run> runs = new ArrayList<>();
        for (LogId log : logs) {
            List<CheckpointJob.Source> run = new ArrayList<>();
            if (rewritten.contains(log)) {
                for (Chunk chunk : index.of(log)) {
                    if (!removed.contains(chunk.segment())) {
                        run = end(run, log, runs);
                    } else if (chunk.live() > 0) {
                        run.add(new CheckpointJob.Source.OfSegment(chunk, live(log, chunk)));
                    }
                }
            }
            addTail(log, run);
            end(run, log, runs);
        }
        return runs;
    }

    private static List<CheckpointJob.Source> end(
            List<CheckpointJob.Source> run, LogId log, List<CheckpointJob.Run> runs) {
        if (run.isEmpty()) {
            return run;
        }
        runs.add(new CheckpointJob.Run(log, List.copyOf(run)));
        return new ArrayList<>();
    }

    private LiveRanges live(LogId log, Chunk chunk) {
        return chunk.mostlyLive()
                ? LiveRanges.all(chunk.first(), chunk.end())
                : LiveRanges.of(liveness, log, chunk.first(), chunk.end());
    }

    private void addTail(LogId log, List<CheckpointJob.Source> run) {
        TailLog batches = tail.log(log);
        if (batches == null) {
            return;
        }
        int[] live = new int[batches.size()];
        boolean any = false;
        for (int i = 0; i < live.length; i++) {
            StoredBatch batch = batches.batch(i);
            live[i] = (int) liveness.countLive(log, batch.baseOffset(), batch.endOffset());
            any |= live[i] > 0;
        }
        if (any) {
            run.add(new CheckpointJob.Source.OfTail(batches, live));
        }
    }
}
