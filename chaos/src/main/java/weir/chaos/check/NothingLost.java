package weir.chaos.check;

import java.util.Optional;
import weir.chaos.history.Entry;

/** Only a history that ends with all queues empty can show it: until then a message may still come. */
final class NothingLost implements Invariant {
    @Override
    public String name() {
        return "nothing lost";
    }

    @Override
    public String promise() {
        return "Every message whose sending was acknowledged is delivered until a consumer is done with it,"
                + " by its queue or by its dead-letter queue.";
    }

    @Override
    public void check(Journeys journeys, Findings findings) {
        Optional<Entry.Drained> drained = journeys.history().drained();
        if (drained.isEmpty()) {
            findings.violation("The run was cut off before its queues were drained, so nobody knows what is lost.");
            return;
        }
        if (!drained.get().complete()) {
            findings.violation(
                    "The queues could not be drained: " + drained.get().text(), drained.get());
        }
        for (Journey journey : journeys.all()) {
            journey.acknowledgedPublish().ifPresent(publish -> {
                findings.looked();
                if (journey.legs().isEmpty()) {
                    findings.violation(journey.id() + " was acknowledged, and never delivered.", publish);
                } else if (journey.legs().stream()
                        .allMatch(leg -> leg.acknowledgements().isEmpty())) {
                    findings.violation(
                            journey.id() + " was delivered, no consumer was ever done with it, and it is gone.",
                            publish,
                            journey.legs().getLast().receive());
                }
            });
        }
    }
}
