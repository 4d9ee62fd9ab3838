package weir.amqp.session;

import java.time.InstantSource;
import weir.amqp.AmqpSettings;
import weir.amqp.deadletter.DeadLetters;
import weir.amqp.message.DeliveredMessages;
import weir.amqp.nodes.OtherNodes;
import weir.amqp.queue.ActiveConsumers;
import weir.amqp.queue.Consumers;
import weir.amqp.queue.Histories;
import weir.amqp.queue.Queues;
import weir.amqp.topology.Topology;
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
        DeadLetters deadLetters,
        Messages messages,
        QueueLines lines,
        Misses misses,
        Census census,
        Alarms alarms,
        Tunables tunables,
        ReplyAddresses replies,
        Rooms rooms,
        TrafficBook traffic,
        ReadAhead readAhead,
        Firehose firehose,
        Histories histories) {
    /** Of a node that has no connections yet. */
    public static Front of(
            AmqpSettings settings,
            Broker broker,
            InstantSource clock,
            String run,
            Topology topology,
            Queues queues,
            Consumers consumers,
            DeadLetters deadLetters,
            DeliveredMessages delivered,
            OtherNodes nodes) {
        Rooms rooms = Rooms.ofNode();
        return new Front(
                settings,
                broker,
                clock,
                run,
                topology,
                queues,
                consumers,
                new ActiveConsumers(broker),
                deadLetters,
                new Messages(delivered),
                new QueueLines(),
                new Misses(),
                new Census(nodes::count),
                new Alarms(),
                new Tunables(settings.channelsMax()),
                new ReplyAddresses(nodes),
                rooms,
                new TrafficBook(),
                new ReadAhead(),
                new Firehose(broker, topology, queues, deadLetters, rooms.publishes(), nodes.selfName()),
                new Histories(broker));
    }
}
