package weir.chaos.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import weir.chaos.history.Act;
import weir.chaos.history.Entry;
import weir.chaos.history.History;
import weir.chaos.history.Outcome;

/**
 * What clients felt of one fault: for each, the time from its beginning to the end of the first success that was begun
 * after it. How long an empty-handed long poll waited, as it was asked to, is no pause.
 *
 * @param micros by client
 * @param without clients that tried and had no success before the next fault began, or the history ended
 */
public record Pause(History.Fault fault, Map<String, Long> micros, List<String> without) {
    static List<Pause> of(History history) {
        List<Pause> pauses = new ArrayList<>();
        for (int i = 0; i < history.faults().size(); i++) {
            long until = i + 1 < history.faults().size()
                    ? history.faults().get(i + 1).began().atMicros()
                    : Long.MAX_VALUE;
            pauses.add(of(history, history.faults().get(i), until));
        }
        return pauses;
    }

    private static Pause of(History history, History.Fault fault, long until) {
        long began = fault.began().atMicros();
        Map<String, Long> micros = new LinkedHashMap<>();
        List<String> tried = new ArrayList<>();
        for (Entry.Operation operation : history.operations()) {
            if (operation.beginMicros() >= began && operation.endMicros() <= until) {
                if (operation.outcome() == Outcome.OK) {
                    micros.merge(operation.client(), operation.endMicros() - waited(operation) - began, Math::min);
                } else if (!tried.contains(operation.client())) {
                    tried.add(operation.client());
                }
            }
        }
        tried.removeAll(micros.keySet());
        return new Pause(fault, micros, tried);
    }

    private static long waited(Entry.Operation operation) {
        return operation.act() instanceof Act.Receive(long wait, List<?> deliveries) && deliveries.isEmpty()
                ? Math.min(wait, operation.endMicros() - operation.beginMicros())
                : 0;
    }

    /** Of the client that waited longest. */
    Optional<Map.Entry<String, Long>> worst() {
        return micros.entrySet().stream().max(Map.Entry.comparingByValue());
    }

    /** Of all clients, those included that did not notice. */
    long medianMicros() {
        List<Long> sorted =
                micros.values().stream().sorted(Comparator.naturalOrder()).toList();
        return sorted.isEmpty() ? 0 : sorted.get(sorted.size() / 2);
    }
}
