package weir.chaos.check;

import weir.chaos.history.Entry;

final class NeverEarly implements Invariant {
    @Override
    public String name() {
        return "never early";
    }

    @Override
    public String promise() {
        return "A delayed message is not delivered before its time, within the tolerance for clocks.";
    }

    @Override
    public void check(Journeys journeys, Findings findings) {
        for (Journey journey : journeys.all()) {
            if (journey.publishes().isEmpty() || journey.legs().isEmpty()) {
                continue;
            }
            Entry.Operation publish = journey.publishes().getFirst();
            long delay = Journey.act(publish).delayMicros();
            if (delay == 0) {
                continue;
            }
            findings.looked();
            Entry.Operation receive = journey.legs().getFirst().receive();
            if (receive.endMicros() < publish.beginMicros() + delay - journeys.toleranceMicros()) {
                findings.violation(
                        journey.id() + " was delivered " + (publish.beginMicros() + delay - receive.endMicros()) / 1_000
                                + " ms early.",
                        publish,
                        receive);
            }
        }
    }
}
