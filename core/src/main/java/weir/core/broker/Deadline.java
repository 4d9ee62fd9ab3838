package weir.core.broker;

import java.time.Duration;

/**
 * Until when one client waits in all, whatever its call has to wait for on its way: a look-up, room, a leader, a commit. Whoever takes
 * a call sets an end once; whatever waits on that thread asks for what is left of it. Without that, patiences of several waits add
 * up, and the client has long gone.
 *
 * <p>It is bound to the thread of the call. What goes on behind the caller's back, on other threads, has bounds of its own.
 */
public final class Deadline {
    /** As long as most clients wait for an answer; far beyond any hiccup of a disk, or an election. */
    public static final Duration OF_A_CALL = Duration.ofSeconds(30);

    private static final ScopedValue<Long> END_NANOS = ScopedValue.newInstance();

    private Deadline() {}

    /** What a client has asked for. */
    public interface Call<T> {
        T run() throws OutcomeUnknownException, InterruptedException;
    }

    /**
     * Carries out a call that ends by then, by the process's monotonic clock, or sooner if it is a part of one that does. The clock
     * is read by whoever calls: the core knows no time.
     */
    public static <T> T until(long endNanos, Call<T> call) throws OutcomeUnknownException, InterruptedException {
        try {
            return ScopedValue.where(END_NANOS, noLaterThanTheCall(endNanos)).call(call::run);
        } catch (OutcomeUnknownException | InterruptedException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("a call throws nothing else", e);
        }
    }

    /** When to give up: then, but no later than the call that this is a part of. */
    public static long noLaterThanTheCall(long endNanos) {
        if (!END_NANOS.isBound()) {
            return endNanos;
        }
        long whole = END_NANOS.get();
        return whole - endNanos < 0 ? whole : endNanos; // The clock may wrap.
    }
}
