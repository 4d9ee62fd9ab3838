package weir.chaos.report;

import java.util.Arrays;
import java.util.List;
import weir.chaos.history.Act;
import weir.chaos.history.Entry;
import weir.chaos.history.History;
import weir.chaos.history.Outcome;

/** What was done in each second of a run. */
public final class Throughput {
    private final Second[] seconds;

    /** One second of it. */
    static final class Second {
        /** Acknowledged sends. */
        int sent;
        /** Messages. */
        int received;
        /** Operations of any kind that were refused or not answered. */
        int failed;
    }

    private Throughput(int seconds) {
        this.seconds = new Second[seconds];
        Arrays.setAll(this.seconds, _ -> new Second());
    }

    static Throughput of(History history) {
        Throughput throughput = new Throughput(Math.toIntExact(history.endMicros() / 1_000_000) + 1);
        for (Entry.Operation operation : history.operations()) {
            Second second = throughput.seconds[Math.toIntExact(operation.endMicros() / 1_000_000)];
            if (operation.outcome() != Outcome.OK) {
                second.failed++;
                continue;
            }
            switch (operation.act()) {
                case Act.Publish _ -> second.sent++;
                case Act.Receive receive ->
                    second.received += receive.deliveries().size();
                case Act.Acknowledge _, Act.Extend _ -> {}
            }
        }
        return throughput;
    }

    List<Second> seconds() {
        return List.of(seconds);
    }
}
