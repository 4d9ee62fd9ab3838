package weir.amqp.topology;

import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import weir.core.catalog.Definition;

/**
 * A space of names for exchanges and queues, with permissions of its own.
 *
 * @param created tells two apart that bore the same name one after the other
 * @param defaultQueueType what a queue is that does not say; empty for the server's default
 * @param connectionsMax {@link #UNLIMITED}, or how many connections it may have
 * @param queuesMax the same for queues
 */
public record VirtualHost(
        String name,
        long created,
        String description,
        Set<String> tags,
        String defaultQueueType,
        long connectionsMax,
        long queuesMax) {
    /** The kind of its definition, whose name is its own. */
    public static final String KIND = "amqp.vhost";

    /** The one that is there from the beginning. */
    public static final String DEFAULT = "/";

    public static final long UNLIMITED = -1;

    public VirtualHost {
        tags = Set.copyOf(tags);
    }

    static VirtualHost of(Definition definition) {
        SortedMap<String, String> attributes = definition.attributes();
        return new VirtualHost(
                definition.name(),
                definition.created(),
                attributes.getOrDefault("description", ""),
                Words.read(attributes.getOrDefault("tags", "")),
                attributes.getOrDefault("default-queue-type", ""),
                Long.parseLong(attributes.getOrDefault("max-connections", "-1")),
                Long.parseLong(attributes.getOrDefault("max-queues", "-1")));
    }

    SortedMap<String, String> attributes() {
        SortedMap<String, String> attributes = new TreeMap<>();
        if (!description.isEmpty()) {
            attributes.put("description", description);
        }
        if (!tags.isEmpty()) {
            attributes.put("tags", Words.of(new TreeSet<>(tags)));
        }
        if (!defaultQueueType.isEmpty()) {
            attributes.put("default-queue-type", defaultQueueType);
        }
        if (connectionsMax != UNLIMITED) {
            attributes.put("max-connections", Long.toString(connectionsMax));
        }
        if (queuesMax != UNLIMITED) {
            attributes.put("max-queues", Long.toString(queuesMax));
        }
        return attributes;
    }

    /** What definitions within it begin with. */
    String id() {
        return Ids.of(created);
    }

    public VirtualHost withLimits(long connections, long queues) {
        return new VirtualHost(name, created, description, tags, defaultQueueType, connections, queues);
    }
}
