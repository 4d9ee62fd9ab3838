package weir.amqp.session;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The lines of this node's consumers by their queues' ids. From any thread. */
final class QueueLines {
    private final Map<Long, QueueLine> lines = new ConcurrentHashMap<>();

    QueueLine join(Consumer consumer) {
        return lines.compute(consumer.terms().queueId(), (_, there) -> {
            QueueLine line = there == null ? new QueueLine() : there;
            line.join(consumer);
            return line;
        });
    }

    /** The queue is no more: whoever waits for something else looks. */
    void queueGone(long queue) {
        QueueLine line = lines.get(queue);
        if (line != null) {
            line.nudgeAll();
        }
    }

    void leave(Consumer consumer) {
        lines.computeIfPresent(consumer.terms().queueId(), (_, line) -> line.leave(consumer) == 0 ? null : line);
    }
}
