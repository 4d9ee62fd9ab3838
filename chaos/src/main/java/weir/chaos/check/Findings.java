package weir.chaos.check;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import weir.chaos.history.Entry;
import weir.chaos.history.HistoryCodec;

/** Gathers what one check finds. */
public final class Findings {
    /** Kept in full; of more, the number. One cause often breaks thousands of messages. */
    private static final int KEPT_MAX = 20;

    private long looked;
    private long violations;
    private final List<Violation> kept = new ArrayList<>();

    /**
     * One case in which the promise was broken.
     *
     * @param text what is wrong, in a sentence
     * @param evidence the lines of the history that show it
     */
    public record Violation(String text, List<String> evidence) {
        public Violation {
            evidence = List.copyOf(evidence);
        }
    }

    /** One thing was looked at: a verdict over nothing is worth nothing. */
    void looked() {
        looked++;
    }

    void violation(String text, Entry... evidence) {
        violations++;
        if (kept.size() < KEPT_MAX) {
            kept.add(new Violation(
                    text, Arrays.stream(evidence).map(HistoryCodec::format).toList()));
        }
    }

    Verdict verdict(Invariant invariant) {
        return new Verdict(invariant.name(), invariant.promise(), looked, violations, kept);
    }
}
