package weir.chaos.check;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import weir.chaos.history.Entry;
import weir.chaos.history.History;
import weir.chaos.history.Outcome;

final class ProgressAfterHealing implements Invariant {
    /** Above any election, replay and client's own timeout together, far below what anybody would wait for. */
    private static final long PATIENCE_MICROS = 15_000_000;

    @Override
    public String name() {
        return "progress after healing";
    }

    @Override
    public String promise() {
        return "Within " + PATIENCE_MICROS / 1_000_000 + " seconds of a cluster being whole again, every client that"
                + " tries succeeds, unless it is harmed again before.";
    }

    @Override
    public void check(Journeys journeys, Findings findings) {
        List<History.Fault> faults = journeys.history().faults();
        List<Entry.Operation> operations = journeys.history().operations();
        for (int i = 0; i < faults.size(); i++) {
            if (faults.get(i).healed().isEmpty()) {
                continue;
            }
            Entry.FaultEnded healed = faults.get(i).healed().get();
            long until = healed.atMicros() + PATIENCE_MICROS;
            boolean harmedBefore =
                    i + 1 < faults.size() && faults.get(i + 1).began().atMicros() < until;
            if (!harmedBefore) {
                check(operations, healed, until, findings);
            }
        }
    }

    /** Clients that began something early in that time, and ended nothing of it with success before its end. */
    private static void check(
            List<Entry.Operation> operations, Entry.FaultEnded healed, long until, Findings findings) {
        Set<String> tried = new TreeSet<>();
        Set<String> succeeded = new TreeSet<>();
        boolean lastedSoLong = false;
        for (Entry.Operation operation : operations) {
            if (operation.endMicros() > until) {
                lastedSoLong = true;
            } else if (operation.beginMicros() >= healed.atMicros()) {
                tried.add(operation.client());
                if (operation.outcome() == Outcome.OK) {
                    succeeded.add(operation.client());
                }
            }
        }
        if (!lastedSoLong) {
            tried.retainAll(
                    succeeded); // The run ended before the time was up: it shows who succeeded, not who will not.
        }
        for (String client : tried) {
            findings.looked();
            if (!succeeded.contains(client)) {
                findings.violation(
                        client + " had no success from " + healed.atMicros() / 1_000 + " ms on, for "
                                + PATIENCE_MICROS / 1_000_000 + " s.",
                        healed);
            }
        }
    }
}
