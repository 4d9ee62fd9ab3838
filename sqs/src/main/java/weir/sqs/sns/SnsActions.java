package weir.sqs.sns;

import java.time.InstantSource;
import weir.core.broker.Broker;
import weir.core.broker.OutcomeUnknownException;
import weir.sqs.action.Action;
import weir.sqs.action.Call;
import weir.sqs.action.QueueArns;
import weir.sqs.policy.Policies;
import weir.sqs.sns.publish.Publishing;
import weir.sqs.wire.Fields;
import weir.sqs.wire.Shape.Member;
import weir.sqs.wire.SnsError;
import weir.sqs.wire.SnsException;
import weir.sqs.wire.SnsOperation;

/** All actions of SNS that are served. Safe for use by any number of threads. */
public final class SnsActions {
    private final SnsAccess access;
    private final TopicActions topicActions;
    private final PermissionActions permissionActions;
    private final SubscriptionActions subscriptionActions;
    private final Publishing publishing;

    /**
     * @param policies where the policies of topics are kept read
     * @param confirmations how endpoints are asked to confirm their subscriptions
     */
    public SnsActions(
            Broker broker,
            TopicNames names,
            QueueArns queues,
            Topics topics,
            Subscriptions subscriptions,
            Policies policies,
            InstantSource clock,
            ConfirmationSender confirmations,
            Publishing publishing) {
        this.publishing = publishing;
        access = new SnsAccess(topics, subscriptions, names, policies, clock);
        topicActions = new TopicActions(
                topics, subscriptions, names, new Definitions(broker, Topic.KIND, SnsError.TOPIC_LIMIT_EXCEEDED));
        permissionActions = new PermissionActions(topicActions);
        subscriptionActions = new SubscriptionActions(
                topics,
                subscriptions,
                names,
                queues,
                new Definitions(broker, Subscription.KIND, SnsError.SUBSCRIPTION_LIMIT_EXCEEDED),
                confirmations);
    }

    /**
     * Carries out one request.
     *
     * @throws SnsException for what the client is to be told
     * @throws OutcomeUnknownException if no answer came in time; the action may still happen
     */
    public Fields run(SnsOperation operation, Call call) throws OutcomeUnknownException, InterruptedException {
        for (Member member : operation.input().members()) {
            if (member.required() && !call.input().has(member.name())) {
                throw SnsError.invalidParameter(member.name() + " Reason: no value for required parameter");
            }
        }
        access.check(operation, call);
        return of(operation).run(call);
    }

    private Action of(SnsOperation operation) {
        return switch (operation) {
            case CREATE_TOPIC -> topicActions::create;
            case DELETE_TOPIC -> topicActions::delete;
            case LIST_TOPICS -> topicActions::list;
            case GET_TOPIC_ATTRIBUTES -> topicActions::attributes;
            case SET_TOPIC_ATTRIBUTES -> topicActions::setAttributes;
            case ADD_PERMISSION -> permissionActions::add;
            case REMOVE_PERMISSION -> permissionActions::remove;
            case TAG_RESOURCE -> topicActions::tag;
            case UNTAG_RESOURCE -> topicActions::untag;
            case LIST_TAGS_FOR_RESOURCE -> topicActions::tags;
            case GET_DATA_PROTECTION_POLICY -> topicActions::dataProtectionPolicy;
            case PUT_DATA_PROTECTION_POLICY -> topicActions::putDataProtectionPolicy;
            case SUBSCRIBE -> subscriptionActions::subscribe;
            case CONFIRM_SUBSCRIPTION -> subscriptionActions::confirm;
            case UNSUBSCRIBE -> subscriptionActions::unsubscribe;
            case LIST_SUBSCRIPTIONS -> subscriptionActions::list;
            case LIST_SUBSCRIPTIONS_BY_TOPIC -> subscriptionActions::listByTopic;
            case GET_SUBSCRIPTION_ATTRIBUTES -> subscriptionActions::attributes;
            case PUBLISH -> publishing::publish;
            case PUBLISH_BATCH -> publishing::publishBatch;
            case SET_SUBSCRIPTION_ATTRIBUTES -> subscriptionActions::setAttributes;
        };
    }
}
