package weir.chaos.check;

import java.util.List;
import weir.chaos.history.Entry;
import weir.chaos.history.Outcome;

final class NothingInvented implements Invariant {
    @Override
    public String name() {
        return "nothing invented";
    }

    @Override
    public String promise() {
        return "What is delivered was sent, to that queue, before it is delivered, and its sending was not refused.";
    }

    @Override
    public void check(Journeys journeys, Findings findings) {
        for (Journey journey : journeys.all()) {
            for (Leg leg : journey.legs()) {
                findings.looked();
                List<Entry.Operation> sent = journey.publishes().stream()
                        .filter(publish -> publish.beginMicros() < leg.receive().endMicros())
                        .toList();
                if (sent.isEmpty()) {
                    findings.violation(journey.id() + " was delivered and never sent.", leg.receive());
                } else if (sent.stream().allMatch(publish -> publish.outcome() == Outcome.REFUSED)) {
                    findings.violation(
                            journey.id() + " was delivered although its sending was refused.",
                            sent.getLast(),
                            leg.receive());
                } else if (sent.stream().noneMatch(publish -> mayReach(journeys, publish.queue(), leg))) {
                    findings.violation(
                            journey.id() + " was delivered by a queue that it was not sent to.",
                            sent.getLast(),
                            leg.receive());
                }
            }
        }
    }

    private static boolean mayReach(Journeys journeys, String sentTo, Leg leg) {
        Entry.Queue queue = journeys.history().queues().get(sentTo);
        return leg.queue().name().equals(sentTo)
                || (queue != null && leg.queue().name().equals(queue.deadLetters()));
    }
}
