package weir.sqs.sns;

import org.jspecify.annotations.Nullable;
import weir.sqs.wire.SnsError;

/**
 * The names and ARNs of topics and of their subscriptions.
 *
 * @param region as in ARNs
 * @param account twelve digits
 */
public record TopicNames(String region, String account) {
    public static final String FIFO_SUFFIX = ".fifo";

    /** How a subscription's definition is named: {@code topic/id}. No topic name has a slash. */
    private static final char SEPARATOR = '/';

    public String topicArn(String topic) {
        return "arn:aws:sns:" + region + ":" + account + ":" + topic;
    }

    public String subscriptionArn(String topic, String id) {
        return topicArn(topic) + ":" + id;
    }

    /**
     * The topic's name in an ARN that a client gives. There may be no such topic. Takes no spelling that {@link #topicInArn}
     * does not: it is by that one that a topic's policy is found.
     *
     * @param parameter in which it came
     */
    String topic(String parameter, String arn) {
        String[] parts = Arn.parts(parameter, arn);
        if (!arn.startsWith("arn:aws:") || !parts[Arn.SERVICE].equals("sns") || !parts[Arn.REGION].equals(region)) {
            throw SnsError.invalidParameter(parameter);
        }
        return parts[Arn.ACCOUNT].equals(account) ? parts[Arn.PARTS - 1] : "";
    }

    /** The topic's name in an ARN of this region and account; null if it is none. */
    public @Nullable String topicInArn(String arn) {
        String prefix = topicArn("");
        String name = arn.startsWith(prefix) ? arn.substring(prefix.length()) : "";
        return name.isEmpty() || name.indexOf(':') >= 0 ? null : name;
    }

    /** The name of a subscription's definition, from the ARN of one of this region and account; null if it is none. */
    public @Nullable String subscriptionInArn(String arn) {
        String prefix = topicArn("");
        int colon = arn.lastIndexOf(':');
        if (!arn.startsWith(prefix) || colon <= prefix.length() || colon + 1 == arn.length()) {
            return null;
        }
        String topic = arn.substring(prefix.length(), colon);
        return topic.indexOf(':') >= 0 ? null : subscriptionName(topic, arn.substring(colon + 1));
    }

    /**
     * The name of a subscription's definition in an ARN that a client gives. There may be no such subscription.
     *
     * @return null if there cannot be one
     */
    @Nullable
    String subscription(String arn) {
        String[] parts = Arn.parts("SubscriptionArn", arn);
        if (parts[Arn.PARTS - 1].indexOf(':') < 0) {
            throw SnsError.invalidParameter("SubscriptionId");
        }
        return subscriptionInArn(arn);
    }

    static String accountIn(String arn) {
        return Arn.parts("TopicArn", arn)[Arn.ACCOUNT];
    }

    static String subscriptionName(String topic, String id) {
        return topic + SEPARATOR + id;
    }

    static String topicOfSubscription(String name) {
        return name.substring(0, separator(name));
    }

    static String idOfSubscription(String name) {
        return name.substring(separator(name) + 1);
    }

    private static int separator(String name) {
        int slash = name.lastIndexOf(SEPARATOR);
        if (slash < 0) {
            throw new IllegalStateException("a subscription is called " + name);
        }
        return slash;
    }

    public static boolean isFifo(String topic) {
        return topic.endsWith(FIFO_SUFFIX);
    }

    /** Checks the name of a topic to be made. */
    static void check(String name, boolean fifo) {
        int plain = fifo ? name.length() - FIFO_SUFFIX.length() : name.length();
        boolean valid = plain >= 1 && name.length() <= SnsQuotas.TOPIC_NAME_CHARS_MAX && (!fifo || isFifo(name));
        for (int i = 0; valid && i < plain; i++) {
            char c = name.charAt(i);
            valid = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
        }
        if (!valid) {
            throw SnsError.invalidParameter("Topic Name");
        }
    }
}
