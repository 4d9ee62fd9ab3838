package weir.chaos.check;

import java.util.List;
import weir.chaos.history.History;

/** All the promises. */
public final class Checker {
    private static final List<Invariant> INVARIANTS = List.of(
            new NothingLost(),
            new NothingComesBack(),
            new NothingInvented(),
            new BodiesUnchanged(),
            new OneLeaseAtATime(),
            new OrderWithinGroups(),
            new OneCopy(),
            new AttemptsRise(),
            new DeadLettersOnce(),
            new NeverEarly(),
            new CountersAgree(),
            new ProgressAfterHealing(),
            new MendedByItself());

    private Checker() {}

    public static List<Verdict> check(History history) {
        Journeys journeys = Journeys.of(history);
        return INVARIANTS.stream()
                .map(invariant -> {
                    Findings findings = new Findings();
                    invariant.check(journeys, findings);
                    return findings.verdict(invariant);
                })
                .toList();
    }
}
