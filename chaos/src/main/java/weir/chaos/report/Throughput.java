package weir.chaos.report;

import java.util.List;
import weir.chaos.history.Act;
import weir.chaos.history.Entry;
import weir.chaos.history.History;
import weir.chaos.history.Outcome;

/**
 * What was done in each second.
 *
 * @param sent acknowledged sends
 * @param received messages
 * @param failed operations of any kind that were refused or not answered
 */
public record Throughput(int[] sent, int[] received, int[] failed) {
    static Throughput of(History history) {
        int seconds = Math.toIntExact(history.endMicros() / 1_000_000) + 1;
        Throughput throughput = new Throughput(new int[seconds], new int[seconds], new int[seconds]);
        for (Entry.Operation operation : history.operations()) {
            int second = Math.toIntExact(operation.endMicros() / 1_000_000);
            if (operation.outcome() != Outcome.OK) {
                throughput.failed[second]++;
                continue;
            }
            switch (operation.act()) {
                case Act.Publish _ -> throughput.sent[second]++;
                case Act.Receive(_, List<?> deliveries) -> throughput.received[second] += deliveries.size();
                case Act.Acknowledge _, Act.Extend _ -> {}
            }
        }
        return throughput;
    }

    int seconds() {
        return sent.length;
    }
}
