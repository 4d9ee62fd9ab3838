package weir.chaos.check;

import java.util.List;
import weir.chaos.history.Entry;

final class DeadLettersOnce implements Invariant {
    @Override
    public String name() {
        return "dead letters once";
    }

    @Override
    public String promise() {
        return "A message is tried no more often than its queue allows, then it goes to the dead-letter queue, and is"
                + " in its own queue no more.";
    }

    @Override
    public void check(Journeys journeys, Findings findings) {
        for (Journey journey : journeys.all()) {
            Entry.Queue queue = journeys.history().queues().get(journey.queue().orElse(""));
            if (queue != null && !queue.deadLetters().isEmpty()) {
                check(journey, queue, findings);
            }
        }
    }

    private static void check(Journey journey, Entry.Queue queue, Findings findings) {
        List<Leg> dead = journey.legsOf(queue.deadLetters());
        for (Leg leg : journey.legsOf(queue.name())) {
            findings.looked();
            if (leg.delivery().attempts() > queue.attemptsMax()) {
                findings.violation(
                        journey.id() + " was delivered as attempt "
                                + leg.delivery().attempts() + " of " + queue.attemptsMax() + ".",
                        leg.receive());
            }
            if (!dead.isEmpty()
                    && leg.receive().beginMicros() > dead.getFirst().receive().endMicros()) {
                findings.violation(
                        journey.id() + " is in its dead-letter queue, and is still delivered by its own.",
                        dead.getFirst().receive(),
                        leg.receive());
            }
        }
    }
}
