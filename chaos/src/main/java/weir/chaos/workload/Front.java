package weir.chaos.workload;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import weir.chaos.history.Entry;

/** One protocol, as far as the clients need it. */
public interface Front {
    /** As it stands in the history. */
    String name();

    /** Its queues in this run; one that is a dead-letter queue stands before those that name it. */
    List<Entry.Queue> queues();

    /** Clients that take from a queue at the same time, each by way of another node. */
    default int consumers(Entry.Queue queue) {
        return Math.min(queue.partitions(), WorkloadLimits.CONSUMERS_MAX);
    }

    /** A client's connection to one node. Nothing need be open before it is first used. */
    Connection connect(InetSocketAddress node);

    /**
     * For one thread. Every method takes effect or not: it returns if it did, throws {@link RefusedException} if
     * certainly not, and {@link IOException} if nobody knows, within {@link WorkloadLimits#ANSWER_MAX} and the wait that
     * it was asked for.
     */
    interface Connection extends AutoCloseable {
        void create(Entry.Queue queue) throws IOException, RefusedException, InterruptedException;

        /** Sends; with the id as deduplication id, if the queue is ordered. Returns the place. */
        String publish(Entry.Queue queue, Body body, String group, Duration delay)
                throws IOException, RefusedException, InterruptedException;

        List<Received> receive(Entry.Queue queue, int max, Duration wait)
                throws IOException, RefusedException, InterruptedException;

        void acknowledge(Entry.Queue queue, String token) throws IOException, RefusedException, InterruptedException;

        /** Lets the lease end so long from now; zero releases the message. */
        void extend(Entry.Queue queue, String token, Duration visibility)
                throws IOException, RefusedException, InterruptedException;

        Counts count(Entry.Queue queue) throws IOException, RefusedException, InterruptedException;

        /** The tokens of messages that are held for as long as this connection lives: none, if leases know of no connection. */
        default List<String> held() {
            return List.of();
        }

        @Override
        void close();
    }

    /**
     * A message as it came.
     *
     * @param token by which it is acknowledged or extended
     * @param attempts 0 if the protocol does not tell
     */
    record Received(String body, String token, String place, int attempts) {}

    /** What the server says that a queue holds. */
    record Counts(long ready, long leased, long delayed) {}
}
