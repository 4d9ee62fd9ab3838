package weir.amqp.deadletter;

import java.util.List;
import weir.amqp.message.StoredMessage;
import weir.amqp.queue.AmqpQueue;

/** Routes dead letters. */
@FunctionalInterface
public interface Exchanges {
    /**
     * The queues that a message goes to, each once; none if there is no such exchange.
     *
     * @param message with the exchange and routing key that it is published to now, and all of its headers
     */
    List<AmqpQueue> route(String vhost, StoredMessage message);
}
