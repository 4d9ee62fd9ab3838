package weir.sqs.sns;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import weir.core.broker.Broker;
import weir.core.catalog.Definition;

/** Finds subscriptions. Safe for use by any number of threads. */
public final class Subscriptions {
    /** Read from the catalog at a time. */
    private static final int PAGE = 1_000;

    private final Broker broker;
    private final TopicNames names;
    private final Revisions<Subscription> revisions;

    public Subscriptions(Broker broker, TopicNames names) {
        this.broker = broker;
        this.names = names;
        this.revisions = new Revisions<>(definition -> Subscription.of(definition, names));
    }

    /** The subscription of that ARN; empty if there is none, or it is no ARN of a subscription here. */
    public Optional<Subscription> of(String arn) {
        String name = names.subscriptionInArn(arn);
        return name == null
                ? Optional.empty()
                : broker.definition(Subscription.KIND, name).map(revisions::of);
    }

    /** All subscriptions of this incarnation of the topic, those pending too, in the order of their ids. */
    public List<Subscription> subscriptionsOf(Topic topic) {
        List<Subscription> found = new ArrayList<>();
        String after = "";
        List<Subscription> page;
        do {
            page = page(topic, after, PAGE);
            for (Subscription subscription : page) {
                if (subscription.incarnation() == topic.incarnation()) {
                    found.add(subscription);
                }
                after = subscription.name();
            }
        } while (page.size() == PAGE);
        return found;
    }

    private List<Subscription> page(Topic topic, String after, int max) {
        return read(broker.definitions(Subscription.KIND, TopicNames.subscriptionName(topic.name(), ""), after, max));
    }

    private List<Subscription> read(List<Definition> definitions) {
        return definitions.stream().map(revisions::of).toList();
    }
}
