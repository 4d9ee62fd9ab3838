package weir.chaos.history;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A whole run, read back.
 *
 * @param operations in the order of their ends
 * @param drained empty if the run was cut off before
 */
public record History(
        Entry.Run run,
        Map<String, Entry.Queue> queues,
        List<Fault> faults,
        List<Entry.Mended> mended,
        List<Entry.Operation> operations,
        Optional<Entry.Drained> drained,
        List<Entry.Counted> counts) {
    /**
     * One harm, from its beginning until it was undone.
     *
     * @param healed empty if it never was
     */
    public record Fault(Entry.FaultBegan began, Optional<Entry.FaultEnded> healed) {}

    public static History read(Path file) throws IOException {
        List<Entry> entries = new ArrayList<>();
        try (BufferedReader reader = Files.newBufferedReader(file)) {
            long number = 0;
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                number++;
                if (!line.isBlank() && !line.startsWith("#")) {
                    try {
                        entries.add(HistoryCodec.parse(line));
                    } catch (IllegalArgumentException e) {
                        if (reader.readLine() == null) {
                            break; // The last line of a run that was cut off.
                        }
                        throw new IOException(file + ", line " + number + ": " + e.getMessage(), e);
                    }
                }
            }
        }
        return of(entries);
    }

    public static History of(List<Entry> entries) {
        Entry.Run run = new Entry.Run(0, 0, 0, "");
        Map<String, Entry.Queue> queues = new LinkedHashMap<>();
        Map<Integer, Entry.FaultBegan> began = new LinkedHashMap<>();
        Map<Integer, Entry.FaultEnded> ended = new LinkedHashMap<>();
        List<Entry.Mended> mended = new ArrayList<>();
        List<Entry.Operation> operations = new ArrayList<>();
        List<Entry.Counted> counts = new ArrayList<>();
        Entry.@Nullable Drained drained = null;
        for (Entry entry : entries) {
            switch (entry) {
                case Entry.Run first -> run = first;
                case Entry.Queue queue -> queues.put(queue.name(), queue);
                case Entry.FaultBegan fault -> began.put(fault.number(), fault);
                case Entry.FaultEnded fault -> ended.put(fault.number(), fault);
                case Entry.Mended whole -> mended.add(whole);
                case Entry.Operation operation -> operations.add(operation);
                case Entry.Drained end -> drained = end;
                case Entry.Counted count -> counts.add(count);
            }
        }
        operations.sort(Comparator.comparingLong(Entry.Operation::endMicros));
        List<Fault> faults = began.values().stream()
                .map(fault -> new Fault(fault, Optional.ofNullable(ended.get(fault.number()))))
                .toList();
        return new History(run, queues, faults, mended, operations, Optional.ofNullable(drained), counts);
    }

    /** The moment of the last entry. */
    public long endMicros() {
        long last = operations.isEmpty() ? 0 : operations.getLast().endMicros();
        return Math.max(last, drained.map(Entry.Drained::atMicros).orElse(0L));
    }
}
