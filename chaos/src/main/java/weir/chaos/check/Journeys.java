package weir.chaos.check;

import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import weir.chaos.history.Act;
import weir.chaos.history.Delivery;
import weir.chaos.history.Entry;
import weir.chaos.history.History;

/** A history, sorted by message. */
public final class Journeys {
    private final History history;
    private final Map<String, Journey> byId = new LinkedHashMap<>();

    private Journeys(History history) {
        this.history = history;
    }

    static Journeys of(History history) {
        Journeys journeys = new Journeys(history);
        Map<String, Leg> byLease = new HashMap<>();
        for (Entry.Operation operation : history.operations()) {
            switch (operation.act()) {
                case Act.Publish publish ->
                    journeys.journey(publish.id()).publishes().add(operation);
                case Act.Receive receive -> journeys.received(operation, receive, byLease);
                case Act.Acknowledge _,
                        Act.Extend _ -> {} // In a second pass: they may end before their receive's line.
            }
        }
        for (Entry.Operation operation : history.operations()) {
            switch (operation.act()) {
                case Act.Acknowledge acknowledge -> settled(byLease, acknowledge.lease(), operation);
                case Act.Extend extend -> settled(byLease, extend.lease(), operation);
                case Act.Publish _, Act.Receive _ -> {}
            }
        }
        return journeys;
    }

    private void received(Entry.Operation operation, Act.Receive receive, Map<String, Leg> byLease) {
        Entry.Queue queue = history.queues().get(operation.queue());
        if (queue == null) {
            throw new IllegalArgumentException("the history has no line for the queue " + operation.queue());
        }
        List<Delivery> deliveries = receive.deliveries();
        for (int i = 0; i < deliveries.size(); i++) {
            Leg leg = new Leg(queue, operation, deliveries.get(i), i);
            journey(deliveries.get(i).id()).legs().add(leg);
            byLease.put(deliveries.get(i).lease(), leg);
        }
    }

    private static void settled(Map<String, Leg> byLease, String lease, Entry.Operation operation) {
        Leg leg = byLease.get(lease);
        if (leg == null) {
            throw new IllegalArgumentException("nothing was delivered under the lease " + lease);
        }
        leg.settlements().add(operation);
    }

    private Journey journey(String id) {
        return byId.computeIfAbsent(id, Journey::new);
    }

    History history() {
        return history;
    }

    /** In the order of first mention. */
    Collection<Journey> all() {
        return byId.values();
    }

    long toleranceMicros() {
        return history.run().toleranceMicros();
    }
}
