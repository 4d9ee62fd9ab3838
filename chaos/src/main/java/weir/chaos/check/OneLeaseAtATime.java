package weir.chaos.check;

import java.util.List;
import weir.chaos.history.Entry;

final class OneLeaseAtATime implements Invariant {
    @Override
    public String name() {
        return "one lease at a time";
    }

    @Override
    public String promise() {
        return "While a consumer holds a message, within its visibility timeout and the tolerance for clocks,"
                + " nobody else is given it.";
    }

    @Override
    public void check(Journeys journeys, Findings findings) {
        for (Journey journey : journeys.all()) {
            for (Entry.Queue queue :
                    journey.legs().stream().map(Leg::queue).distinct().toList()) {
                List<Leg> legs = journey.legsOf(queue.name());
                findings.looked();
                for (int i = 1; i < legs.size(); i++) {
                    for (int j = 0; j < i; j++) {
                        pair(journeys, journey, legs.get(j), legs.get(i), findings);
                    }
                }
            }
        }
    }

    private static void pair(Journeys journeys, Journey journey, Leg one, Leg other, Findings findings) {
        boolean early;
        if (other.isAfter(one)) {
            early = grantedWhileHeld(journeys, one, other);
        } else if (one.isAfter(other)) {
            early = grantedWhileHeld(journeys, other, one);
        } else { // Whichever was first, the second was granted too early.
            early = grantedWhileHeld(journeys, one, other) && grantedWhileHeld(journeys, other, one);
        }
        if (early) {
            findings.violation(
                    journey.id() + " was given to " + other.receive().client() + " while "
                            + one.receive().client() + " held it.",
                    one.receive(),
                    other.receive());
        }
    }

    private static boolean grantedWhileHeld(Journeys journeys, Leg first, Leg second) {
        return second.receive().endMicros() < first.heldUntil() - journeys.toleranceMicros();
    }
}
