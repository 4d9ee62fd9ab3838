package weir.sqs.sns;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SortedMap;
import java.util.TreeMap;
import weir.core.broker.OutcomeUnknownException;
import weir.core.catalog.CatalogReply;
import weir.sqs.action.Call;
import weir.sqs.wire.Fields;
import weir.sqs.wire.SnsError;
import weir.sqs.wire.SnsException;

/** The actions on topics as such: their making and ending, attributes and tags. */
final class TopicActions {
    private final Topics topics;
    private final Subscriptions subscriptions;
    private final TopicNames names;
    private final Definitions definitions;

    TopicActions(Topics topics, Subscriptions subscriptions, TopicNames names, Definitions definitions) {
        this.topics = topics;
        this.subscriptions = subscriptions;
        this.names = names;
        this.definitions = definitions;
    }

    Fields create(Call call) throws OutcomeUnknownException, InterruptedException {
        String name = given(call, "Name");
        Map<String, String> asked = call.input().textMap("Attributes");
        TopicNames.check(name, Boolean.parseBoolean(asked.getOrDefault("FifoTopic", "false")));
        SequencedMap<String, String> tags = TopicTags.of(call.input());
        SortedMap<String, String> attributes = TopicAttributes.create(name, asked);
        String protection = call.input().text(TopicAttributes.DATA_PROTECTION_POLICY);
        if (protection != null) {
            attributes.put(TopicAttributes.DATA_PROTECTION_POLICY, TopicAttributes.dataProtectionPolicy(protection));
        }
        CatalogReply.Defined made =
                definitions.create(name, Topic.definition(attributes, TopicTags.with(new TreeMap<>(), tags)));
        if (made.existed()) {
            compare(topics.of(made.definition()), asked, tags);
        } else {
            subscriptions.sweep(name); // What a deletion left that was cut short.
        }
        return new Fields().put("TopicArn", names.topicArn(name));
    }

    private static void compare(Topic topic, Map<String, String> asked, Map<String, String> tags) {
        if (!TopicAttributes.agree(topic, asked)) {
            throw SnsError.invalidParameter("Attributes Reason: Topic already exists with different attributes");
        }
        if (!topic.tags().entrySet().containsAll(tags.entrySet())) {
            throw SnsError.invalidParameter("Tags Reason: Topic already exists with different tags");
        }
    }

    /** The topic first: nothing can be subscribed or published to it from then on. */
    Fields delete(Call call) throws OutcomeUnknownException, InterruptedException {
        String name = names.topic("TopicArn", given(call, "TopicArn"));
        if (!name.isEmpty()) {
            definitions.remove(name);
            subscriptions.sweep(name);
        }
        return new Fields();
    }

    Fields list(Call call) {
        return Pages.page(
                call, "Topics", topics::list, Topic::name, topic -> new Fields().put("TopicArn", topic.arn()));
    }

    Fields attributes(Call call) throws OutcomeUnknownException, InterruptedException {
        Topic topic = topic(call);
        SequencedMap<String, String> known = TopicAttributes.known(topic);
        List<Subscription> all = subscriptions.subscriptionsOf(topic);
        long pending = all.stream().filter(Subscription::pending).count();
        known.put("SubscriptionsConfirmed", Long.toString(all.size() - pending));
        known.put("SubscriptionsPending", Long.toString(pending));
        known.put("SubscriptionsDeleted", "0"); // They go at once.
        Fields attributes = new Fields();
        known.forEach(attributes::put);
        return new Fields().put("Attributes", attributes);
    }

    Fields setAttributes(Call call) throws OutcomeUnknownException, InterruptedException {
        String name = given(call, "AttributeName");
        String text = call.input().text("AttributeValue");
        String value = text == null ? "" : text;
        update(call, topic -> Topic.definition(TopicAttributes.change(topic, name, value), topic.tags()));
        return new Fields();
    }

    Fields tag(Call call) throws OutcomeUnknownException, InterruptedException {
        SequencedMap<String, String> added = TopicTags.of(call.input());
        update(
                resource(call),
                topic -> Topic.definition(topic.attributes(), TopicTags.with(topic.tags(), added)),
                noResource());
        return new Fields();
    }

    Fields untag(Call call) throws OutcomeUnknownException, InterruptedException {
        List<String> keys = call.input().texts("TagKeys");
        update(
                resource(call),
                topic -> Topic.definition(topic.attributes(), TopicTags.without(topic.tags(), keys)),
                noResource());
        return new Fields();
    }

    Fields tags(Call call) throws OutcomeUnknownException, InterruptedException {
        return new Fields().put("Tags", TopicTags.shown(resource(call).tags()));
    }

    /** Kept and read back; nothing is looked for in messages. */
    Fields putDataProtectionPolicy(Call call) throws OutcomeUnknownException, InterruptedException {
        String policy = TopicAttributes.dataProtectionPolicy(given(call, TopicAttributes.DATA_PROTECTION_POLICY));
        update(
                topics.given("ResourceArn", given(call, "ResourceArn")),
                topic -> {
                    SortedMap<String, String> attributes = new TreeMap<>(topic.attributes());
                    attributes.put(TopicAttributes.DATA_PROTECTION_POLICY, policy);
                    return Topic.definition(attributes, topic.tags());
                },
                SnsError.NOT_FOUND.because(Topics.NOT_THERE));
        return new Fields();
    }

    Fields dataProtectionPolicy(Call call) throws OutcomeUnknownException, InterruptedException {
        Topic topic = topics.given("ResourceArn", given(call, "ResourceArn"));
        String policy = topic.attributes().get(TopicAttributes.DATA_PROTECTION_POLICY);
        return new Fields().putIfPresent(TopicAttributes.DATA_PROTECTION_POLICY, policy);
    }

    /** What the definition of a topic is to hold. */
    interface Change {
        SortedMap<String, String> of(Topic topic);
    }

    /** Changes the topic that a call names by its ARN. */
    void update(Call call, Change change) throws OutcomeUnknownException, InterruptedException {
        update(topic(call), change, SnsError.NOT_FOUND.because(Topics.NOT_THERE));
    }

    private void update(Topic named, Change change, SnsException gone)
            throws OutcomeUnknownException, InterruptedException {
        if (!definitions.update(named.name(), before -> change.of(topics.of(before)))) {
            throw gone;
        }
    }

    private Topic topic(Call call) throws OutcomeUnknownException, InterruptedException {
        return topics.given("TopicArn", given(call, "TopicArn"));
    }

    /** Tags are of resources, whose lack has an error of its own. */
    private Topic resource(Call call) throws OutcomeUnknownException, InterruptedException {
        String name = names.topic("ResourceArn", given(call, "ResourceArn"));
        Optional<Topic> topic = topics.anywhere(name);
        return topic.orElseThrow(TopicActions::noResource);
    }

    private static SnsException noResource() {
        return SnsError.RESOURCE_NOT_FOUND.because("Resource does not exist");
    }

    /** A parameter without which the request is not carried out at all. */
    private static String given(Call call, String parameter) {
        String value = call.input().text(parameter);
        return value == null ? "" : value;
    }
}
