package weir.chaos.report;

import com.google.errorprone.annotations.FormatMethod;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import weir.chaos.check.Findings;
import weir.chaos.check.Verdict;
import weir.chaos.history.Entry;
import weir.chaos.history.Outcome;

/** The report for a terminal. */
final class TextReport {
    private final StringBuilder out = new StringBuilder(4_096);

    private TextReport() {}

    static String of(Report report) {
        TextReport text = new TextReport();
        text.run(report);
        text.faults(report.pauses());
        text.pauses(report.worstByKind());
        text.verdicts(report.verdicts());
        return text.out.toString();
    }

    static String seconds(long micros) {
        return String.format(Locale.ROOT, "%.2f s", micros / 1e6);
    }

    @FormatMethod
    private void line(String format, Object... values) {
        out.append(String.format(Locale.ROOT, format, values).stripTrailing()).append('\n');
    }

    private void run(Report report) {
        Entry.Run run = report.history().run();
        line("%s, seed %d, %s", run.text(), run.seed(), seconds(report.history().endMicros()));
        line("");
        line("%-22s %9s %9s %9s", "Operations", "ok", "refused", "unknown");
        report.outcomes()
                .forEach((name, counts) -> line(
                        "%-22s %9d %9d %9d",
                        name,
                        counts.getOrDefault(Outcome.OK, 0L),
                        counts.getOrDefault(Outcome.REFUSED, 0L),
                        counts.getOrDefault(Outcome.UNKNOWN, 0L)));
        line("");
    }

    private void faults(List<Pause> pauses) {
        line("%9s %9s  %-10s %-30s %9s %9s", "At", "Healed", "What", "Where", "Median", "Worst pause");
        for (Pause pause : pauses) {
            Entry.FaultBegan began = pause.fault().began();
            line(
                    "%9s %9s  %-10s %-30s %9s %9s  %s",
                    seconds(began.atMicros()),
                    pause.fault()
                            .healed()
                            .map(healed -> seconds(healed.atMicros()))
                            .orElse("never"),
                    began.kind(),
                    began.text(),
                    seconds(pause.medianMicros()),
                    pause.worst().map(worst -> seconds(worst.getValue())).orElse("-"),
                    notes(pause));
        }
        line("");
    }

    static String notes(Pause pause) {
        StringBuilder notes =
                new StringBuilder(pause.worst().map(Map.Entry::getKey).orElse(""));
        if (!pause.without().isEmpty()) {
            notes.append("; no success before the next: ").append(String.join(" ", pause.without()));
        }
        pause.fault()
                .healed()
                .map(Entry.FaultEnded::text)
                .filter(text -> !text.isEmpty())
                .ifPresent(text -> notes.append("; ").append(text));
        return notes.toString();
    }

    private void pauses(Map<String, List<Long>> worstByKind) {
        line("Pauses, of the client that waited longest each time");
        line("%-10s %6s %9s %9s", "What", "Times", "Median", "Worst");
        worstByKind.forEach((kind, micros) -> line(
                "%-10s %6d %9s %9s",
                kind, micros.size(), seconds(micros.get(micros.size() / 2)), seconds(micros.getLast())));
        line("");
    }

    private void verdicts(List<Verdict> verdicts) {
        for (Verdict verdict : verdicts) {
            line(
                    "%-8s %-24s %s",
                    verdict.holds() ? "holds" : "BROKEN",
                    verdict.name(),
                    verdict.holds()
                            ? "looked at " + verdict.looked()
                            : verdict.violations() + " of " + verdict.looked());
        }
        for (Verdict verdict : verdicts) {
            if (!verdict.holds()) {
                line("");
                line("%s: %s", verdict.name().toUpperCase(Locale.ROOT), verdict.promise());
                for (Findings.Violation violation : verdict.shown()) {
                    line("  %s", violation.text());
                    violation.evidence().forEach(evidence -> line("    %s", evidence));
                }
                long more = verdict.violations() - verdict.shown().size();
                if (more > 0) {
                    line("  and %d more", more);
                }
            }
        }
    }
}
