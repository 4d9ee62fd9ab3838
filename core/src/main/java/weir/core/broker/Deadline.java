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

    /** Carries out a call that ends by {@link #OF_A_CALL} from now, or sooner if it is a part of one that does. */
    public static <T> T ofACall(Call<T> call) throws OutcomeUnknownException, InterruptedException {
        return until(endNanos(OF_A_CALL), call);
    }

    /** Carries out a part of a call that was begun on another thread. */
    public static <T> T until(long endNanos, Call<T> call) throws OutcomeUnknownException, InterruptedException {
        try {
            return ScopedValue.where(END_NANOS, endNanos).call(call::run);
        } catch (OutcomeUnknownException | InterruptedException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("a call throws nothing else", e);
        }
    }

    /** When to give up, by {@link System#nanoTime}: so long from now, but no later than the call that this is a part of. */
    public static long endNanos(Duration most) {
        long end = System.nanoTime() + most.toNanos();
        if (!END_NANOS.isBound()) {
            return end;
        }
        long whole = END_NANOS.get();
        return whole - end < 0 ? whole : end;
    }

    /** What is left until then; not negative. */
    public static Duration left(long endNanos) {
        return Duration.ofNanos(nanosLeft(endNanos));
    }

    /** What is left until then; not negative. */
    public static long nanosLeft(long endNanos) {
        return Math.max(0, endNanos - System.nanoTime());
    }
}
