package weir.cluster.ratis;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import weir.cluster.replication.LogPosition;
import weir.cluster.replication.Member;
import weir.cluster.replication.Replica;
import weir.cluster.replication.ReplicatedLog;
import weir.core.Bytes;

/**
 * The process that {@link KillTest} kills: proposes 1, 2, 3, … and prints {@code A n} for each that was acknowledged. Its
 * state machine takes them only in that order, so a lost, doubled or changed entry ends it with an error.
 */
final class KilledProposer implements Replica {
    private static final int OUTSTANDING = 8;
    private static final int ENTRIES_PER_CHECKPOINT = 150;

    private final Path checkpointFile;
    private final CountDownLatch leading = new CountDownLatch(1);
    private final Optional<LogPosition> restored;
    private volatile @Nullable ReplicatedLog log;
    private volatile long number;

    /** @param segmentBytes how large a file of the log becomes */
    static List<String> command(Path directory, int segmentBytes) {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "--sun-misc-unsafe-memory-access=allow",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                KilledProposer.class.getName(),
                directory.toString(),
                Integer.toString(segmentBytes));
    }

    private KilledProposer(Path checkpointFile) throws IOException {
        this.checkpointFile = checkpointFile;
        if (Files.exists(checkpointFile)) {
            var saved = ByteBuffer.wrap(Files.readAllBytes(checkpointFile));
            restored = Optional.of(new LogPosition(saved.getLong(), saved.getLong()));
            number = saved.getLong();
        } else {
            restored = Optional.empty();
        }
    }

    public static void main(String[] args) throws Exception {
        var directory = Path.of(args[0]);
        PrintStream out = System.out;
        var failures = new LinkedBlockingQueue<Throwable>();
        var engine = TestEngine.engine(directory.resolve("raft"), failures, Integer.parseInt(args[1]));
        var replica = new KilledProposer(directory.resolve("checkpoint"));
        long from = replica.number;
        var log = engine.open(TestEngine.GROUP, replica, List.of(TestEngine.SELF));
        replica.log = log;
        engine.start();
        replica.leading.await();
        out.println("R " + replica.number + " replayed " + (replica.number - from));
        var permits = new Semaphore(OUTSTANDING);
        for (long n = replica.number + 1; failures.isEmpty(); n++) {
            permits.acquire();
            long mine = n;
            var _ = log.propose(entry(n), null).whenComplete((_, failure) -> {
                out.println(failure == null ? "A " + mine : "F " + mine + " " + failure);
                permits.release();
            });
        }
        out.println("F " + failures.take().getMessage());
        engine.close();
    }

    /** Mostly small, at times several sectors or several pieces long; a function of its number. */
    private static Bytes entry(long n) {
        var random = new SplittableRandom(n);
        int kind = random.nextInt(100);
        int size =
                kind < 60 ? 0 : kind < 98 ? random.nextInt(12_000) : random.nextInt(3 * RatisSettings.PIECE_BYTES_MAX);
        var filler = new byte[size];
        random.nextBytes(filler);
        return Bytes.of(
                ByteBuffer.allocate(Long.BYTES + size).putLong(n).put(filler).array());
    }

    @Override
    public Optional<LogPosition> lastCheckpoint() {
        return restored;
    }

    @Override
    @SuppressWarnings("NonAtomicVolatileUpdate") // Only the applying thread writes.
    public void apply(LogPosition position, Bytes entry, @Nullable Object context) {
        if (!entry.equals(entry(number + 1))) {
            throw new IllegalStateException("after " + number + " came something else: " + entry + " at " + position);
        }
        number++;
        var proposer = log;
        if (number % ENTRIES_PER_CHECKPOINT == 0 && proposer != null) {
            save(position);
            proposer.checkpointed(position);
        }
    }

    private void save(LogPosition position) {
        var temporary = checkpointFile.resolveSibling("checkpoint.new");
        var bytes = ByteBuffer.allocate(3 * Long.BYTES)
                .putLong(position.term())
                .putLong(position.index())
                .putLong(number)
                .flip();
        try (var channel = FileChannel.open(
                temporary, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            channel.write(bytes);
            channel.force(true);
            Files.move(temporary, checkpointFile, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new IllegalStateException("no checkpoint", e);
        }
    }

    @Override
    public LogPosition catchUp(Member leader, long firstKept) throws IOException {
        throw new IOException("there is nobody to catch up from");
    }

    @Override
    public void leading() {
        leading.countDown();
    }

    @Override
    public void notLeading() {}
}
