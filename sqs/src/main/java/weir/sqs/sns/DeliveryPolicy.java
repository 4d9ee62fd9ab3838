package weir.sqs.sns;

import static weir.sqs.wire.Shape.flag;
import static weir.sqs.wire.Shape.structure;
import static weir.sqs.wire.Shape.text;
import static weir.sqs.wire.Shape.whole;

import org.jspecify.annotations.Nullable;
import weir.sqs.wire.Fields;
import weir.sqs.wire.Shape.Member;
import weir.sqs.wire.Shape.Structure;
import weir.sqs.wire.SnsError;
import weir.sqs.wire.Value;

/**
 * How a delivery by HTTP is retried. A retry belongs to one of four phases, one after the other: at once, after the shortest
 * delay, after a delay that grows by the back-off function, after the longest.
 *
 * @param minDelaySeconds the shortest delay
 * @param maxDelaySeconds the longest
 * @param retries in all phases together
 * @param noDelayRetries at once
 * @param minDelayRetries after the shortest delay
 * @param maxDelayRetries after the longest delay, at the end
 * @param backoff linear, arithmetic, geometric or exponential
 * @param receivesPerSecond deliveries a second at most; null if unlimited
 * @param contentType the header of a delivery
 */
public record DeliveryPolicy(
        int minDelaySeconds,
        int maxDelaySeconds,
        int retries,
        int noDelayRetries,
        int minDelayRetries,
        int maxDelayRetries,
        String backoff,
        @Nullable Integer receivesPerSecond,
        String contentType) {
    public static final DeliveryPolicy STANDARD =
            new DeliveryPolicy(20, 20, 3, 0, 0, 0, "linear", null, "text/plain; charset=UTF-8");

    private static final int DELAY_SECONDS_MAX = 3_600;
    private static final int RETRIES_MAX = 100;

    /** Ours: the header is a media type with a parameter or two. */
    private static final int CONTENT_TYPE_CHARS_MAX = 200;

    private static final String HTTP = "http";
    private static final String OVERRIDES = "disableSubscriptionOverrides";
    private static final String TOPIC_RETRY = "defaultHealthyRetryPolicy";
    private static final String TOPIC_THROTTLE = "defaultThrottlePolicy";
    private static final String TOPIC_REQUEST = "defaultRequestPolicy";
    private static final String RETRY = "healthyRetryPolicy";
    private static final String THROTTLE = "throttlePolicy";
    private static final String REQUEST = "requestPolicy";

    private static final Structure OF_TOPIC = structure(
            "topicPolicy",
            member(
                    HTTP,
                    structure(
                            HTTP,
                            retryMember(TOPIC_RETRY),
                            flag(OVERRIDES),
                            throttleMember(TOPIC_THROTTLE),
                            requestMember(TOPIC_REQUEST))));

    private static final Structure OF_SUBSCRIPTION =
            structure("subscriptionPolicy", retryMember(RETRY), throttleMember(THROTTLE), requestMember(REQUEST));

    private static Member member(String name, Structure shape) {
        return new Member(name, name, shape, false);
    }

    private static Member retryMember(String name) {
        return member(
                name,
                structure(
                        "retryPolicy",
                        whole("minDelayTarget"),
                        whole("maxDelayTarget"),
                        whole("numRetries"),
                        whole("numMaxDelayRetries"),
                        whole("numNoDelayRetries"),
                        whole("numMinDelayRetries"),
                        text("backoffFunction")));
    }

    private static Member throttleMember(String name) {
        return member(name, structure("throttlePolicy", whole("maxReceivesPerSecond")));
    }

    private static Member requestMember(String name) {
        return member(name, structure("requestPolicy", text("headerContentType")));
    }

    /**
     * A topic's policy as AWS shows it again: without what is null or unknown, and with the one default that it adds.
     *
     * @param prefix how the complaint begins if it is not valid
     */
    static String normalOfTopic(String json, String prefix) {
        Fields policy = Json.read(OF_TOPIC, prefix + "DeliveryPolicy", json);
        Fields http = policy.map(HTTP);
        if (!http.has(OVERRIDES)) {
            http.put(OVERRIDES, new Value.Flag(false));
        }
        STANDARD.overlaid(http, TOPIC_RETRY, TOPIC_THROTTLE, TOPIC_REQUEST).check(prefix);
        return Json.write(policy.put(HTTP, http));
    }

    /** A subscription's policy, likewise. */
    static String normalOfSubscription(String json, String prefix) {
        Fields policy = Json.read(OF_SUBSCRIPTION, prefix + "DeliveryPolicy", json);
        STANDARD.overlaid(policy, RETRY, THROTTLE, REQUEST).check(prefix);
        return Json.write(policy);
    }

    /** What is in force for a topic's subscriptions that have no policy of their own. */
    public static DeliveryPolicy of(Topic topic) {
        Fields http = http(topic);
        return http == null ? STANDARD : STANDARD.overlaid(http, TOPIC_RETRY, TOPIC_THROTTLE, TOPIC_REQUEST);
    }

    /** What is in force for a subscription. */
    public static DeliveryPolicy of(Topic topic, Subscription subscription) {
        DeliveryPolicy ofTopic = of(topic);
        String own = subscription.deliveryPolicy();
        return own == null || overridesDisabled(http(topic))
                ? ofTopic
                : ofTopic.overlaid(Json.read(OF_SUBSCRIPTION, "DeliveryPolicy", own), RETRY, THROTTLE, REQUEST);
    }

    private static @Nullable Fields http(Topic topic) {
        String json = topic.attributes().get("DeliveryPolicy");
        return json == null ? null : Json.read(OF_TOPIC, "DeliveryPolicy", json).map(HTTP);
    }

    private DeliveryPolicy overlaid(Fields given, String retryName, String throttleName, String requestName) {
        Fields retry = given.map(retryName);
        String function = retry.text("backoffFunction");
        String type = given.map(requestName).text("headerContentType");
        Long throttle = given.map(throttleName).whole("maxReceivesPerSecond");
        return new DeliveryPolicy(
                number(retry, "minDelayTarget", minDelaySeconds),
                number(retry, "maxDelayTarget", maxDelaySeconds),
                number(retry, "numRetries", retries),
                number(retry, "numNoDelayRetries", noDelayRetries),
                number(retry, "numMinDelayRetries", minDelayRetries),
                number(retry, "numMaxDelayRetries", maxDelayRetries),
                function == null ? backoff : function,
                throttle == null ? receivesPerSecond : Integer.valueOf(Math.clamp(throttle, -1, Integer.MAX_VALUE)),
                type == null ? contentType : type);
    }

    private static int number(Fields retry, String name, int otherwise) {
        Long given = retry.whole(name);
        return given == null ? otherwise : Math.clamp(given, -1, Integer.MAX_VALUE);
    }

    private void check(String prefix) {
        require(
                prefix,
                maxDelaySeconds >= 1 && maxDelaySeconds <= DELAY_SECONDS_MAX,
                "maxDelayTarget must be 1 to 3600");
        require(
                prefix,
                minDelaySeconds >= 1 && minDelaySeconds <= maxDelaySeconds,
                "minDelayTarget must be at least 1 and at most maxDelayTarget");
        require(prefix, retries >= 0 && retries <= RETRIES_MAX, "numRetries must be 0 to 100");
        require(
                prefix,
                noDelayRetries >= 0
                        && minDelayRetries >= 0
                        && maxDelayRetries >= 0
                        && (long) noDelayRetries + minDelayRetries + maxDelayRetries <= retries,
                "numNoDelayRetries, numMinDelayRetries and numMaxDelayRetries must not be more than numRetries together");
        require(
                prefix,
                switch (backoff) {
                    case "linear", "arithmetic", "geometric", "exponential" -> true;
                    default -> false;
                },
                "backoffFunction must be linear, arithmetic, geometric or exponential");
        require(prefix, receivesPerSecond == null || receivesPerSecond >= 1, "maxReceivesPerSecond must be at least 1");
        require(
                prefix,
                contentType.length() <= CONTENT_TYPE_CHARS_MAX
                        && contentType.chars().allMatch(c -> c >= ' ' && c < 0x7F),
                "headerContentType is no media type");
    }

    private static void require(String prefix, boolean valid, String rule) {
        if (!valid) {
            throw SnsError.invalidParameter(prefix + "DeliveryPolicy: " + rule);
        }
    }

    /** What is in force for a topic, in the form that a topic's policy has. */
    static String effective(Topic topic) {
        DeliveryPolicy policy = of(topic);
        Fields http = new Fields()
                .put(TOPIC_RETRY, policy.retryFields())
                .put(OVERRIDES, new Value.Flag(overridesDisabled(http(topic))));
        return Json.write(new Fields().put(HTTP, policy.withRest(http, TOPIC_THROTTLE, TOPIC_REQUEST)));
    }

    /** What is in force for a subscription, in the form that a subscription's policy has. */
    static String effective(Topic topic, Subscription subscription) {
        DeliveryPolicy policy = of(topic, subscription);
        return Json.write(policy.withRest(new Fields().put(RETRY, policy.retryFields()), THROTTLE, REQUEST));
    }

    private static boolean overridesDisabled(@Nullable Fields http) {
        return http != null && new Value.Flag(true).equals(http.values().get(OVERRIDES));
    }

    private Fields withRest(Fields fields, String throttleName, String requestName) {
        if (receivesPerSecond != null) {
            fields.put(throttleName, new Fields().put("maxReceivesPerSecond", new Value.Whole(receivesPerSecond)));
        }
        return fields.put(requestName, new Fields().put("headerContentType", contentType));
    }

    private Fields retryFields() {
        return new Fields()
                .put("minDelayTarget", new Value.Whole(minDelaySeconds))
                .put("maxDelayTarget", new Value.Whole(maxDelaySeconds))
                .put("numRetries", new Value.Whole(retries))
                .put("numMaxDelayRetries", new Value.Whole(maxDelayRetries))
                .put("numNoDelayRetries", new Value.Whole(noDelayRetries))
                .put("numMinDelayRetries", new Value.Whole(minDelayRetries))
                .put("backoffFunction", backoff);
    }
}
