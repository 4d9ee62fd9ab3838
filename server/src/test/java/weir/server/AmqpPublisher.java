package weir.server;

import static weir.server.AmqpNodes.bytes;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.MessageProperties;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Publishes numbered messages to a queue, each once, and remembers which were confirmed and which were not taken. A thread of its
 * own until it is told to end.
 */
final class AmqpPublisher implements Runnable {
    private static final int UNCONFIRMED_MAX = 50;

    /** What is in the messages, by their number. */
    interface Bodies {
        String of(int number);
    }

    private final Channel channel;
    private final String queue;
    private final Bodies bodies;
    private final Set<String> confirmed = ConcurrentHashMap.newKeySet();
    private final Set<String> refused = ConcurrentHashMap.newKeySet();
    private final ConcurrentNavigableMap<Long, String> open = new ConcurrentSkipListMap<>();
    private final Semaphore room = new Semaphore(UNCONFIRMED_MAX);
    private final Semaphore confirms = new Semaphore(0);
    private volatile boolean ended;
    private volatile @Nullable Exception failure;

    AmqpPublisher(Channel channel, String queue, Bodies bodies) throws IOException {
        this.channel = channel;
        this.queue = queue;
        this.bodies = bodies;
        channel.confirmSelect();
        channel.addConfirmListener(
                (tag, multiple) -> answered(tag, multiple, confirmed, true),
                (tag, multiple) -> answered(tag, multiple, refused, false));
    }

    private void answered(long tag, boolean multiple, Set<String> to, boolean taken) {
        var done = multiple ? open.headMap(tag, true) : open.subMap(tag, true, tag, true);
        int count = done.size();
        to.addAll(done.values());
        done.clear();
        room.release(count);
        if (taken) {
            confirms.release(count);
        }
    }

    @Override
    public void run() {
        try {
            for (int number = 0; !ended; number++) {
                if (!room.tryAcquire(60, TimeUnit.SECONDS)) {
                    throw new IOException("no confirm came for a minute");
                }
                String body = bodies.of(number);
                open.put(channel.getNextPublishSeqNo(), body);
                channel.basicPublish("", queue, MessageProperties.PERSISTENT_BASIC, bytes(body));
                Thread.sleep(2); // Some hundred a second: it is not speed that is tested.
            }
            if (!room.tryAcquire(UNCONFIRMED_MAX, 60, TimeUnit.SECONDS)) {
                throw new IOException("not all was answered");
            }
        } catch (IOException | InterruptedException | RuntimeException e) {
            failure = e;
        }
    }

    /** False if so many more were not confirmed within a minute. */
    boolean awaitConfirmed(int more) throws InterruptedException {
        return confirms.tryAcquire(more, 60, TimeUnit.SECONDS);
    }

    void end() {
        ended = true;
    }

    Set<String> confirmed() {
        return confirmed;
    }

    /** Nobody knows whether they were taken, or they were not. */
    Set<String> refused() {
        return refused;
    }

    @Nullable
    Exception failure() {
        return failure;
    }
}
