package weir.chaos.report;

import com.google.errorprone.annotations.FormatMethod;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import weir.chaos.check.Findings;
import weir.chaos.check.Verdict;
import weir.chaos.history.Entry;
import weir.chaos.history.Outcome;

/** The report for a browser: one page, with throughput over time as a drawing in which each fault is a band. */
final class HtmlReport {
    private static final int WIDTH = 1_100;
    private static final int HEIGHT = 260;
    private static final String HEAD = """
            <!DOCTYPE html>
            <html lang="en"><meta charset="utf-8"><title>Weir: chaos</title>
            <style>
            body { font: 15px/1.45 system-ui, sans-serif; max-width: 1160px; margin: 2em auto; padding: 0 1em; color: #222 }
            table { border-collapse: collapse; margin: 1em 0 } td, th { padding: .2em .8em; text-align: left }
            th { border-bottom: 1px solid #999 } td.n { text-align: right; font-variant-numeric: tabular-nums }
            .holds { color: #1a7f37 } .broken { color: #c00; font-weight: bold }
            pre { background: #f5f5f5; padding: .6em; overflow-x: auto; font-size: 12px }
            .sent { stroke: #0a62c4 } .received { stroke: #2a9d4a } .failed { stroke: #d33 }
            polyline { fill: none; stroke-width: 1.5 } rect { fill: #f0b429; opacity: .3 }
            </style>
            """;

    private final StringBuilder out = new StringBuilder(16_384);

    private HtmlReport() {}

    static String of(Report report) {
        HtmlReport html = new HtmlReport();
        html.out.append(HEAD);
        html.start(report);
        html.verdicts(report.verdicts());
        html.drawing(report);
        html.kinds(report.worstByKind());
        html.faults(report.pauses());
        html.outcomes(report.outcomes());
        html.violations(report.verdicts());
        return html.out.append("</html>\n").toString();
    }

    @FormatMethod
    private void add(String format, Object... values) {
        out.append(String.format(Locale.ROOT, format, values)).append('\n');
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }

    private void start(Report report) {
        Entry.Run run = report.history().run();
        add("<h1>%s</h1>", report.holds() ? "Every promise held" : "A promise was broken");
        add(
                "<p>%s, seed %d, %s.</p>",
                escaped(run.text()),
                run.seed(),
                TextReport.seconds(report.history().endMicros()));
    }

    private void verdicts(List<Verdict> verdicts) {
        add("<table><tr><th>Promise<th>Verdict<th>Looked at<th>");
        for (Verdict verdict : verdicts) {
            add(
                    "<tr><td>%s<td class=%s>%s<td class=n>%d<td>%s",
                    verdict.name(),
                    verdict.holds() ? "holds" : "broken",
                    verdict.holds() ? "holds" : "broken " + verdict.violations() + " times",
                    verdict.looked(),
                    escaped(verdict.promise()));
        }
        add("</table>");
    }

    private void drawing(Report report) {
        List<Throughput.Second> seconds = report.throughput().seconds();
        int most = seconds.stream()
                .mapToInt(second -> Math.max(second.sent, second.received))
                .max()
                .orElse(0);
        add("<h2>Messages a second</h2>");
        add(
                "<p><span style=\"color:#0a62c4\">sent</span>, <span style=\"color:#2a9d4a\">received</span>,"
                        + " <span style=\"color:#d33\">failed operations</span>; at most %d; bands are faults</p>",
                most);
        add("<svg viewBox=\"0 0 %d %d\" width=\"100%%\">", WIDTH, HEIGHT);
        double perSecond = WIDTH / (double) seconds.size();
        for (Pause pause : report.pauses()) {
            double from = pause.fault().began().atMicros() / 1e6 * perSecond;
            double to = pause.fault()
                            .healed()
                            .map(Entry.FaultEnded::atMicros)
                            .orElse(report.history().endMicros())
                    / 1e6
                    * perSecond;
            add(
                    "<rect x=\"%.1f\" y=\"0\" width=\"%.1f\" height=\"%d\"><title>%s %s</title></rect>",
                    from,
                    to - from,
                    HEIGHT,
                    pause.fault().began().kind(),
                    escaped(pause.fault().began().text()));
        }
        curve("failed", seconds.stream().mapToInt(second -> second.failed).toArray(), perSecond, most);
        curve("received", seconds.stream().mapToInt(second -> second.received).toArray(), perSecond, most);
        curve("sent", seconds.stream().mapToInt(second -> second.sent).toArray(), perSecond, most);
        add("</svg>");
    }

    private void curve(String name, int[] values, double perSecond, int most) {
        StringBuilder points = new StringBuilder();
        for (int second = 0; second < values.length; second++) {
            points.append(String.format(
                    Locale.ROOT,
                    "%.1f,%.1f ",
                    second * perSecond,
                    HEIGHT - Math.min(most, values[second]) * (HEIGHT - 4.0) / Math.max(1, most)));
        }
        add("<polyline class=%s points=\"%s\"/>", name, points);
    }

    private void kinds(Map<String, List<Long>> worstByKind) {
        add("<h2>Pauses by kind, of the client that waited longest each time</h2>");
        add("<table><tr><th>What<th>Times<th>Median<th>Worst");
        worstByKind.forEach((kind, micros) -> add(
                "<tr><td>%s<td class=n>%d<td class=n>%s<td class=n>%s",
                kind,
                micros.size(),
                TextReport.seconds(micros.get(micros.size() / 2)),
                TextReport.seconds(micros.getLast())));
        add("</table>");
    }

    private void faults(List<Pause> pauses) {
        add("<h2>What was done, and what clients felt</h2>");
        add("<table><tr><th>At<th>Healed<th>What<th>Where<th>Median pause<th>Worst<th>Whose");
        for (Pause pause : pauses) {
            Entry.FaultBegan began = pause.fault().began();
            add(
                    "<tr><td class=n>%s<td class=n>%s<td>%s<td>%s<td class=n>%s<td class=n>%s<td>%s",
                    TextReport.seconds(began.atMicros()),
                    pause.fault()
                            .healed()
                            .map(healed -> TextReport.seconds(healed.atMicros()))
                            .orElse("never"),
                    began.kind(),
                    escaped(began.text()),
                    TextReport.seconds(pause.medianMicros()),
                    pause.worst()
                            .map(worst -> TextReport.seconds(worst.getValue()))
                            .orElse("-"),
                    escaped(TextReport.notes(pause)));
        }
        add("</table>");
    }

    private void outcomes(Map<String, Map<Outcome, Long>> outcomes) {
        add("<h2>Operations</h2><table><tr><th><th>ok<th>refused<th>unknown");
        outcomes.forEach((name, counts) -> add(
                "<tr><td>%s<td class=n>%d<td class=n>%d<td class=n>%d",
                name,
                counts.getOrDefault(Outcome.OK, 0L),
                counts.getOrDefault(Outcome.REFUSED, 0L),
                counts.getOrDefault(Outcome.UNKNOWN, 0L)));
        add("</table>");
    }

    private void violations(List<Verdict> verdicts) {
        for (Verdict verdict : verdicts) {
            if (!verdict.holds()) {
                add("<h2 class=broken>%s</h2><p>%s</p>", verdict.name(), escaped(verdict.promise()));
                for (Findings.Violation violation : verdict.shown()) {
                    add(
                            "<p>%s</p><pre>%s</pre>",
                            escaped(violation.text()), escaped(String.join("\n", violation.evidence())));
                }
            }
        }
    }
}
