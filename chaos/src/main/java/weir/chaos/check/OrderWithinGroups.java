package weir.chaos.check;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import weir.chaos.history.Act;
import weir.chaos.history.Entry;

/**
 * A group's producer sends one message after the other, each when the one before it was acknowledged, so their order is
 * known. A message may be delivered when each before it may be done: an acknowledgement was begun, or it has left for the
 * dead-letter queue, or it stands before it in the same answer.
 */
final class OrderWithinGroups implements Invariant {
    /** The most messages that one answer of any front holds; only as many can be ahead of one in it. */
    private static final int ANSWER_MAX = 1_000;

    @Override
    public String name() {
        return "order within groups";
    }

    @Override
    public String promise() {
        return "A message of a group is delivered only when those sent before it are done, or together with them in"
                + " order.";
    }

    @Override
    public void check(Journeys journeys, Findings findings) {
        Map<String, List<Journey>> groups = new LinkedHashMap<>();
        for (Journey journey : journeys.all()) {
            journey.acknowledgedPublish().ifPresent(publish -> {
                Entry.Queue queue = journeys.history().queues().get(publish.queue());
                String group = Journey.act(publish).group();
                if (queue != null && queue.ordered() && !group.isEmpty()) {
                    groups.computeIfAbsent(publish.queue() + " " + group, _ -> new ArrayList<>())
                            .add(journey);
                }
            });
        }
        groups.values().forEach(group -> check(group, findings));
    }

    private static void check(List<Journey> group, Findings findings) {
        group.sort(Comparator.comparingLong(
                journey -> journey.publishes().getFirst().beginMicros()));
        long[] doneFrom = group.stream().mapToLong(OrderWithinGroups::doneFrom).toArray();
        long allBeforeDoneFrom = Long.MIN_VALUE;
        for (int i = 0; i < group.size(); i++) {
            for (Leg leg : group.get(i).legsOf(group.get(i).queue().orElseThrow())) {
                findings.looked();
                if (allBeforeDoneFrom > leg.receive().endMicros()) {
                    overtaken(group, doneFrom, i, leg, findings);
                }
            }
            allBeforeDoneFrom = Math.max(allBeforeDoneFrom, doneFrom[i]);
        }
    }

    /** The earliest moment at which the message can have been done with; the end of time if it never was. */
    private static long doneFrom(Journey journey) {
        String queue = journey.queue().orElseThrow();
        List<Leg> legs = journey.legsOf(queue);
        long from = Long.MAX_VALUE;
        for (Leg leg : legs) {
            for (Entry.Operation acknowledgement : leg.acknowledgements()) {
                from = Math.min(from, acknowledgement.beginMicros());
            }
            int attemptsMax = leg.queue().attemptsMax();
            if (attemptsMax > 0 && leg.delivery().attempts() >= attemptsMax) {
                from = Math.min(from, leg.receive().beginMicros());
            }
        }
        boolean leftIt = journey.legs().size() > legs.size();
        if (leftIt) { // Its last delivery here may have been one whose answer was lost.
            from = Math.min(
                    from,
                    legs.isEmpty() ? Long.MIN_VALUE : legs.getLast().receive().beginMicros());
        }
        return from;
    }

    private static void overtaken(List<Journey> group, long[] doneFrom, int index, Leg leg, Findings findings) {
        for (int before = index - 1; before >= Math.max(0, index - ANSWER_MAX); before--) {
            Journey earlier = group.get(before);
            if (doneFrom[before] > leg.receive().endMicros() && !standsBefore(earlier, leg)) {
                Entry.Operation first = earlier.publishes().getFirst();
                findings.violation(
                        leg.delivery().id() + " was delivered before " + earlier.id() + " of the same group was done.",
                        first,
                        leg.receive());
                return;
            }
        }
    }

    private static boolean standsBefore(Journey earlier, Leg leg) {
        return leg.receive().act() instanceof Act.Receive receive
                && receive.deliveries().subList(0, leg.index()).stream()
                        .anyMatch(delivery -> delivery.id().equals(earlier.id()));
    }
}
