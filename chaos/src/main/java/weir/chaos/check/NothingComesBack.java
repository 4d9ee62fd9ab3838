package weir.chaos.check;

import weir.chaos.history.Entry;
import weir.chaos.history.Outcome;

/**
 * An acknowledgement that was answered with success binds the server, if it certainly met the message under that lease:
 * in time, or, where one that is late is accepted as long as nobody else has the message, with nobody having had it
 * between.
 */
final class NothingComesBack implements Invariant {
    @Override
    public String name() {
        return "nothing comes back";
    }

    @Override
    public String promise() {
        return "A message whose acknowledgement was answered with success is never delivered again.";
    }

    @Override
    public void check(Journeys journeys, Findings findings) {
        for (Journey journey : journeys.all()) {
            for (Leg done : journey.legs()) {
                for (Entry.Operation acknowledgement : done.acknowledgements()) {
                    if (acknowledgement.outcome() == Outcome.OK) {
                        findings.looked();
                        held(journeys, journey, done, acknowledgement, findings);
                    }
                }
            }
        }
    }

    private static void held(
            Journeys journeys, Journey journey, Leg done, Entry.Operation acknowledgement, Findings findings) {
        boolean inTime = done.queue().ordered()
                || acknowledgement.endMicros()
                        <= done.heldUntil(acknowledgement.beginMicros()) - journeys.toleranceMicros();
        for (Leg again : journey.legs()) {
            boolean later = again.receive().beginMicros() > acknowledgement.endMicros();
            if (later && (inTime || isNext(done, again))) {
                findings.violation(
                        journey.id() + " came back "
                                + (again.receive().endMicros() - acknowledgement.endMicros()) / 1_000
                                + " ms after its acknowledgement was answered.",
                        acknowledgement,
                        again.receive());
                return;
            }
        }
    }

    /** The very next delivery of the message by the server's count: nobody had it between. */
    private static boolean isNext(Leg done, Leg again) {
        return done.delivery().attempts() > 0
                && again.queue().equals(done.queue())
                && again.delivery().attempts() == done.delivery().attempts() + 1;
    }
}
