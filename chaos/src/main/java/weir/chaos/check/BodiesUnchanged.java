package weir.chaos.check;

import weir.chaos.history.Entry;

final class BodiesUnchanged implements Invariant {
    @Override
    public String name() {
        return "bodies unchanged";
    }

    @Override
    public String promise() {
        return "A message is delivered with the body that it was sent with.";
    }

    @Override
    public void check(Journeys journeys, Findings findings) {
        for (Journey journey : journeys.all()) {
            if (journey.publishes().isEmpty()) {
                continue; // Another check's case.
            }
            Entry.Operation publish = journey.publishes().getFirst();
            for (Leg leg : journey.legs()) {
                findings.looked();
                if (!leg.delivery().checksum().equals(Journey.act(publish).checksum())) {
                    findings.violation(journey.id() + " was delivered with another body.", publish, leg.receive());
                }
            }
        }
    }
}
