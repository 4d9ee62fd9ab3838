package weir.cluster;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The end of threads that have been told to end. */
public final class Threads {
    private static final Logger LOG = LoggerFactory.getLogger(Threads.class);

    private Threads() {}

    /** Waits for it, but not for ever: who closes something has more to close. One that was never started has ended. */
    public static void join(Thread thread) {
        if (thread.equals(Thread.currentThread()) || thread.getState() == Thread.State.NEW) {
            return;
        }
        try {
            if (!thread.join(ClusterLimits.THREAD_ENDS)) {
                LOG.warn("{} has not ended within {}", thread.getName(), ClusterLimits.THREAD_ENDS);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
