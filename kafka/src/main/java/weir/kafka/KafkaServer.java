package weir.kafka;

import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import weir.core.broker.Broker;
import weir.core.broker.Neighbours;
import weir.core.broker.OutcomeUnknownException;
import weir.core.codec.Formats;
import weir.kafka.fetch.Fetching;
import weir.kafka.fetch.ListingOffsets;
import weir.kafka.group.ConsumerGroups;
import weir.kafka.node.DescribingCluster;
import weir.kafka.node.Nodes;
import weir.kafka.produce.ProducerIds;
import weir.kafka.produce.Producing;
import weir.kafka.session.Dispatch;
import weir.kafka.session.Handler;
import weir.kafka.session.Sessions;
import weir.kafka.topic.AddingPartitions;
import weir.kafka.topic.AlteringConfigs;
import weir.kafka.topic.ChangingConfigs;
import weir.kafka.topic.CreatingTopics;
import weir.kafka.topic.DeletingRecords;
import weir.kafka.topic.DeletingTopics;
import weir.kafka.topic.DescribingConfigs;
import weir.kafka.topic.DescribingTopics;
import weir.kafka.topic.Metadata;
import weir.kafka.topic.Topics;

/** Serves Kafka's clients on one port until it is closed: the front's page of wiring. */
public final class KafkaServer implements AutoCloseable {
    private final ConsumerGroups groups;
    private final Sessions sessions;

    private KafkaServer(ConsumerGroups groups, Sessions sessions) {
        this.groups = groups;
        this.sessions = sessions;
    }

    /**
     * @param formats of all fronts
     * @throws IOException if the port cannot be had, or the other nodes cannot be told of it
     */
    public static KafkaServer start(
            KafkaSettings settings, Broker broker, Neighbours neighbours, Formats formats, InstantSource clock)
            throws IOException, InterruptedException {
        Nodes nodes = new Nodes(broker, neighbours);
        Front front = new Front(settings, broker, nodes, new Topics(broker), formats, clock);
        ConsumerGroups groups = ConsumerGroups.start(neighbours.self(), front, settings.groups());
        try {
            List<Handler> handlers = new ArrayList<>(handlers(front));
            handlers.addAll(groups.handlers());
            Sessions sessions = Sessions.start(settings, new Dispatch(handlers, new Producing(front)));
            try {
                announce(settings, nodes, sessions.port());
                return new KafkaServer(groups, sessions);
            } catch (IOException | InterruptedException | RuntimeException | Error e) {
                sessions.close();
                throw e;
            }
        } catch (IOException | InterruptedException | RuntimeException | Error e) {
            groups.close();
            throw e;
        }
    }

    private static void announce(KafkaSettings settings, Nodes nodes, int port)
            throws IOException, InterruptedException {
        int colon = settings.advertise().lastIndexOf(':');
        String host = colon < 0 ? settings.host() : settings.advertise().substring(0, colon);
        int told = colon < 0 ? port : Integer.parseInt(settings.advertise().substring(colon + 1));
        try {
            nodes.announce(host, told);
        } catch (OutcomeUnknownException e) {
            throw new IOException(
                    "the other nodes cannot be told where Kafka's clients reach this one: " + e.getMessage(), e);
        }
    }

    /** Who answers what, besides ApiVersions, Produce and what is about groups. */
    private static List<Handler> handlers(Front front) {
        return List.of(
                new Metadata(front),
                new DescribingCluster(front),
                new DescribingTopics(front),
                new CreatingTopics(front),
                new DeletingTopics(front),
                new AddingPartitions(front),
                new DescribingConfigs(front),
                new AlteringConfigs(front),
                new ChangingConfigs(front),
                new DeletingRecords(front),
                new ProducerIds(front),
                new Fetching(front),
                new ListingOffsets(front));
    }

    public int port() {
        return sessions.port();
    }

    /** What requests and answers take of memory now. */
    public long heldBytes() {
        return sessions.heldBytes();
    }

    /** Ends all connections. */
    @Override
    public void close() {
        sessions.close();
        groups.close();
    }
}
