package weir.chaos.check;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import weir.chaos.history.Act;
import weir.chaos.history.Entry;
import weir.chaos.history.Outcome;

/**
 * Everything about one message.
 *
 * @param publishes every attempt to send it, by their ends
 * @param legs its deliveries, from its own queue and from others, by their ends
 */
record Journey(String id, List<Entry.Operation> publishes, List<Leg> legs) {
    Journey(String id) {
        this(id, new ArrayList<>(1), new ArrayList<>(1));
    }

    /** The first that was answered with success. */
    Optional<Entry.Operation> acknowledgedPublish() {
        return publishes.stream()
                .filter(publish -> publish.outcome() == Outcome.OK)
                .findFirst();
    }

    /** Deliveries from that queue alone. */
    List<Leg> legsOf(String queue) {
        return legs.stream().filter(leg -> leg.queue().name().equals(queue)).toList();
    }

    /** The queue that it was sent to; empty for a message that nobody sent. */
    Optional<String> queue() {
        return publishes.stream().map(Entry.Operation::queue).findFirst();
    }

    static Act.Publish act(Entry.Operation publish) {
        return (Act.Publish) publish.act();
    }
}
