package weir.sqs.sns;

import java.time.InstantSource;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import weir.core.broker.OutcomeUnknownException;
import weir.sqs.action.Call;
import weir.sqs.auth.Principal;
import weir.sqs.auth.Requester;
import weir.sqs.policy.AccessRequest;
import weir.sqs.policy.Policies;
import weir.sqs.wire.SnsError;
import weir.sqs.wire.SnsException;
import weir.sqs.wire.SnsOperation;

/** Whether a call may be made at all: what the topic's policy says, and what only the owner of a topic may do. */
final class SnsAccess {
    /** A policy can open these to other accounts; the others are the owner's, whatever it says. */
    private static final Set<SnsOperation> SHARED = EnumSet.of(
            SnsOperation.GET_TOPIC_ATTRIBUTES,
            SnsOperation.SET_TOPIC_ATTRIBUTES,
            SnsOperation.ADD_PERMISSION,
            SnsOperation.REMOVE_PERMISSION,
            SnsOperation.DELETE_TOPIC,
            SnsOperation.SUBSCRIBE,
            SnsOperation.LIST_SUBSCRIPTIONS_BY_TOPIC,
            SnsOperation.PUBLISH,
            SnsOperation.PUBLISH_BATCH);

    private static final List<String> ARN_PARAMETERS = List.of("TopicArn", "TargetArn", "ResourceArn");
    private static final String BATCH = "Batch";

    private final Topics topics;
    private final Subscriptions subscriptions;
    private final TopicNames names;
    private final Policies policies;
    private final InstantSource clock;

    SnsAccess(Topics topics, Subscriptions subscriptions, TopicNames names, Policies policies, InstantSource clock) {
        this.topics = topics;
        this.subscriptions = subscriptions;
        this.names = names;
        this.policies = policies;
        this.clock = clock;
    }

    /** @throws SnsException if the call may not be made */
    void check(SnsOperation operation, Call call) throws OutcomeUnknownException, InterruptedException {
        if (call.requester().trusted()) {
            return;
        }
        switch (operation) {
            case CONFIRM_SUBSCRIPTION -> {} // Who has the token may: it was sent to the endpoint alone.
            case UNSUBSCRIBE, GET_SUBSCRIPTION_ATTRIBUTES, SET_SUBSCRIPTION_ATTRIBUTES ->
                checkSubscription(operation, call);
            case CREATE_TOPIC, LIST_TOPICS, LIST_SUBSCRIPTIONS -> checkOwner(operation, call, "*");
            case GET_TOPIC_ATTRIBUTES,
                    SET_TOPIC_ATTRIBUTES,
                    ADD_PERMISSION,
                    REMOVE_PERMISSION,
                    DELETE_TOPIC,
                    SUBSCRIBE,
                    LIST_SUBSCRIPTIONS_BY_TOPIC,
                    TAG_RESOURCE,
                    UNTAG_RESOURCE,
                    LIST_TAGS_FOR_RESOURCE,
                    GET_DATA_PROTECTION_POLICY,
                    PUT_DATA_PROTECTION_POLICY,
                    PUBLISH,
                    PUBLISH_BATCH -> checkTopic(operation, call);
        }
    }

    /** Somebody who followed the link in a message may end a subscription, unless it was confirmed to be otherwise. */
    private void checkSubscription(SnsOperation operation, Call call)
            throws OutcomeUnknownException, InterruptedException {
        @Nullable String arn = call.input().text("SubscriptionArn");
        Subscription subscription =
                arn == null ? null : subscriptions.ofAnywhere(arn).orElse(null);
        @Nullable String account = call.requester().principal().account();
        boolean own =
                subscription != null && subscription.subscriber().account().equals(account);
        boolean open = subscription != null
                && operation == SnsOperation.UNSUBSCRIBE
                && !subscription.confirmation().authenticated();
        if (!own && !open) {
            checkOwner(operation, call, arn == null ? "*" : arn);
        }
    }

    private void checkOwner(SnsOperation operation, Call call, String resource) {
        if (!isOwner(call.requester())) {
            throw notAllowed(request(operation, call.requester(), resource));
        }
    }

    private boolean isOwner(Requester requester) {
        return names.account().equals(requester.principal().account());
    }

    private void checkTopic(SnsOperation operation, Call call) throws OutcomeUnknownException, InterruptedException {
        String resource = topicOf(operation, call);
        @Nullable
        String policy = topics.ofAnywhere(resource).map(TopicAttributes::policy).orElse(null);
        AccessRequest request = request(operation, call.requester(), resource);
        switch (policies.verdict(policy, request, names.account())) {
            case ALLOWED -> {
                if (!isOwner(call.requester()) && !SHARED.contains(operation)) {
                    throw notAllowed(request);
                }
            }
            case DENIED -> throw refused(request, " with an explicit deny in a resource-based policy");
            case NOT_ALLOWED -> throw notAllowed(request);
        }
    }

    /** Whatever the request calls it by; a star if it names none, which no policy opens. */
    private static String topicOf(SnsOperation operation, Call call) {
        for (String parameter : ARN_PARAMETERS) {
            @Nullable
            String arn = operation.input().member(parameter) == null
                    ? null
                    : call.input().text(parameter);
            if (arn != null) {
                return arn;
            }
        }
        return "*";
    }

    /** A batch needs what its entries would need. */
    private AccessRequest request(SnsOperation operation, Requester requester, String resource) {
        String name = operation.wireName();
        String action = name.endsWith(BATCH) ? name.substring(0, name.length() - BATCH.length()) : name;
        return AccessRequest.of(requester, clock.instant(), "SNS:" + action, resource);
    }

    private static SnsException notAllowed(AccessRequest request) {
        return refused(request, " because no resource-based policy allows the " + request.action() + " action");
    }

    private static SnsException refused(AccessRequest request, String reason) {
        @Nullable String arn = request.principal().arn();
        String who = arn != null ? arn : request.principal() instanceof Principal.Anonymous ? "anonymous" : "unknown";
        return SnsError.AUTHORIZATION_ERROR.because("User: " + who + " is not authorized to perform: "
                + request.action() + " on resource: " + request.resource() + reason);
    }
}
