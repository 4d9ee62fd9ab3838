package weir.amqp.session;

import java.time.InstantSource;
import weir.amqp.AmqpSettings;
import weir.amqp.queue.ActiveConsumers;
import weir.amqp.queue.Consumers;
import weir.amqp.queue.Queues;
import weir.core.broker.Broker;

/**
 * What all connections share.
 *
 * @param run the name of this start of the front: connections are told apart within it
 */
public record Front(
        AmqpSettings settings,
        Broker broker,
        InstantSource clock,
        String run,
        Topology topology,
        Queues queues,
        Consumers consumers,
        ActiveConsumers active,
        Messages messages,
        QueueLines lines,
        ReplyAddresses replies) {}
