package weir.chaos.workload;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import weir.chaos.history.Entry;
import weir.chaos.history.Recorder;

/** All clients of all fronts. */
public final class Workload implements AutoCloseable {
    /** For a queue to be created while the cluster is still forming. */
    private static final Duration CREATE_MAX = Duration.ofSeconds(60);

    private static final Duration JOIN_MAX = WorkloadLimits.ANSWER_MAX.multipliedBy(3);

    private final List<Front> fronts;
    private final List<InetSocketAddress> nodes;
    private final Recorder recorder;
    private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.LOAD);
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private final AtomicLong receivedAt = new AtomicLong();
    private final List<Thread> producers = new ArrayList<>();
    private final List<Thread> consumers = new ArrayList<>();

    public Workload(List<Front> fronts, List<InetSocketAddress> nodes, Recorder recorder) {
        this.fronts = List.copyOf(fronts);
        this.nodes = List.copyOf(nodes);
        this.recorder = recorder;
    }

    /** Creates the queues and starts the clients, which together send about so many messages a second. */
    public void start(int rate, SplittableRandom random) throws IOException, InterruptedException {
        for (Front front : fronts) {
            for (Entry.Queue queue : front.queues()) {
                recorder.record(queue);
                create(front, queue);
            }
        }
        long sending = fronts.stream()
                .flatMap(front -> front.queues().stream())
                .filter(queue -> !queue.deadLetters().isEmpty())
                .count();
        Duration pause = Duration.ofSeconds(1).multipliedBy(sending).dividedBy(rate);
        AtomicLong budget = new AtomicLong(WorkloadLimits.MESSAGES_MAX);
        int number = 0;
        for (Front front : fronts) {
            for (Entry.Queue queue : front.queues()) {
                number++;
                if (!queue.deadLetters().isEmpty()) {
                    Session session = new Session("p" + number, queue, front, nodes, number, recorder);
                    producers.add(thread(session, new Producer(session, random.split(), pause, budget, phase::get)));
                }
                for (int each = 0; each < front.consumers(queue); each++) {
                    String name = "c" + number + (each == 0 ? "" : "-" + each);
                    Session session = new Session(name, queue, front, nodes, number + 1 + each, recorder);
                    consumers.add(thread(session, new Consumer(session, random.split(), phase::get, receivedAt::set)));
                }
            }
        }
        producers.forEach(Thread::start);
        consumers.forEach(Thread::start);
    }

    private Thread thread(Session session, Runnable client) {
        return Thread.ofVirtual()
                .name(session.client())
                .uncaughtExceptionHandler((_, e) -> failure.compareAndSet(null, e))
                .unstarted(client);
    }

    private void create(Front front, Entry.Queue queue) throws IOException, InterruptedException {
        long end = System.nanoTime() + CREATE_MAX.toNanos();
        for (int turn = 0; ; turn++) {
            try (Front.Connection connection = front.connect(nodes.get(turn % nodes.size()))) {
                connection.create(queue);
                return;
            } catch (IOException | RefusedException e) {
                if (System.nanoTime() > end) {
                    throw new IOException("the queue " + queue.name() + " cannot be created: " + e.getMessage(), e);
                }
            }
            Thread.sleep(WorkloadLimits.BETWEEN_TRIES);
        }
    }

    /** What ended a client that is not to end, such as a history that cannot be written. */
    public Optional<Throwable> failure() {
        return Optional.ofNullable(failure.get());
    }

    /**
     * Ends the sending, lets the consumers take out what there is, and records whether that came to an end: whether for
     * longer than any lease or delay lasts nothing came any more, although each queue answers. What the queues then count
     * is recorded, not trusted.
     */
    public void drain() throws InterruptedException {
        phase.set(Phase.DRAIN);
        join(producers);
        receivedAt.set(System.nanoTime());
        long end = System.nanoTime() + WorkloadLimits.DRAIN_MAX.toNanos();
        boolean quiet = false;
        while (!quiet && System.nanoTime() < end) {
            Thread.sleep(WorkloadLimits.BETWEEN_COUNTS);
            quiet = System.nanoTime() - receivedAt.get() > WorkloadLimits.QUIET.toNanos();
        }
        phase.set(Phase.END);
        join(consumers);
        List<Entry.Counted> counts = counts();
        int queues = fronts.stream().mapToInt(front -> front.queues().size()).sum();
        String text = !quiet
                ? "messages still came after " + WorkloadLimits.DRAIN_MAX.toSeconds() + " s"
                : counts.size() < queues
                        ? "of " + queues + " queues " + counts.size() + " answer"
                        : "nothing comes any more";
        recorder.record(new Entry.Drained(recorder.now(), quiet && counts.size() == queues, text));
        counts.forEach(recorder::record);
    }

    private static void join(List<Thread> threads) throws InterruptedException {
        long end = System.nanoTime() + JOIN_MAX.toNanos(); // For all: where one is refused, the others are, too.
        for (Thread thread : threads) {
            if (!thread.join(Duration.ofNanos(Math.max(1, end - System.nanoTime())))) {
                thread.interrupt();
                thread.join();
            }
        }
    }

    private List<Entry.Counted> counts() throws InterruptedException {
        List<Entry.Counted> counted = new ArrayList<>();
        for (Front front : fronts) {
            for (Entry.Queue queue : front.queues()) {
                count(front, queue)
                        .ifPresent(counts -> counted.add(new Entry.Counted(
                                recorder.now(), queue.name(), counts.ready(), counts.leased(), counts.delayed())));
            }
        }
        return counted;
    }

    /** Asks one node after the other. */
    private Optional<Front.Counts> count(Front front, Entry.Queue queue) throws InterruptedException {
        for (InetSocketAddress node : nodes) {
            try (Front.Connection connection = front.connect(node)) {
                return Optional.of(connection.count(queue));
            } catch (IOException | RefusedException _) { // The next may know.
            }
        }
        return Optional.empty();
    }

    /** Ends all clients. After {@link #drain} there are none left. */
    @Override
    public void close() {
        phase.set(Phase.END);
        producers.forEach(Thread::interrupt);
        consumers.forEach(Thread::interrupt);
    }
}
