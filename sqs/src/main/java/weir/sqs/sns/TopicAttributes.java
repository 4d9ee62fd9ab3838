package weir.sqs.sns;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import weir.sqs.policy.Policy;
import weir.sqs.policy.PolicyException;
import weir.sqs.wire.Shape;
import weir.sqs.wire.SnsError;
import weir.sqs.wire.SnsException;

/** The attributes of topics: what may be set, how it is checked, and how it is read back. */
final class TopicAttributes {
    static final String DATA_PROTECTION_POLICY = "DataProtectionPolicy";
    static final String POLICY = "Policy";

    private static final String DISPLAY_NAME = "DisplayName";
    private static final String FIFO_TOPIC = "FifoTopic";
    private static final String DEDUPLICATION = "ContentBasedDeduplication";
    private static final String DELIVERY_POLICY = "DeliveryPolicy";
    static final String OUT_OF_SCOPE = "Policy statement action out of service scope!";
    private static final String SERVICE = "sns:";
    private static final String TRUE = "true";
    private static final String FALSE = "false";

    /** A document of which only its being JSON is checked. */
    private static final Shape.Structure ANY_DOCUMENT = Shape.structure("document");

    /** What stands for an attribute that was never set, when one is compared with what a client asks for again. */
    private static final Map<String, String> DEFAULTS =
            Map.of(DISPLAY_NAME, "", "SignatureVersion", "1", "TracingConfig", "PassThrough", FIFO_TOPIC, FALSE);

    private TopicAttributes() {}

    /** Where attributes come from, which decides how SNS begins its complaint. */
    enum Origin {
        CREATION("Attributes Reason: "),
        CHANGE("");

        private final String prefix;

        Origin(String prefix) {
            this.prefix = prefix;
        }

        SnsException invalid(String what) {
            return SnsError.invalidParameter(prefix + what);
        }
    }

    /** What the definition of a new topic is to have. Whether the name is fit for the kind of topic was checked. */
    static SortedMap<String, String> create(String topic, Map<String, String> given) {
        SortedMap<String, String> attributes = new TreeMap<>();
        given.forEach((name, value) -> set(attributes, topic, name, value, Origin.CREATION));
        return attributes;
    }

    /** The attributes with one of them changed. */
    static SortedMap<String, String> change(Topic topic, String name, String value) {
        if (name.equals(FIFO_TOPIC)) {
            throw SnsError.invalidParameter("AttributeName");
        }
        SortedMap<String, String> changed = new TreeMap<>(topic.attributes());
        set(changed, topic.name(), name, value, Origin.CHANGE);
        return changed;
    }

    private static void set(
            SortedMap<String, String> attributes, String topic, String name, String value, Origin origin) {
        String kept = checked(topic, name, value, origin);
        if (kept == null) {
            attributes.remove(name);
        } else {
            attributes.put(name, kept);
        }
    }

    /** The value as it is kept; null for what is as if never set. */
    private static @Nullable String checked(String topic, String name, String value, Origin origin) {
        return switch (name) {
            case FIFO_TOPIC -> flag(name, value, origin).equals(TRUE) ? TRUE : null;
            case DEDUPLICATION -> flag(forFifo(topic, name, origin), value, origin);
            case "FifoThroughputScope" ->
                oneOf(forFifo(topic, name, origin), value, origin, List.of("Topic", "MessageGroup"));
            case "SignatureVersion" -> oneOf(name, value, origin, List.of("1", "2"));
            case "TracingConfig" -> oneOf(name, value, origin, List.of("PassThrough", "Active"));
            case DISPLAY_NAME -> bounded(name, value, SnsQuotas.DISPLAY_NAME_CHARS_MAX, origin);
            case POLICY -> policy(value, origin);
            case DELIVERY_POLICY ->
                value.isEmpty()
                        ? null
                        : DeliveryPolicy.normalOfTopic(
                                bounded(name, value, SnsQuotas.ATTRIBUTE_CHARS_MAX, origin), origin.prefix);
            case "KmsMasterKeyId" -> orNull(bounded(name, value, SnsQuotas.ATTRIBUTE_CHARS_MAX, origin));
            default -> {
                if (!isFeedback(name)) {
                    throw origin == Origin.CREATION
                            ? origin.invalid("Unknown attribute " + name)
                            : origin.invalid("AttributeName");
                }
                yield orNull(bounded(name, value, SnsQuotas.ATTRIBUTE_CHARS_MAX, origin));
            }
        };
    }

    /** Delivery status logging: kept and read back; there is nothing here to log to. */
    private static boolean isFeedback(String name) {
        for (String protocol : List.of("HTTP", "Firehose", "Lambda", "Application", "SQS")) {
            if (name.startsWith(protocol)) {
                return switch (name.substring(protocol.length())) {
                    case "SuccessFeedbackRoleArn", "SuccessFeedbackSampleRate", "FailureFeedbackRoleArn" -> true;
                    default -> false;
                };
            }
        }
        return false;
    }

    private static String flag(String name, String value, Origin origin) {
        String flag = value.toLowerCase(Locale.ROOT);
        if (!flag.equals(TRUE) && !flag.equals(FALSE)) {
            throw origin.invalid(name + ": Invalid value [" + value + "]. Must be true or false.");
        }
        return flag;
    }

    private static String forFifo(String topic, String name, Origin origin) {
        if (!TopicNames.isFifo(topic)) {
            throw origin.invalid(
                    name.equals(DEDUPLICATION)
                            ? "Content-based deduplication can only be set for FIFO topics"
                            : name + ": can only be set for FIFO topics");
        }
        return name;
    }

    private static String oneOf(String name, String value, Origin origin, List<String> allowed) {
        if (!allowed.contains(value)) {
            throw origin.invalid(
                    name + ": Invalid value [" + value + "]. Must be one of " + String.join(", ", allowed) + ".");
        }
        return value;
    }

    private static String bounded(String name, String value, int charsMax, Origin origin) {
        if (value.length() > charsMax) {
            throw origin.invalid(name + ": must be at most " + charsMax + " characters long");
        }
        return value;
    }

    private static @Nullable String orNull(String value) {
        return value.isEmpty() ? null : value;
    }

    private static String policy(String value, Origin origin) {
        try {
            Policy policy = Policy.parse(bounded(POLICY, value, SnsQuotas.POLICY_CHARS_MAX, origin));
            if (!policy.actions().stream().flatMap(List::stream).allMatch(TopicAttributes::isOfSns)) {
                throw origin.invalid(OUT_OF_SCOPE);
            }
            return value;
        } catch (PolicyException _) { // AWS says no more either.
            throw origin.invalid("Policy Error: null");
        }
    }

    private static boolean isOfSns(String action) {
        return action.equals("*") || action.regionMatches(true, 0, SERVICE, 0, SERVICE.length());
    }

    static String dataProtectionPolicy(String value) {
        if (value.length() > SnsQuotas.DATA_PROTECTION_POLICY_CHARS_MAX) {
            throw SnsError.invalidParameter(DATA_PROTECTION_POLICY + ": must be at most "
                    + SnsQuotas.DATA_PROTECTION_POLICY_CHARS_MAX + " characters long");
        }
        Json.read(ANY_DOCUMENT, DATA_PROTECTION_POLICY, value);
        return value;
    }

    /** Whether a topic has what a client that creates it once more asks for. What it does not ask for may be anything. */
    static boolean agree(Topic topic, Map<String, String> asked) {
        SortedMap<String, String> wanted = create(topic.name(), asked);
        Map<String, String> known = known(topic);
        for (String name : asked.keySet()) {
            String has = known.getOrDefault(name, DEFAULTS.getOrDefault(name, ""));
            if (!has.equals(wanted.getOrDefault(name, DEFAULTS.getOrDefault(name, "")))) {
                return false;
            }
        }
        return true;
    }

    /** Everything that can be read, but for the counts of subscriptions. */
    static SequencedMap<String, String> known(Topic topic) {
        SequencedMap<String, String> known = new LinkedHashMap<>();
        known.put("TopicArn", topic.arn());
        known.put("Owner", TopicNames.accountIn(topic.arn()));
        known.put(DISPLAY_NAME, "");
        known.put(POLICY, standardPolicy(topic.arn()));
        if (topic.fifo()) {
            known.put(DEDUPLICATION, FALSE);
        }
        known.putAll(topic.attributes());
        known.remove(DATA_PROTECTION_POLICY);
        known.put("EffectiveDeliveryPolicy", DeliveryPolicy.effective(topic));
        return known;
    }

    static String policy(Topic topic) {
        String policy = topic.attributes().get(POLICY);
        return policy == null ? standardPolicy(topic.arn()) : policy;
    }

    /** What AWS gives a topic that was made without a policy: its owner may do everything. */
    private static String standardPolicy(String arn) {
        String owner = TopicNames.accountIn(arn);
        return "{\"Version\":\"2008-10-17\",\"Id\":\"__default_policy_ID\",\"Statement\":[{\"Sid\":"
                + "\"__default_statement_ID\",\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"*\"},\"Action\":["
                + "\"SNS:GetTopicAttributes\",\"SNS:SetTopicAttributes\",\"SNS:AddPermission\",\"SNS:RemovePermission\","
                + "\"SNS:DeleteTopic\",\"SNS:Subscribe\",\"SNS:ListSubscriptionsByTopic\",\"SNS:Publish\"],\"Resource\":\""
                + arn + "\",\"Condition\":{\"StringEquals\":{\"AWS:SourceOwner\":\"" + owner + "\"}}}]}";
    }
}
