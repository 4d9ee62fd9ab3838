package weir.sqs.move;

import java.util.ArrayList;
import java.util.List;

/**
 * How many messages of a task were moved, by whom. Each run writes down what it has moved in all, so that one that had no answer
 * writes it again and nothing is counted twice, however many runs there are at a time.
 *
 * @param earlier what runs moved that are no longer told apart
 * @param runs the newest last
 */
public record Moved(long earlier, List<Part> runs) {
    static final Moved NONE = new Moved(0, List.of());

    /** What one run has moved. */
    public record Part(String run, long count) {}

    public Moved {
        runs = List.copyOf(runs);
    }

    long total() {
        return earlier + runs.stream().mapToLong(Part::count).sum();
    }

    /** @param count all that the run has moved so far */
    Moved by(String run, long count) {
        List<Part> parts = new ArrayList<>(runs);
        for (int i = 0; i < parts.size(); i++) {
            if (parts.get(i).run.equals(run)) {
                parts.set(i, new Part(run, count));
                return new Moved(earlier, parts);
            }
        }
        parts.add(new Part(run, count));
        long folded = parts.size() > MoveLimits.RUNS_TOLD_APART ? parts.removeFirst().count : 0;
        return new Moved(earlier + folded, parts);
    }
}
