package weir.sqs.sns;

import java.util.List;
import java.util.Optional;
import weir.core.broker.Broker;
import weir.core.broker.OutcomeUnknownException;
import weir.core.catalog.Definition;
import weir.sqs.wire.SnsError;

/** Finds topics. Safe for use by any number of threads. */
public final class Topics {
    static final String NOT_THERE = "Topic does not exist";

    private final Broker broker;
    private final TopicNames names;
    private final Revisions<Topic> revisions;

    public Topics(Broker broker, TopicNames names) {
        this.broker = broker;
        this.names = names;
        this.revisions = new Revisions<>(definition -> Topic.of(definition, names), Topic::bytes);
    }

    Topic of(Definition definition) {
        return revisions.of(definition);
    }

    public Optional<Topic> named(String name) {
        return name.isEmpty()
                ? Optional.empty()
                : broker.definition(Topic.KIND, name).map(revisions::of);
    }

    /** The same, through whichever node it was made. */
    Optional<Topic> anywhere(String name) throws OutcomeUnknownException, InterruptedException {
        return name.isEmpty()
                ? Optional.empty()
                : broker.definitionAnywhere(Topic.KIND, name).map(revisions::of);
    }

    /** The topic of that ARN, as this node knows it; empty if there is none, or it is no ARN of a topic here. */
    public Optional<Topic> of(String arn) {
        String name = names.topicInArn(arn);
        return name == null ? Optional.empty() : named(name);
    }

    /** The same, through whichever node it was made. */
    Optional<Topic> ofAnywhere(String arn) throws OutcomeUnknownException, InterruptedException {
        String name = names.topicInArn(arn);
        return name == null ? Optional.empty() : anywhere(name);
    }

    /**
     * The topic of an ARN that a client gives.
     *
     * @param parameter in which it came
     * @throws weir.sqs.wire.SnsException if there is none
     */
    public Topic given(String parameter, String arn) throws OutcomeUnknownException, InterruptedException {
        String name = names.topic(parameter, arn);
        return anywhere(name).orElseThrow(() -> SnsError.NOT_FOUND.because(NOT_THERE));
    }

    /** Up to {@code max} topics whose names follow {@code after}, sorted by name. */
    List<Topic> list(String after, int max) {
        return broker.definitions(Topic.KIND, "", after, max).stream()
                .map(revisions::of)
                .toList();
    }
}
