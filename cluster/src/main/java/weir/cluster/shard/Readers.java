package weir.cluster.shard;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import weir.core.PartitionId;

/**
 * Who waits for a topic of one shard to grow. Reading takes nothing away, so all of them are told, and look again. Lives with one
 * {@link Leadership}, as {@link Receivers} do; its monitor guards everything, and nothing in here waits.
 */
final class Readers {
    private final Map<PartitionId, Set<Reader>> waiting = new HashMap<>();
    private @Nullable NotLeadingException over;

    /** One caller, waiting for any of some partitions. */
    final class Reader implements AutoCloseable {
        private final List<PartitionId> partitions;
        private CompletableFuture<Void> news = new CompletableFuture<>();

        private Reader(List<PartitionId> partitions) {
            this.partitions = partitions;
        }

        /** Completed by the next news. To be asked for before looking, so that nothing is missed; fails when this is over. */
        CompletableFuture<Void> nextNews() {
            synchronized (Readers.this) {
                if (over != null) {
                    return CompletableFuture.failedFuture(over);
                }
                if (news.isDone()) {
                    news = new CompletableFuture<>();
                }
                return news;
            }
        }

        @Override
        public void close() {
            leave(this);
        }
    }

    /** To be closed by the caller. */
    synchronized Reader arrive(List<PartitionId> partitions) {
        Reader reader = new Reader(List.copyOf(partitions));
        for (PartitionId partition : reader.partitions) {
            waiting.computeIfAbsent(partition, _ -> new LinkedHashSet<>()).add(reader);
        }
        return reader;
    }

    private synchronized void leave(Reader reader) {
        for (PartitionId partition : reader.partitions) {
            Set<Reader> readers = waiting.get(partition);
            if (readers != null && readers.remove(reader) && readers.isEmpty()) {
                waiting.remove(partition);
            }
        }
    }

    void tell(List<PartitionId> changed) {
        if (changed.isEmpty()) {
            return;
        }
        List<CompletableFuture<Void>> told = new ArrayList<>();
        synchronized (this) {
            for (PartitionId partition : changed) {
                Set<Reader> readers = waiting.get(partition);
                if (readers != null) {
                    readers.forEach(reader -> told.add(reader.news));
                }
            }
        }
        told.forEach(news -> news.complete(null));
    }

    void close(NotLeadingException reason) {
        List<CompletableFuture<Void>> told = new ArrayList<>();
        synchronized (this) {
            over = reason;
            waiting.values().forEach(readers -> readers.forEach(reader -> told.add(reader.news)));
        }
        told.forEach(news -> news.completeExceptionally(reason));
    }
}
