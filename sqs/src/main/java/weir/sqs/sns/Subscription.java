package weir.sqs.sns;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import weir.core.catalog.Definition;

/**
 * A subscription to a topic, as its definition has it.
 *
 * @param id a UUID, the last part of its ARN
 * @param incarnation of the topic that it was made for; a later topic of the same name has nothing to do with it
 * @param owner the account that subscribed, twelve digits
 * @param attributes SNS's own, as they were set: what was never set is not in it
 * @param token what its endpoint has to send back before it is given any message; null once that was done, or if it never had to
 * @param confirmationWasAuthenticated whether it was confirmed by a signed request, or needed no confirming
 * @param revision of the definition, for changing it
 */
public record Subscription(
        String topic,
        String id,
        String topicArn,
        String arn,
        long incarnation,
        Protocol protocol,
        String endpoint,
        String owner,
        SortedMap<String, String> attributes,
        @Nullable String token,
        boolean confirmationWasAuthenticated,
        long revision) {
    public static final String KIND = "sns.subscription";

    // What is not an attribute of SNS: those begin with a capital letter.
    private static final String TOPIC = "topic";
    private static final String PROTOCOL = "protocol";
    private static final String ENDPOINT = "endpoint";
    private static final String OWNER = "owner";
    private static final String TOKEN = "token";
    private static final String AUTHENTICATED = "authenticated";

    /** What a filter policy looks at. */
    public enum FilterScope {
        ATTRIBUTES("MessageAttributes"),
        BODY("MessageBody");

        private final String wireName;

        FilterScope(String wireName) {
            this.wireName = wireName;
        }

        public String wireName() {
            return wireName;
        }
    }

    public Subscription {
        attributes = Collections.unmodifiableSortedMap(new TreeMap<>(attributes));
    }

    public static Subscription of(Definition definition, TopicNames names) {
        SortedMap<String, String> stored = definition.attributes();
        String topic = TopicNames.topicOfSubscription(definition.name());
        String id = TopicNames.idOfSubscription(definition.name());
        SortedMap<String, String> attributes = new TreeMap<>();
        stored.forEach((name, value) -> {
            if (isSnsName(name)) {
                attributes.put(name, value);
            }
        });
        return new Subscription(
                topic,
                id,
                names.topicArn(topic),
                names.subscriptionArn(topic, id),
                Long.parseLong(part(stored, TOPIC)),
                Protocol.valueOf(part(stored, PROTOCOL)),
                part(stored, ENDPOINT),
                part(stored, OWNER),
                attributes,
                stored.get(TOKEN),
                stored.containsKey(AUTHENTICATED),
                definition.revision());
    }

    private static String part(SortedMap<String, String> stored, String name) {
        String value = stored.get(name);
        if (value == null) {
            throw new IllegalStateException("a subscription has no " + name);
        }
        return value;
    }

    private static boolean isSnsName(String name) {
        return Character.isUpperCase(name.charAt(0));
    }

    /** What the definition of this subscription holds. */
    SortedMap<String, String> definition() {
        SortedMap<String, String> all = new TreeMap<>(attributes);
        all.put(TOPIC, Long.toString(incarnation));
        all.put(PROTOCOL, protocol.name());
        all.put(ENDPOINT, endpoint);
        all.put(OWNER, owner);
        if (token != null) {
            all.put(TOKEN, token);
        }
        if (confirmationWasAuthenticated) {
            all.put(AUTHENTICATED, "true");
        }
        return all;
    }

    /** The name of its definition. */
    String name() {
        return TopicNames.subscriptionName(topic, id);
    }

    Subscription withAttributes(SortedMap<String, String> changed) {
        return new Subscription(
                topic,
                id,
                topicArn,
                arn,
                incarnation,
                protocol,
                endpoint,
                owner,
                changed,
                token,
                confirmationWasAuthenticated,
                revision);
    }

    Subscription confirmed(boolean authenticated) {
        return new Subscription(
                topic,
                id,
                topicArn,
                arn,
                incarnation,
                protocol,
                endpoint,
                owner,
                attributes,
                null,
                authenticated,
                revision);
    }

    /** Whether its endpoint has still to confirm it; until then it is given no message. */
    public boolean pending() {
        return token != null;
    }

    /** Whether the message travels as it was published, without SNS's envelope. */
    public boolean raw() {
        return Boolean.parseBoolean(attributes.getOrDefault("RawMessageDelivery", "false"));
    }

    /** The filter policy's JSON, which was valid when it was set; null if every message is wanted. */
    public @Nullable String filterPolicy() {
        return attributes.get("FilterPolicy");
    }

    public FilterScope filterScope() {
        return FilterScope.BODY.wireName().equals(attributes.get("FilterPolicyScope"))
                ? FilterScope.BODY
                : FilterScope.ATTRIBUTES;
    }

    /** The redrive policy's JSON, which names where undeliverable messages go; null if nowhere. */
    public @Nullable String redrivePolicy() {
        return attributes.get("RedrivePolicy");
    }

    /** How deliveries by HTTP are retried, as JSON; null if as the topic says. */
    public @Nullable String deliveryPolicy() {
        return attributes.get("DeliveryPolicy");
    }
}
