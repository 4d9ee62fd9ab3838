package weir.sqs.sns;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;
import weir.sqs.sns.filter.FilterPolicy;
import weir.sqs.sns.filter.FilterPolicyException;
import weir.sqs.sns.filter.Scope;
import weir.sqs.wire.SnsError;

/** The attributes of subscriptions: what may be set, how it is checked, and how it is read back. */
final class SubscriptionAttributes {
    /** How a complaint to Subscribe goes on after "Invalid parameter: ". */
    private static final String OF_SUBSCRIBE = "Attributes Reason: ";

    private static final String TARGET = "deadLetterTargetArn";
    private static final JsonFactory JSON = JsonFactory.builder().build();

    private final Topic topic;
    private final String endpoint;
    private final String prefix;
    private final SortedMap<String, String> attributes;

    private SubscriptionAttributes(Topic topic, String endpoint, String prefix, Map<String, String> before) {
        this.topic = topic;
        this.endpoint = endpoint;
        this.prefix = prefix;
        this.attributes = new TreeMap<>(before);
    }

    /** What a new subscription is to have. */
    static SortedMap<String, String> create(Topic topic, String endpoint, Map<String, String> given) {
        var result = new SubscriptionAttributes(topic, endpoint, OF_SUBSCRIBE, Map.of());
        given.forEach(result::set);
        result.checkFilter();
        return result.attributes;
    }

    /** The attributes with one of them changed. */
    static SortedMap<String, String> change(Topic topic, Subscription subscription, String name, String value) {
        var result = new SubscriptionAttributes(topic, subscription.endpoint(), "", subscription.attributes());
        result.set(name, value);
        result.checkFilter();
        return result.attributes;
    }

    private void set(String name, String value) {
        String kept = checked(name, value);
        if (kept == null) {
            attributes.remove(name);
        } else {
            attributes.put(name, kept);
        }
    }

    /** The value as it is kept; null for what is as if never set. */
    private @Nullable String checked(String name, String value) {
        return switch (name) {
            case Subscription.RAW_MESSAGE_DELIVERY -> flag(name, value);
            case Subscription.FILTER_POLICY -> orNull(bounded(name, value, SnsQuotas.FILTER_POLICY_CHARS_MAX));
            case Subscription.FILTER_POLICY_SCOPE -> scope(value);
            case Subscription.REDRIVE_POLICY -> redrive(bounded(name, value, SnsQuotas.ATTRIBUTE_CHARS_MAX));
            case Subscription.DELIVERY_POLICY ->
                value.isEmpty()
                        ? null
                        : DeliveryPolicy.normalOfSubscription(
                                bounded(name, value, SnsQuotas.ATTRIBUTE_CHARS_MAX), prefix);
            case "SubscriptionRoleArn" -> orNull(bounded(name, value, SnsQuotas.ATTRIBUTE_CHARS_MAX));
            default ->
                throw SnsError.invalidParameter(
                        prefix.isEmpty() ? "AttributeName" : prefix + "Unknown attribute: " + name);
        };
    }

    private String flag(String name, String value) {
        String flag = value.toLowerCase(Locale.ROOT);
        if (!flag.equals("true") && !flag.equals("false")) {
            throw SnsError.invalidParameter(prefix + name + ": Invalid value [" + value + "]. Must be true or false.");
        }
        return flag;
    }

    private String bounded(String name, String value, int charsMax) {
        if (value.length() > charsMax) {
            throw SnsError.invalidParameter(prefix + name + ": must be at most " + charsMax + " characters long");
        }
        return value;
    }

    private static @Nullable String orNull(String value) {
        return value.isEmpty() ? null : value;
    }

    private String scope(String value) {
        if (Scope.ofWireName(value).isEmpty()) {
            throw SnsError.invalidParameter(prefix + "FilterPolicyScope: Invalid value [" + value
                    + "]. Please use either MessageBody or MessageAttributes");
        }
        return value;
    }

    /** The policy depends on its scope, and either may have come first. */
    private void checkFilter() {
        String policy = attributes.get(Subscription.FILTER_POLICY);
        String scope = attributes.getOrDefault(Subscription.FILTER_POLICY_SCOPE, "");
        if (policy == null) {
            return;
        }
        try {
            FilterPolicy.parse(policy, Scope.ofWireName(scope).orElse(Scope.ATTRIBUTES));
        } catch (FilterPolicyException e) {
            throw SnsError.invalidParameter(prefix + e.text());
        }
    }

    private @Nullable String redrive(String policy) {
        if (policy.isEmpty()) {
            return null;
        }
        String target = deadLetterArn(policy, prefix);
        if (target == null) {
            return null; // An empty document, which some clients send to have none.
        }
        String[] parts = target.split(":", -1);
        if (parts.length != Arn.PARTS || !parts[0].equals("arn") || !parts[Arn.SERVICE].equals("sqs")) {
            throw SnsError.invalidParameter(prefix + "RedrivePolicy: deadLetterTargetArn is an invalid arn");
        }
        if (topic.fifo() && TopicNames.isFifo(endpoint) && !TopicNames.isFifo(target)) {
            throw SnsError.invalidParameter(
                    prefix + "RedrivePolicy: must use a FIFO queue as DLQ for a FIFO Subscription to a FIFO Topic.");
        }
        return policy;
    }

    /** The one member that the document may have; null if it has none. */
    static @Nullable String deadLetterArn(String policy, String prefix) {
        String target = null;
        try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), policy)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw SnsError.invalidParameter(prefix + "RedrivePolicy: failed to parse JSON.");
            }
            for (String name = parser.nextName(); name != null; name = parser.nextName()) {
                if (!name.equals(TARGET)) {
                    throw SnsError.invalidParameter(
                            prefix + "RedrivePolicy: invalid JSON. Attribute " + name + " is unknown.");
                }
                if (parser.nextToken() != JsonToken.VALUE_STRING) {
                    throw SnsError.invalidParameter(prefix + "RedrivePolicy: deadLetterTargetArn is an invalid arn");
                }
                target = parser.getString();
            }
            if (parser.nextToken() != null) {
                throw SnsError.invalidParameter(prefix + "RedrivePolicy: failed to parse JSON.");
            }
        } catch (JacksonException _) {
            throw SnsError.invalidParameter(prefix + "RedrivePolicy: failed to parse JSON.");
        }
        return target;
    }

    /**
     * Whether a subscription has what a client that subscribes once more asks for. What it does not ask for may be
     * anything.
     */
    static boolean agree(Topic topic, Subscription subscription, Map<String, String> asked) {
        SortedMap<String, String> wanted = create(topic, subscription.endpoint(), asked);
        for (String name : asked.keySet()) {
            String otherwise =
                    switch (name) {
                        case Subscription.RAW_MESSAGE_DELIVERY -> "false";
                        case Subscription.FILTER_POLICY_SCOPE -> Scope.ATTRIBUTES.wireName();
                        default -> "";
                    };
            String has = subscription.attributes().getOrDefault(name, otherwise);
            if (!has.equals(wanted.getOrDefault(name, otherwise))) {
                return false;
            }
        }
        return true;
    }

    /** Everything that can be read. */
    static SequencedMap<String, String> known(@Nullable Topic topic, Subscription subscription) {
        SequencedMap<String, String> known = new LinkedHashMap<>();
        known.put("SubscriptionArn", subscription.arn());
        known.put("TopicArn", subscription.topicArn());
        known.put("Owner", subscription.subscriber().account());
        known.put("SubscriptionPrincipal", subscription.subscriber().arn());
        known.put("Protocol", subscription.protocol().wireName());
        known.put("Endpoint", subscription.endpoint());
        known.put("PendingConfirmation", Boolean.toString(subscription.pending()));
        known.put(
                "ConfirmationWasAuthenticated",
                Boolean.toString(subscription.confirmation().authenticated()));
        known.put(Subscription.RAW_MESSAGE_DELIVERY, "false");
        known.putAll(subscription.attributes());
        if (subscription.filter() == null) {
            known.remove(Subscription.FILTER_POLICY_SCOPE);
        } else {
            known.put(
                    Subscription.FILTER_POLICY_SCOPE, subscription.filterScope().wireName());
        }
        if (topic != null && subscription.protocol() != Protocol.SQS) {
            known.put("EffectiveDeliveryPolicy", DeliveryPolicy.effective(topic, subscription));
        }
        return known;
    }
}
