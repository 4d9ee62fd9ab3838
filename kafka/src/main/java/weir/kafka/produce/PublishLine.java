package weir.kafka.produce;

import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import weir.core.broker.Broker;
import weir.core.broker.Outcome;
import weir.core.shard.Command;

/**
 * Appends what one connection produces, in order: while some is on its way, more gathers, and goes together after that. Who reads the connection is not kept
 * waiting; how much may gather is bounded by how many requests of a connection are read ahead. There is a thread while there is something to do.
 */
final class PublishLine {
    private static final Logger LOG = LoggerFactory.getLogger(PublishLine.class);

    private final Broker broker;
    /** Guarded by the monitor, as is the other. */
    private List<Begun> gathered = new ArrayList<>();

    private boolean going;

    PublishLine(Broker broker) {
        this.broker = broker;
    }

    synchronized void add(Begun begun) {
        gathered.add(begun);
        if (!going) {
            going = true;
            Thread.ofVirtual().name("kafka-publishes").start(this::publishAll);
        }
    }

    private synchronized List<Begun> next() {
        List<Begun> next = gathered;
        gathered = new ArrayList<>();
        going = !next.isEmpty();
        return next;
    }

    private void publishAll() {
        for (List<Begun> some = next(); !some.isEmpty(); some = next()) {
            try {
                publish(some);
            } catch (InterruptedException | RuntimeException | Error e) {
                LOG.error("what Kafka's clients produced met a bug", e);
                some.forEach(begun -> begun.fail(e));
            }
        }
    }

    private void publish(List<Begun> some) throws InterruptedException {
        List<Command.Publish> commands =
                some.stream().flatMap(begun -> begun.commands().stream()).toList();
        List<Outcome> outcomes = commands.isEmpty() ? List.of() : broker.submitAll(commands);
        int from = 0;
        for (Begun begun : some) {
            int to = from + begun.commands().size();
            begun.settle(outcomes.subList(from, to));
            from = to;
        }
    }
}
