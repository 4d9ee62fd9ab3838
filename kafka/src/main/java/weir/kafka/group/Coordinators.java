package weir.kafka.group;

import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.IntConsumer;
import org.apache.kafka.coordinator.group.GroupCoordinator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import weir.core.broker.Broker;
import weir.core.catalog.Queue;

/**
 * Which partitions of the offsets topic this node coordinates: those whose shards it leads. Tells Kafka's coordinator when it is to load or
 * to unload one, and has it load anew what has lost track of its log.
 *
 * <p>A look now and then is enough: a coordinator that does not know yet that another has come cannot write.
 *
 * <p>One thread owns it.
 */
final class Coordinators implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Coordinators.class);

    private final Broker broker;
    private final GroupCoordinator coordinator;
    private final IntConsumer unloaded;
    private final ConcurrentLinkedQueue<Integer> lost;
    private final Thread thread =
            Thread.ofVirtual().name("weir-kafka-coordinators").unstarted(this::run);

    // Of the thread:
    private final boolean[] coordinated = new boolean[GroupLimits.PARTITIONS];
    private final int[] epochs = new int[GroupLimits.PARTITIONS];
    /** When it was last to load, or is to again. */
    private final long[] atNanos = new long[GroupLimits.PARTITIONS];

    private final int[] lostInARow = new int[GroupLimits.PARTITIONS];

    /**
     * @param unloaded told the number of a partition before it is unloaded
     * @param lost the numbers of partitions whose coordinators cannot go on
     */
    Coordinators(
            Broker broker, GroupCoordinator coordinator, IntConsumer unloaded, ConcurrentLinkedQueue<Integer> lost) {
        this.broker = broker;
        this.coordinator = coordinator;
        this.unloaded = unloaded;
        this.lost = lost;
        Arrays.fill(atNanos, System.nanoTime());
    }

    void start() {
        thread.start();
    }

    private void run() {
        Optional<Queue> before = Optional.empty();
        while (!Thread.currentThread().isInterrupted()) {
            try {
                Optional<Queue> topic = OffsetsTopic.find(broker);
                if (!topic.map(Queue::id).equals(before.map(Queue::id))) {
                    resignAll(); // An operator has deleted it, and all groups with it.
                }
                before = topic;
                topic.ifPresent(this::look);
                Thread.sleep(GroupLimits.LOOK);
            } catch (InterruptedException _) {
                return; // The server is stopping.
            } catch (RuntimeException e) {
                LOG.error("a bug, met while looking which groups this node coordinates", e);
            }
        }
    }

    private void look(Queue topic) {
        for (Integer partition = lost.poll(); partition != null; partition = lost.poll()) {
            if (coordinated[partition]) {
                resign(partition);
                rest(partition);
            }
        }
        for (int partition = 0; partition < GroupLimits.PARTITIONS; partition++) {
            boolean leads = broker.leads(topic.partition(partition));
            if (coordinated[partition] && !leads) {
                resign(partition);
            } else if (leads && !coordinated[partition] && atNanos[partition] - System.nanoTime() <= 0) {
                coordinated[partition] = true;
                atNanos[partition] = System.nanoTime();
                epochs[partition]++;
                coordinator.onElection(partition, epochs[partition]);
            }
        }
    }

    /** Each attempt costs the log a claim. */
    private void rest(int partition) {
        boolean soon = System.nanoTime() - atNanos[partition] < GroupLimits.ANEW_MAX.toNanos();
        lostInARow[partition] = soon ? Math.min(lostInARow[partition] + 1, 10) : 0;
        long grown = GroupLimits.ANEW.toNanos() << lostInARow[partition];
        atNanos[partition] = System.nanoTime() + Math.min(grown, GroupLimits.ANEW_MAX.toNanos());
    }

    private void resignAll() {
        for (int partition = 0; partition < GroupLimits.PARTITIONS; partition++) {
            if (coordinated[partition]) {
                resign(partition);
            }
        }
    }

    private void resign(int partition) {
        coordinated[partition] = false;
        unloaded.accept(partition);
        coordinator.onResignation(partition, OptionalInt.of(epochs[partition]));
    }

    @Override
    public void close() {
        thread.interrupt(); // It changes nothing that would have to be ended in good order.
    }
}
