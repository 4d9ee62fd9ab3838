package weir.chaos.report;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import weir.chaos.check.Checker;
import weir.chaos.check.Verdict;
import weir.chaos.history.Entry;
import weir.chaos.history.History;
import weir.chaos.history.Outcome;

/** Everything that is said about a run. */
public record Report(History history, List<Verdict> verdicts, List<Pause> pauses, Throughput throughput) {
    /** Checks {@code history} and gathers what there is to tell. */
    public static Report of(History history) {
        return new Report(history, Checker.check(history), Pause.of(history), Throughput.of(history));
    }

    public boolean holds() {
        return verdicts.stream().allMatch(Verdict::holds);
    }

    public String text() {
        return TextReport.of(this);
    }

    public String html() {
        return HtmlReport.of(this);
    }

    /** By front and act, how many operations had which outcome. */
    Map<String, Map<Outcome, Long>> outcomes() {
        Map<String, Map<Outcome, Long>> outcomes = new TreeMap<>();
        for (Entry.Operation operation : history.operations()) {
            Entry.Queue queue = history.queues().get(operation.queue());
            String act = operation.act().getClass().getSimpleName();
            outcomes.computeIfAbsent(
                            (queue == null ? "" : queue.front() + " ") + act, _ -> new EnumMap<>(Outcome.class))
                    .merge(operation.outcome(), 1L, Long::sum);
        }
        return outcomes;
    }

    /** The worst pause of each fault of a kind, ascending: what the goal for failover is held against. */
    Map<String, List<Long>> worstByKind() {
        Map<String, List<Long>> worst = new TreeMap<>();
        for (Pause pause : pauses) {
            pause.worst().ifPresent(client -> worst.computeIfAbsent(
                            pause.fault().began().kind(), _ -> new ArrayList<>())
                    .add(client.getValue()));
        }
        worst.values().forEach(micros -> micros.sort(null));
        return worst;
    }
}
