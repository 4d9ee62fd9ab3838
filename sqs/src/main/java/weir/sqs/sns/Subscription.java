package weir.sqs.sns;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import weir.core.catalog.Definition;
import weir.sqs.auth.Principal;
import weir.sqs.sns.filter.FilterPolicy;
import weir.sqs.sns.filter.FilterPolicyException;
import weir.sqs.sns.filter.Scope;

/**
 * A subscription to a topic, as its definition has it.
 *
 * @param id a UUID, the last part of its ARN
 * @param incarnation of the topic that it was made for; a later topic of the same name has nothing to do with it
 * @param subscriber who subscribed
 * @param attributes SNS's own, as they were set: what was never set is not in it
 * @param filter which messages it wants; null if all
 * @param created tells it apart from one that was ended, and was to the same endpoint
 * @param revision of the definition
 */
public record Subscription(
        String topic,
        String id,
        String topicArn,
        String arn,
        long incarnation,
        Protocol protocol,
        String endpoint,
        Subscriber subscriber,
        SortedMap<String, String> attributes,
        Confirmation confirmation,
        @Nullable FilterPolicy filter,
        long created,
        long revision) {
    public static final String KIND = "sns.subscription";

    static final String RAW_MESSAGE_DELIVERY = "RawMessageDelivery";
    static final String FILTER_POLICY = "FilterPolicy";
    static final String FILTER_POLICY_SCOPE = "FilterPolicyScope";
    static final String REDRIVE_POLICY = "RedrivePolicy";
    static final String DELIVERY_POLICY = "DeliveryPolicy";

    // What is not an attribute of SNS: those begin with a capital letter.
    private static final String INCARNATION = "topic";
    private static final String PROTOCOL = "protocol";
    private static final String ENDPOINT = "endpoint";
    private static final String OWNER = "owner";
    private static final String PRINCIPAL = "principal";
    private static final String TOKEN = "token";
    private static final String PENDING = "pending";
    private static final String AUTHENTICATED = "authenticated";

    /**
     * Who subscribed.
     *
     * @param account twelve digits
     * @param arn of the user, or of the account itself
     */
    public record Subscriber(String account, String arn) {
        /** Whoever makes a call, or the topic's owner if that is nobody in particular. */
        static Subscriber of(Principal principal, Topic topic) {
            String account = principal.account();
            String arn = principal.arn();
            String owner = account == null ? TopicNames.accountIn(topic.arn()) : account;
            String root = "arn:aws:iam::" + owner + ":root";
            // Clients look for a user here, so the account as such is shown as its user of that name.
            return new Subscriber(
                    owner, arn == null || arn.equals(root) ? "arn:aws:iam::" + owner + ":user/root" : arn);
        }
    }

    /**
     * How far the endpoint has agreed to be sent messages.
     *
     * @param token what the endpoint was sent and has to send back; null if it never has to, as a queue
     * @param pending whether it has not yet
     * @param authenticated whether the confirming request was signed, and asked that ending it be, too
     */
    public record Confirmation(@Nullable String token, boolean pending, boolean authenticated) {
        /** Of a queue, which has the same owner as the topic. */
        static final Confirmation NOT_NEEDED = new Confirmation(null, false, true);

        static Confirmation awaited(String token) {
            return new Confirmation(token, true, false);
        }
    }

    public Subscription {
        attributes = Collections.unmodifiableSortedMap(new TreeMap<>(attributes));
    }

    public static Subscription of(Definition definition, TopicNames names) {
        SortedMap<String, String> stored = definition.attributes();
        String topic = TopicNames.topicOfSubscription(definition.name());
        String id = TopicNames.idOfSubscription(definition.name());
        SortedMap<String, String> attributes = attributes(stored);
        return new Subscription(
                topic,
                id,
                names.topicArn(topic),
                names.subscriptionArn(topic, id),
                Long.parseLong(part(stored, INCARNATION)),
                Protocol.valueOf(part(stored, PROTOCOL)),
                part(stored, ENDPOINT),
                new Subscriber(part(stored, OWNER), part(stored, PRINCIPAL)),
                attributes,
                new Confirmation(stored.get(TOKEN), stored.containsKey(PENDING), stored.containsKey(AUTHENTICATED)),
                filter(attributes),
                definition.created(),
                definition.revision());
    }

    /** SNS's own of what is stored. */
    private static SortedMap<String, String> attributes(SortedMap<String, String> stored) {
        SortedMap<String, String> attributes = new TreeMap<>(stored);
        attributes.keySet().removeIf(name -> !Character.isUpperCase(name.charAt(0)));
        return attributes;
    }

    private static String part(SortedMap<String, String> stored, String name) {
        String value = stored.get(name);
        if (value == null) {
            throw new IllegalStateException("a subscription has no " + name);
        }
        return value;
    }

    private static @Nullable FilterPolicy filter(SortedMap<String, String> attributes) {
        String policy = attributes.get(FILTER_POLICY);
        try {
            return policy == null ? null : FilterPolicy.parse(policy, scope(attributes));
        } catch (FilterPolicyException e) {
            throw new IllegalStateException("a filter policy is not valid that once was", e);
        }
    }

    private static Scope scope(SortedMap<String, String> attributes) {
        return Scope.ofWireName(attributes.getOrDefault(FILTER_POLICY_SCOPE, ""))
                .orElse(Scope.ATTRIBUTES);
    }

    /** What the definition of a new subscription holds. */
    static SortedMap<String, String> definition(
            Topic topic,
            Protocol protocol,
            String endpoint,
            Subscriber subscriber,
            SortedMap<String, String> attributes,
            Confirmation confirmation) {
        SortedMap<String, String> stored = new TreeMap<>(attributes);
        stored.put(INCARNATION, Long.toString(topic.incarnation()));
        stored.put(PROTOCOL, protocol.name());
        stored.put(ENDPOINT, endpoint);
        stored.put(OWNER, subscriber.account);
        stored.put(PRINCIPAL, subscriber.arn);
        return with(stored, confirmation);
    }

    /** What a definition holds that is to have these attributes of SNS. */
    static SortedMap<String, String> with(Definition definition, SortedMap<String, String> attributes) {
        SortedMap<String, String> stored = new TreeMap<>(definition.attributes());
        stored.keySet().removeAll(attributes(stored).keySet());
        stored.putAll(attributes);
        return stored;
    }

    static SortedMap<String, String> with(Definition definition, Confirmation confirmation) {
        return with(new TreeMap<>(definition.attributes()), confirmation);
    }

    private static SortedMap<String, String> with(SortedMap<String, String> stored, Confirmation confirmation) {
        stored.remove(PENDING);
        stored.remove(AUTHENTICATED);
        if (confirmation.token != null) {
            stored.put(TOKEN, confirmation.token);
        }
        if (confirmation.pending) {
            stored.put(PENDING, "true");
        }
        if (confirmation.authenticated) {
            stored.put(AUTHENTICATED, "true");
        }
        return stored;
    }

    /** What it takes in memory, about: the texts, and as much again for a filter policy as it is matched. */
    long bytes() {
        long chars = 0;
        for (String value : attributes.values()) {
            chars += value.length();
        }
        return 2_048
                + 2 * chars
                + (filter == null
                        ? 0
                        : 4L * attributes.getOrDefault(FILTER_POLICY, "").length());
    }

    /** The name of its definition. */
    String name() {
        return TopicNames.subscriptionName(topic, id);
    }

    /** Whether its endpoint has still to confirm it; until then it is given no message. */
    public boolean pending() {
        return confirmation.pending;
    }

    /** Whether the message travels as it was published, without SNS's envelope. */
    public boolean raw() {
        return Boolean.parseBoolean(attributes.getOrDefault(RAW_MESSAGE_DELIVERY, "false"));
    }

    /** What its filter policy looks at, or would. */
    public Scope filterScope() {
        return scope(attributes);
    }

    /** The ARN of the queue that is to have what cannot be delivered; null if none is. */
    public @Nullable String deadLetterArn() {
        String policy = attributes.get(REDRIVE_POLICY);
        return policy == null ? null : SubscriptionAttributes.deadLetterArn(policy, "");
    }

    /** How deliveries by HTTP are retried, as JSON; null if as the topic says. */
    public @Nullable String deliveryPolicy() {
        return attributes.get(DELIVERY_POLICY);
    }
}
