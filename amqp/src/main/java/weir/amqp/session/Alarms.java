package weir.amqp.session;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;

/**
 * What an operator says that this node is short of. While it is, connections that publish are not read, and those whose clients
 * understand it are told. Nothing here sets an alarm by itself: publishers wait for the disk and the log without one.
 *
 * <p>From any thread.
 */
public final class Alarms {
    /** How late a waiting connection notices that its client is gone. */
    private static final Duration LOOK = Duration.ofMillis(500);

    /** What RabbitMQ has alarms for. */
    public enum Resource {
        MEMORY("memory"),
        DISK("disk");

        private final String word;

        Resource(String word) {
            this.word = word;
        }

        public String word() {
            return word;
        }
    }

    private final Set<Resource> set = EnumSet.noneOf(Resource.class);
    /** Whether there is any: read for each publish. */
    private volatile boolean any;

    public synchronized void set(Resource resource) {
        set.add(resource);
        any = true;
    }

    public synchronized void clear(Resource resource) {
        set.remove(resource);
        any = !set.isEmpty();
        notifyAll();
    }

    public synchronized Set<Resource> all() {
        return Set.copyOf(set);
    }

    /** Returns when there are none, or the connection is over. */
    void await(Blockade blockade, Outbox out) throws InterruptedException {
        if (!any) {
            return;
        }
        String first = firstOf(all());
        blockade.blocked("low on " + first);
        while (out.awaitRoom() && isAnyAfterAWhile()) {}
        blockade.unblocked();
    }

    private static String firstOf(Set<Resource> resources) {
        return resources.contains(Resource.DISK) && resources.size() == 1 ? Resource.DISK.word : Resource.MEMORY.word;
    }

    private synchronized boolean isAnyAfterAWhile() throws InterruptedException {
        long until = System.nanoTime() + LOOK.toNanos();
        for (long left = LOOK.toMillis();
                any && left > 0;
                left = Duration.ofNanos(until - System.nanoTime()).toMillis()) {
            wait(left);
        }
        return any;
    }
}
