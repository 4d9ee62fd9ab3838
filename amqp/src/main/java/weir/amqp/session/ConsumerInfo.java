package weir.amqp.session;

import java.time.Duration;
import weir.amqp.queue.AmqpQueue;
import weir.amqp.wire.FieldTable;

/**
 * A consumer as it was a moment ago.
 *
 * @param queue as it was when the consumer began
 * @param prefetch 0 for no limit
 * @param timeout how long it may hold a delivery; zero for no limit
 * @param arguments as its client gave them
 */
public record ConsumerInfo(
        String tag,
        AmqpQueue queue,
        boolean ackRequired,
        boolean exclusive,
        Activity activity,
        int prefetch,
        Duration timeout,
        FieldTable arguments) {
    /** Whether it is served. */
    public enum Activity {
        /** As every consumer of its queue is. */
        UP("up"),
        /** It alone of its queue's. */
        SINGLE_ACTIVE("single_active"),
        /** Another one is. */
        WAITING("waiting");

        private final String word;

        Activity(String word) {
            this.word = word;
        }

        /** RabbitMQ's. */
        public String word() {
            return word;
        }
    }
}
