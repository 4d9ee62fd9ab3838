package weir.chaos.check;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import weir.chaos.history.Act;
import weir.chaos.history.Delivery;
import weir.chaos.history.Entry;
import weir.chaos.history.Outcome;

/**
 * One delivery of a message, and what its holder did about it. The server granted the lease at some instant between the
 * begin and the end of {@link #receive()}.
 *
 * @param index the delivery's place among those of the same receive
 * @param settlements acknowledgements and extensions under this lease, by their begins
 */
record Leg(
        Entry.Queue queue, Entry.Operation receive, Delivery delivery, int index, List<Entry.Operation> settlements) {
    Leg(Entry.Queue queue, Entry.Operation receive, Delivery delivery, int index) {
        this(queue, receive, delivery, index, new ArrayList<>(1));
    }

    /** What came of an acknowledgement, if the server can have carried it out. */
    List<Entry.Operation> acknowledgements() {
        return settlements.stream()
                .filter(operation ->
                        operation.act() instanceof Act.Acknowledge && operation.outcome() != Outcome.REFUSED)
                .toList();
    }

    /** Until when the server certainly had to leave the message with its holder. */
    long heldUntil() {
        return heldUntil(Long.MAX_VALUE);
    }

    /** The same, by what had begun before {@code micros} alone. */
    long heldUntil(long micros) {
        long until = receive.beginMicros() + queue.visibilityMicros();
        settlements.sort(Comparator.comparingLong(Entry.Operation::beginMicros));
        for (Entry.Operation operation : settlements) {
            if (operation.outcome() == Outcome.REFUSED || operation.beginMicros() >= micros) {
                continue;
            }
            until = switch (operation.act()) {
                case Act.Acknowledge _ -> Math.min(until, operation.beginMicros());
                case Act.Extend extend -> extended(until, operation, extend);
                case Act.Publish _, Act.Receive _ -> until;
            };
        }
        return until;
    }

    private static long extended(long until, Entry.Operation operation, Act.Extend extend) {
        long asked = operation.beginMicros() + extend.visibilityMicros();
        boolean certain = operation.outcome() == Outcome.OK && operation.endMicros() <= until;
        return certain ? asked : Math.min(until, asked);
    }

    /** Whether the server certainly granted this lease after {@code other}'s: as the clock tells, or else its own count. */
    boolean isAfter(Leg other) {
        if (receive.beginMicros() > other.receive.endMicros()) {
            return true;
        }
        return other.receive.beginMicros() <= receive.endMicros()
                && other.delivery.attempts() > 0
                && delivery.attempts() > other.delivery.attempts();
    }
}
