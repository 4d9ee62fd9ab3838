package weir.amqp.session;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import weir.amqp.wire.AmqpException;

/** The consumers of this node by their queues' ids. From any thread. */
final class QueueLines {
    private final Map<Long, QueueLine> lines = new ConcurrentHashMap<>();

    /** @throws AmqpException as {@link QueueLine#join} says */
    QueueLine join(Consumer consumer) throws AmqpException {
        @Nullable AmqpException[] refused = new AmqpException[1];
        QueueLine line = lines.compute(consumer.terms().queueId(), (_, there) -> {
            QueueLine joined = there == null ? new QueueLine() : there;
            try {
                joined.join(consumer);
            } catch (AmqpException e) {
                refused[0] = e;
            }
            return joined;
        });
        if (refused[0] != null) {
            throw refused[0];
        }
        return line;
    }

    /** @return how many consumers the queue has left here */
    int leave(Consumer consumer) {
        QueueLine left = lines.computeIfPresent(consumer.terms().queueId(), (_, line) -> line.leave(consumer) == 0 ? null : line);
        return left == null ? 0 : left.size();
    }

    /** How many consumers a queue has on this node. */
    int size(long queueId) {
        QueueLine line = lines.get(queueId);
        return line == null ? 0 : line.size();
    }
}
