package weir.sqs.sns;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import weir.core.catalog.Definition;

/**
 * A topic, as its definition has it.
 *
 * @param attributes SNS's own, as they were set: what was never set is not in it
 * @param incarnation tells topics apart that had the same name one after another
 * @param revision of the definition, for changing it
 */
public record Topic(
        String name,
        String arn,
        SortedMap<String, String> attributes,
        SortedMap<String, String> tags,
        long createdAtMillis,
        long incarnation,
        long revision) {
    public static final String KIND = "sns.topic";

    private static final String TAG = "tag:";

    public Topic {
        attributes = Collections.unmodifiableSortedMap(new TreeMap<>(attributes));
        tags = Collections.unmodifiableSortedMap(new TreeMap<>(tags));
    }

    public static Topic of(Definition definition, TopicNames names) {
        SortedMap<String, String> attributes = new TreeMap<>();
        SortedMap<String, String> tags = new TreeMap<>();
        definition.attributes().forEach((name, value) -> {
            if (name.startsWith(TAG)) {
                tags.put(name.substring(TAG.length()), value);
            } else {
                attributes.put(name, value);
            }
        });
        return new Topic(
                definition.name(),
                names.topicArn(definition.name()),
                attributes,
                tags,
                definition.createdAtMillis(),
                definition.created(),
                definition.revision());
    }

    /** What the definition of a topic with these attributes and tags holds. */
    static SortedMap<String, String> definition(SortedMap<String, String> attributes, SortedMap<String, String> tags) {
        SortedMap<String, String> all = new TreeMap<>(attributes);
        tags.forEach((key, value) -> all.put(TAG + key, value));
        return all;
    }

    /** What it takes in memory, about. */
    long bytes() {
        long chars = 0;
        for (String value : attributes.values()) {
            chars += value.length();
        }
        return 2_048 + 256L * tags.size() + 2 * chars;
    }

    public boolean fifo() {
        return TopicNames.isFifo(name);
    }

    public boolean contentBasedDeduplication() {
        return Boolean.parseBoolean(attributes.getOrDefault("ContentBasedDeduplication", "false"));
    }

    /** Whether deduplication ids are told apart by message group; else they are the whole topic's. */
    public boolean deduplicatesByGroup() {
        return "MessageGroup".equals(attributes.get("FifoThroughputScope"));
    }
}
