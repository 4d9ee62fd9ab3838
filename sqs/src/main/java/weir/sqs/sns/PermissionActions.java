package weir.sqs.sns;

import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import weir.core.broker.OutcomeUnknownException;
import weir.sqs.action.Call;
import weir.sqs.policy.PolicyDocument;
import weir.sqs.policy.PolicyException;
import weir.sqs.policy.PolicyLimits;
import weir.sqs.wire.Fields;
import weir.sqs.wire.SnsError;

/** AddPermission and RemovePermission: a topic's policy edited by statements that one label each names. */
final class PermissionActions {
    private static final int ACCOUNT_DIGITS = 12;

    private static final Set<String> GRANTABLE = Set.of(
            "GetTopicAttributes",
            "SetTopicAttributes",
            "AddPermission",
            "RemovePermission",
            "DeleteTopic",
            "Subscribe",
            "ListSubscriptionsByTopic",
            "Publish",
            "Receive");

    private final TopicActions topics;

    PermissionActions(TopicActions topics) {
        this.topics = topics;
    }

    Fields add(Call call) throws OutcomeUnknownException, InterruptedException {
        String label = label(call);
        List<String> accounts = call.input().texts("AWSAccountId");
        List<String> actions = call.input().texts("ActionName");
        topics.update(call, topic -> {
            PolicyDocument policy = document(topic);
            if (policy.has(label)) {
                throw SnsError.invalidParameter("Statement already exists");
            }
            check(accounts, actions);
            List<String> prefixed =
                    actions.stream().map(action -> "SNS:" + action).toList();
            return with(topic, policy.with(PolicyDocument.allow(label, accounts, prefixed, topic.arn())));
        });
        return new Fields();
    }

    /** A label that is not there is as good as removed. */
    Fields remove(Call call) throws OutcomeUnknownException, InterruptedException {
        String label = label(call);
        topics.update(call, topic -> {
            PolicyDocument policy = document(topic);
            return policy.has(label)
                    ? with(topic, policy.without(label))
                    : Topic.definition(topic.attributes(), topic.tags());
        });
        return new Fields();
    }

    private static String label(Call call) {
        @Nullable String label = call.input().text("Label");
        if (label == null || label.isEmpty() || label.length() > SnsQuotas.ATTRIBUTE_CHARS_MAX) {
            throw SnsError.invalidParameter("Label");
        }
        return label;
    }

    private static void check(List<String> accounts, List<String> actions) {
        boolean accountsFit = !accounts.isEmpty() && accounts.size() <= PolicyLimits.PRINCIPALS_MAX;
        if (!accountsFit || !accounts.stream().allMatch(PermissionActions::isAccount)) {
            throw SnsError.invalidParameter("AWSAccountId");
        }
        if (actions.isEmpty() || actions.size() > GRANTABLE.size() || !GRANTABLE.containsAll(actions)) {
            throw SnsError.invalidParameter(TopicAttributes.OUT_OF_SCOPE);
        }
    }

    private static boolean isAccount(String text) {
        return text.length() == ACCOUNT_DIGITS && text.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    private static PolicyDocument document(Topic topic) {
        try {
            return PolicyDocument.parse(TopicAttributes.policy(topic));
        } catch (PolicyException e) {
            throw new IllegalStateException("a policy is not valid that once was", e);
        }
    }

    private static SortedMap<String, String> with(Topic topic, PolicyDocument policy) {
        String text = policy.toString();
        if (text.length() > SnsQuotas.POLICY_CHARS_MAX || policy.statements().size() > PolicyLimits.STATEMENTS_MAX) {
            throw SnsError.invalidParameter("Policy Reason: it has too many statements");
        }
        SortedMap<String, String> attributes = new TreeMap<>(topic.attributes());
        attributes.put(TopicAttributes.POLICY, text);
        return Topic.definition(attributes, topic.tags());
    }
}
