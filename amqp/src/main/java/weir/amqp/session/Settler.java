package weir.amqp.session;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import weir.core.broker.Broker;
import weir.core.broker.Outcome;
import weir.core.shard.Command;

/**
 * Carries out the settlements of one channel on a thread of its own: what gathers while some are on their way goes together
 * next. What waits here is bounded by what may be leased.
 *
 * <p>The same thread extends the leases of what is held: an extension that overtook the end of its lease would take the
 * message from the queue again, for nobody.
 */
final class Settler {
    private static final Logger LOG = LoggerFactory.getLogger(Settler.class);

    /** How a delivery ends. */
    enum Way {
        /** It is done. */
        ACKNOWLEDGE,
        /** It is ready again, and the delivery counts as an attempt. */
        RETURN,
        /** It is ready again as if it had not been handed out: nobody looked at it, or a client only passes it on. */
        RELEASE,
        /** It is dead-lettered, or dropped. */
        REJECT
    }

    private final Broker broker;
    private final Supplier<List<Held>> held;
    private final Thread.Builder threads;
    /** What waits, by the way it ends. Guarded by this, as all below. */
    private Map<Way, List<Held>> gathered = new EnumMap<>(Way.class);

    private boolean extend;
    private boolean busy;
    private boolean ended;
    /** Null while there is nothing to do before the first settlement, or after the end. */
    private @Nullable Thread thread;

    /** @param held what the client has not settled, at the moment of asking */
    Settler(Broker broker, Supplier<List<Held>> held, Thread.Builder threads) {
        this.broker = broker;
        this.held = held;
        this.threads = threads;
    }

    synchronized void settle(Way way, List<Held> deliveries) {
        if (!deliveries.isEmpty()) {
            gathered.computeIfAbsent(way, _ -> new ArrayList<>()).addAll(deliveries);
            wake();
        }
    }

    /** Keeps what the client holds from running out, behind what is settled before. */
    synchronized void extend() {
        extend = true;
        wake();
    }

    private void wake() {
        if (thread == null) {
            thread = threads.start(this::run);
        } else {
            notifyAll();
        }
    }

    private boolean hasWork() {
        return extend || !gathered.isEmpty();
    }

    /** Returns when all that was to be done before is, for as long as the broker answers at all. */
    synchronized void drain() throws InterruptedException {
        while (thread != null && (busy || hasWork())) {
            wait();
        }
    }

    /** The thread ends when there is nothing to do. What comes later is done all the same. */
    synchronized void end() {
        ended = true;
        notifyAll();
    }

    private void run() {
        try {
            for (Work next = next(); next != null; next = next()) {
                try {
                    carryOut(next);
                } catch (RuntimeException e) {
                    LOG.error("Deliveries that were settled will come again", e);
                } finally {
                    done();
                }
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt(); // The server is stopping.
        } finally {
            gone();
        }
    }

    /** @param extend whether what is held then is to be kept */
    private record Work(Map<Way, List<Held>> settlements, boolean extend) {}

    /** Waits for something to do; null if there will be nothing more. */
    private synchronized @Nullable Work next() throws InterruptedException {
        while (!hasWork()) {
            if (ended) {
                thread = null; // In the same moment: what comes now has a new one.
                return null;
            }
            wait();
        }
        Work next = new Work(gathered, extend);
        gathered = new EnumMap<>(Way.class);
        extend = false;
        busy = true;
        return next;
    }

    private synchronized void done() {
        busy = false;
        notifyAll();
    }

    /** However it came to that: nobody waits for a thread that is no more. */
    private synchronized void gone() {
        if (Thread.currentThread().equals(thread)) {
            thread = null;
        }
        notifyAll();
    }

    private void carryOut(Work work) throws InterruptedException {
        List<Command.OfPartition> commands = new ArrayList<>();
        work.settlements().forEach((way, deliveries) -> commands.addAll(Settling.commands(way, deliveries)));
        for (Outcome outcome : submit(commands)) {
            switch (outcome) {
                case Outcome.Replied _ -> {} // Of a lease that has ended before there is nothing left to settle.
                case Outcome.Unknown(var cause) ->
                    LOG.warn("Deliveries that were settled may come again: {}", cause.getMessage());
            }
        }
        if (!work.extend()) {
            return;
        }
        for (Outcome outcome : submit(Settling.extensions(held.get()))) {
            if (outcome instanceof Outcome.Unknown(var cause)) {
                LOG.warn("Leases could not be extended, and are tried again: {}", cause.getMessage());
            }
        }
    }

    private List<Outcome> submit(List<Command.OfPartition> commands) throws InterruptedException {
        return commands.isEmpty() ? List.of() : broker.submitAll(commands);
    }
}
