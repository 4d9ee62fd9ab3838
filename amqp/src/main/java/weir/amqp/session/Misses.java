package weir.amqp.session;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What was published to lately and led nowhere. A queue or a binding that another node has made a moment ago may not be known
 * here yet, so before a message is dropped this node catches up with the catalog and looks again; but not for each of those who
 * publish to nobody all the time. From any thread.
 */
final class Misses {
    private final Map<String, Long> askedNanos = new ConcurrentHashMap<>();

    /** Whether it is worth asking for that; if so, not again for a while. */
    boolean mayAsk(String exchange, String routingKey) {
        long now = System.nanoTime();
        long since = now - SessionLimits.MISS_ASKED_EVERY.toNanos();
        if (askedNanos.size() >= SessionLimits.MISSES) {
            askedNanos.values().removeIf(asked -> asked - since < 0);
        }
        String key = exchange.isEmpty() ? "/" + routingKey : exchange;
        Long asked = askedNanos.get(key);
        if ((asked != null && asked - since > 0) || askedNanos.size() >= SessionLimits.MISSES) {
            return false;
        }
        askedNanos.put(key, now);
        return true;
    }
}
