package weir.amqp.session;

import java.time.InstantSource;
import weir.amqp.AmqpSettings;
import weir.core.broker.Broker;

/** What all connections share. */
record Front(AmqpSettings settings, Broker broker, InstantSource clock, QueueLines lines, ReplyAddresses replies) {}
