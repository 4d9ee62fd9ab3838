package weir.sqs.sns.delivery;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import weir.core.Position;

/**
 * Messages that were given up, and that their dead-letter queue would not have yet: it is full, or was made smaller. Each comes
 * back to where it was at once, and waits there; its endpoint is not bothered with it again. Used by one thread.
 */
final class WaitingLetters {
    /** By age: the oldest is forgotten first, most likely as it is gone. */
    private final Map<Position, State> states = new LinkedHashMap<>();

    /**
     * @param offered how often the queue was offered it
     * @param waited whether it has waited since
     */
    private record State(int offered, boolean waited) {}

    boolean has(Position position) {
        return states.containsKey(position);
    }

    /** Whether the message has still to wait before it is offered again. */
    boolean hasToWait(Position position) {
        State state = states.get(position);
        return state != null && !state.waited;
    }

    /** How long it has to; the next time that it is seen it has done so. */
    Duration pause(Position position) {
        State state = states.getOrDefault(position, new State(1, false));
        states.put(position, new State(state.offered, true));
        int doublings = Math.min(state.offered - 1, 30);
        Duration pause = DeliveryLimits.LETTER_PAUSE_MIN.multipliedBy(1L << doublings);
        return pause.compareTo(DeliveryLimits.LETTER_PAUSE_MAX) < 0 ? pause : DeliveryLimits.LETTER_PAUSE_MAX;
    }

    /** @return whether it is for the first time */
    boolean offered(Position position) {
        State before = states.get(position);
        states.put(position, new State(before == null ? 1 : before.offered + 1, false));
        if (states.size() > DeliveryLimits.LETTERS_WAITING_MAX) {
            states.remove(states.keySet().iterator().next());
        }
        return before == null;
    }

    void remove(Position position) {
        states.remove(position);
    }
}
