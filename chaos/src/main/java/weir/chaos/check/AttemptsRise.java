package weir.chaos.check;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import weir.chaos.history.Entry;

final class AttemptsRise implements Invariant {
    @Override
    public String name() {
        return "attempts rise";
    }

    @Override
    public String promise() {
        return "Each delivery of a message has a number of its own, and a later one a higher number.";
    }

    @Override
    public void check(Journeys journeys, Findings findings) {
        for (Journey journey : journeys.all()) {
            for (Entry.Queue queue :
                    journey.legs().stream().map(Leg::queue).distinct().toList()) {
                check(
                        journey,
                        journey.legsOf(queue.name()).stream()
                                .filter(leg -> leg.delivery().attempts() > 0)
                                .toList(),
                        findings);
            }
        }
    }

    private static void check(Journey journey, List<Leg> legs, Findings findings) {
        Map<Integer, Leg> byNumber = new HashMap<>();
        for (int i = 0; i < legs.size(); i++) {
            Leg leg = legs.get(i);
            findings.looked();
            Leg same = byNumber.putIfAbsent(leg.delivery().attempts(), leg);
            if (same != null) {
                findings.violation(
                        journey.id() + " was delivered twice as attempt "
                                + leg.delivery().attempts() + ".",
                        same.receive(),
                        leg.receive());
            } else if (i > 0
                    && leg.receive().beginMicros() > legs.get(i - 1).receive().endMicros()
                    && leg.delivery().attempts() < legs.get(i - 1).delivery().attempts()) {
                findings.violation(
                        journey.id() + " was delivered as attempt "
                                + legs.get(i - 1).delivery().attempts() + " and after that as attempt "
                                + leg.delivery().attempts() + ".",
                        legs.get(i - 1).receive(),
                        leg.receive());
            }
        }
    }
}
