package weir.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import weir.core.Bytes;
import weir.core.LogId;

/** On a real disk and with real threads: checkpoints are written and payloads read while the shard goes on. */
class ConcurrentCheckpointTest {
    @TempDir
    private Path directory;

    private record Expected(Payload payload, Bytes bytes) {}

    @Test
    void theShardGoesOnWhileACheckpointIsWrittenAndPayloadsAreRead() throws Exception {
        StoreFixture shard = new StoreFixture(new DiskFileSystem(), directory.resolve("data/shard"), 1);
        List<LogId> logs = List.of(StoreFixture.A, StoreFixture.B, StoreFixture.C);
        try (ExecutorService background = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int round = 0; round < 30; round++) {
                CheckpointJob job = shard.freeze();
                Future<?> writing = background.submit(() -> {
                    job.write();
                    return null;
                });
                List<Future<?>> reads = new ArrayList<>();
                for (int i = 0; i < 200; i++) {
                    LogId log = logs.get(shard.random().nextInt(3));
                    shard.append(log, 1, shard.random().nextInt(5000));
                    reads.add(background.submit(new Check(oneOf(shard, log))));
                }
                for (LogId log : logs) {
                    long end = shard.next(log);
                    long from = Math.max(0, end - 100 - shard.random().nextInt(100));
                    shard.settle(log, from, end - 20);
                }
                writing.get();
                shard.store.install(job);
                for (Future<?> read : reads) {
                    read.get();
                }
                shard.verify();
            }
        }
        shard.checkpoint();
        shard.restart();
        shard.verify();
        shard.store.close();
    }

    private static Expected oneOf(StoreFixture shard, LogId log) {
        long offset = shard.live.of(log).first();
        return new Expected(shard.store.locate(log, offset), shard.payload(log, offset));
    }

    private record Check(Expected expected) implements Callable<Void> {
        @Override
        public @Nullable Void call() throws IOException {
            assertThat(expected.payload().read()).isEqualTo(expected.bytes());
            return null;
        }
    }
}
