package weir.sqs.sns;

import java.util.List;
import java.util.Optional;
import weir.core.broker.Broker;

/** Finds topics. Safe for use by any number of threads. */
public final class Topics {
    private final Broker broker;
    private final TopicNames names;
    private final Revisions<Topic> revisions;

    public Topics(Broker broker, TopicNames names) {
        this.broker = broker;
        this.names = names;
        this.revisions = new Revisions<>(definition -> Topic.of(definition, names));
    }

    public Optional<Topic> named(String name) {
        return broker.definition(Topic.KIND, name).map(revisions::of);
    }

    /** The topic of that ARN; empty if there is none, or it is no ARN of a topic here. */
    public Optional<Topic> of(String arn) {
        String name = names.topicInArn(arn);
        return name == null ? Optional.empty() : named(name);
    }

    /** Up to {@code max} topics whose names follow {@code after}, sorted by name. */
    List<Topic> list(String after, int max) {
        return broker.definitions(Topic.KIND, "", after, max).stream()
                .map(revisions::of)
                .toList();
    }
}
