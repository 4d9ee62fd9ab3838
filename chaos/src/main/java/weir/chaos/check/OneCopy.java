package weir.chaos.check;

import java.util.HashMap;
import java.util.Map;
import weir.chaos.history.Entry;
import weir.chaos.history.Outcome;

final class OneCopy implements Invariant {
    @Override
    public String name() {
        return "one copy";
    }

    @Override
    public String promise() {
        return "A message appears once in a queue, also if it was sent again with the same deduplication id: every"
                + " acknowledgement and every delivery names the same place.";
    }

    @Override
    public void check(Journeys journeys, Findings findings) {
        for (Journey journey : journeys.all()) {
            findings.looked();
            Map<String, Entry.Operation> seen = new HashMap<>();
            Map<String, String> places = new HashMap<>();
            for (Entry.Operation publish : journey.publishes()) {
                if (publish.outcome() == Outcome.OK) {
                    see(journey, publish.queue(), Journey.act(publish).place(), publish, places, seen, findings);
                }
            }
            for (Leg leg : journey.legs()) {
                see(journey, leg.queue().name(), leg.delivery().place(), leg.receive(), places, seen, findings);
            }
        }
    }

    private static void see(
            Journey journey,
            String queue,
            String place,
            Entry.Operation operation,
            Map<String, String> places,
            Map<String, Entry.Operation> seen,
            Findings findings) {
        String before = places.putIfAbsent(queue, place);
        Entry.Operation first = seen.putIfAbsent(queue, operation);
        if (before != null && first != null && !before.equals(place)) {
            findings.violation(
                    journey.id() + " is at " + before + " and at " + place + " of " + queue + ".", first, operation);
        }
    }
}
