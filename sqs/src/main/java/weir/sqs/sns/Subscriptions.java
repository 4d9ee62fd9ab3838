package weir.sqs.sns;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import weir.core.broker.Broker;
import weir.core.broker.OutcomeUnknownException;
import weir.core.catalog.Definition;
import weir.sqs.wire.SnsError;

/** Finds subscriptions. Safe for use by any number of threads. */
public final class Subscriptions {
    /** Read from the catalog at a time. */
    private static final int PAGE = 1_000;

    private final Broker broker;
    private final TopicNames names;
    private final Revisions<Subscription> revisions;
    private final Definitions definitions;

    public Subscriptions(Broker broker, TopicNames names) {
        this.broker = broker;
        this.names = names;
        this.revisions = new Revisions<>(definition -> Subscription.of(definition, names), Subscription::bytes);
        this.definitions = new Definitions(broker, Subscription.KIND, SnsError.SUBSCRIPTION_LIMIT_EXCEEDED);
    }

    Subscription of(Definition definition) {
        return revisions.of(definition);
    }

    Optional<Subscription> named(String name) {
        return broker.definition(Subscription.KIND, name).map(revisions::of);
    }

    /** The same, through whichever node it was made. */
    Optional<Subscription> anywhere(String name) throws OutcomeUnknownException, InterruptedException {
        return broker.definitionAnywhere(Subscription.KIND, name).map(revisions::of);
    }

    /** The same of an ARN. */
    Optional<Subscription> ofAnywhere(String arn) throws OutcomeUnknownException, InterruptedException {
        String name = names.subscriptionInArn(arn);
        return name == null ? Optional.empty() : anywhere(name);
    }

    /** As {@link Broker#catchUp}: for who knows a subscription, but not such a one as is asked for. */
    void catchUp() throws OutcomeUnknownException, InterruptedException {
        broker.catchUp();
    }

    /** The subscription of that ARN; empty if there is none, or it is no ARN of a subscription here. */
    public Optional<Subscription> of(String arn) {
        String name = names.subscriptionInArn(arn);
        return name == null ? Optional.empty() : named(name);
    }

    /** All subscriptions of this incarnation of the topic, those pending too, in the order of their ids. */
    public List<Subscription> subscriptionsOf(Topic topic) {
        return list(topic, "", Integer.MAX_VALUE);
    }

    /** Up to {@code max} of them, of those whose names follow {@code after}. */
    List<Subscription> list(Topic topic, String after, int max) {
        String prefix = TopicNames.subscriptionName(topic.name(), "");
        return list(prefix, after, max, subscription -> subscription.incarnation() == topic.incarnation());
    }

    /** Up to {@code max} subscriptions of all topics that there are, of those whose names follow {@code after}. */
    List<Subscription> list(String after, int max) {
        Map<String, Long> incarnations = new HashMap<>();
        return list("", after, max, subscription -> {
            long current = incarnations.computeIfAbsent(subscription.topic(), this::incarnation);
            return subscription.incarnation() == current;
        });
    }

    /** Of the topic that there is; 0 if there is none. */
    private long incarnation(String topic) {
        return broker.definition(Topic.KIND, topic).map(Definition::created).orElse(0L);
    }

    private interface Wanted {
        boolean is(Subscription subscription);
    }

    private List<Subscription> list(String prefix, String after, int max, Wanted wanted) {
        List<Subscription> found = new ArrayList<>();
        String last = after;
        List<Definition> page;
        do {
            page = broker.definitions(Subscription.KIND, prefix, last, PAGE);
            for (Definition definition : page) {
                Subscription subscription = revisions.of(definition);
                if (found.size() < max && wanted.is(subscription)) {
                    found.add(subscription);
                }
                last = definition.name();
            }
        } while (page.size() == PAGE && found.size() < max);
        return found;
    }

    /** How many definitions of subscriptions there are to the topic, those that are to be swept away too. */
    int count(Topic topic) {
        return count(TopicNames.subscriptionName(topic.name(), ""), Integer.MAX_VALUE, _ -> true);
    }

    /** How many filter policies its subscriptions have, or all if the topic is null; counts no further than {@code max}. */
    int filterPolicies(@Nullable Topic topic, int max) {
        String prefix = topic == null ? "" : TopicNames.subscriptionName(topic.name(), "");
        return count(prefix, max, definition -> definition.attributes().containsKey(Subscription.FILTER_POLICY));
    }

    /** Looks at the definitions alone: reading ten thousand of them would push out of memory what publishing needs. */
    private int count(String prefix, int max, Predicate<Definition> wanted) {
        int count = 0;
        String last = "";
        List<Definition> page;
        do {
            page = broker.definitions(Subscription.KIND, prefix, last, PAGE);
            for (Definition definition : page) {
                count += wanted.test(definition) ? 1 : 0;
                last = definition.name();
            }
        } while (page.size() == PAGE && count < max);
        return count;
    }

    /** Removes what former topics of that name have left. */
    void sweep(String topic) throws OutcomeUnknownException, InterruptedException {
        long current = incarnation(topic);
        String prefix = TopicNames.subscriptionName(topic, "");
        for (Subscription old : list(prefix, "", Integer.MAX_VALUE, found -> found.incarnation() != current)) {
            definitions.remove(old.name());
        }
    }
}
