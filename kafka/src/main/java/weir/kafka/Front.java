package weir.kafka;

import java.time.InstantSource;
import weir.core.broker.Broker;
import weir.core.codec.Formats;
import weir.kafka.node.Nodes;
import weir.kafka.topic.Topics;

/**
 * What the handlers share.
 *
 * @param formats of all fronts
 * @param clock for timestamps that clients see
 */
public record Front(
        KafkaSettings settings, Broker broker, Nodes nodes, Topics topics, Formats formats, InstantSource clock) {}
