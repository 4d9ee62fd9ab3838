package weir.sqs.sns;

import org.jspecify.annotations.Nullable;

/**
 * The ARNs of topics and of their subscriptions.
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
}
