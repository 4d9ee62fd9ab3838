package weir.amqp.session;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The consumers of one channel by their tags. Each is ended once, by whoever claims it first: its client, the end of the
 * channel, a queue that is gone, a delivery that was held for too long. Who comes second waits until that is done, so that
 * what the client is told afterwards is true.
 *
 * <p>Safe for use by any number of threads.
 */
final class ChannelConsumers {
    private final Map<String, Consumer> going = new HashMap<>();
    /** Claimed, and not yet ended. */
    private final Map<String, Consumer> ending = new HashMap<>();

    synchronized int size() {
        return going.size() + ending.size();
    }

    synchronized boolean has(String tag) {
        return going.containsKey(tag) || ending.containsKey(tag);
    }

    synchronized void add(Consumer consumer) {
        going.put(consumer.terms().tag(), consumer);
    }

    /** Those that nobody has claimed. */
    synchronized List<Consumer> going() {
        return List.copyOf(going.values());
    }

    /** The consumer of that tag, which is its caller's to end; null if there is none any more. */
    synchronized @Nullable Consumer claim(String tag) throws InterruptedException {
        while (ending.containsKey(tag)) {
            wait();
        }
        Consumer consumer = going.remove(tag);
        if (consumer != null) {
            ending.put(tag, consumer);
        }
        return consumer;
    }

    /** Whether it is the caller's to end. Does not wait: false if it is, or was, somebody else's. */
    synchronized boolean claim(Consumer consumer) {
        String tag = consumer.terms().tag();
        if (!going.remove(tag, consumer)) {
            return false;
        }
        ending.put(tag, consumer);
        return true;
    }

    /** All that nobody has claimed, to be ended by the caller. */
    synchronized List<Consumer> claimAll() {
        List<Consumer> all = new ArrayList<>(going.values());
        going.clear();
        all.forEach(consumer -> ending.put(consumer.terms().tag(), consumer));
        return all;
    }

    /** What was claimed has ended: nothing is delivered to it any more, and what it held is being given back. */
    synchronized void ended(Consumer consumer) {
        ending.remove(consumer.terms().tag(), consumer);
        notifyAll();
    }

    /** Returns when all that were claimed have ended. */
    synchronized void awaitEnded() throws InterruptedException {
        while (!ending.isEmpty()) {
            wait();
        }
    }
}
