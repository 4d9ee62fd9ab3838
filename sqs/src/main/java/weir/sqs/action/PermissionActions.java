package weir.sqs.action;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import weir.core.broker.OutcomeUnknownException;
import weir.core.catalog.Queue;
import weir.sqs.policy.PolicyDocument;
import weir.sqs.policy.PolicyException;
import weir.sqs.policy.PolicyLimits;
import weir.sqs.wire.Fields;

/** AddPermission and RemovePermission: a policy edited by statements that one label each names. */
final class PermissionActions {
    private static final String VERSION = "2008-10-17";
    private static final int ACCOUNT_DIGITS = 12;

    private final QueueActions queues;
    private final QueueNames names;

    PermissionActions(QueueActions queues, QueueNames names) {
        this.queues = queues;
        this.names = names;
    }

    Fields add(Call call) throws OutcomeUnknownException, InterruptedException {
        String label = label(call);
        List<String> accounts = call.input().texts("AWSAccountIds");
        List<String> actions = call.input().texts("Actions");
        if (accounts.isEmpty()) {
            throw Text.missing("AWSAccountIds");
        }
        if (actions.isEmpty()) {
            throw Text.missing("Actions");
        }
        QueuePolicy.checkActions(actions.size());
        for (String action : actions) {
            QueuePolicy.checkGrantable(action);
        }
        for (String account : accounts) {
            if (account.length() != ACCOUNT_DIGITS || !account.chars().allMatch(c -> c >= '0' && c <= '9')) {
                throw Text.invalid(account, "PrincipalId", "Unable to verify principal.");
            }
        }
        if (accounts.size() > PolicyLimits.PRINCIPALS_MAX) {
            throw QueuePolicy.tooMany(accounts.size(), "principals", PolicyLimits.PRINCIPALS_MAX);
        }
        List<String> prefixed = actions.stream().map(action -> "SQS:" + action).toList();
        return change(call, queue -> {
            PolicyDocument policy = document(queue);
            String arn = names.arn(queue.name());
            if (policy == null) {
                policy = PolicyDocument.empty(VERSION, arn + "/SQSDefaultPolicy");
            }
            if (policy.has(label)) {
                throw Text.invalid(label, "Label", "Already exists.");
            }
            return policy.with(PolicyDocument.allow(label, accounts, prefixed, arn))
                    .toString();
        });
    }

    Fields remove(Call call) throws OutcomeUnknownException, InterruptedException {
        String label = label(call);
        return change(call, queue -> {
            PolicyDocument policy = document(queue);
            if (policy == null || !policy.has(label)) {
                throw Text.invalid(label, "Label", "can't find label.");
            }
            PolicyDocument rest = policy.without(label);
            return rest.statements().isEmpty() ? "" : rest.toString();
        });
    }

    private interface Edit {
        /** The policy to be; the empty text for none. */
        String of(Queue queue);
    }

    private Fields change(Call call, Edit edit) throws OutcomeUnknownException, InterruptedException {
        return queues.update(call, queue -> QueueAttributes.change(queue, Map.of("Policy", edit.of(queue)), _ -> null));
    }

    /** Null if the queue has none. */
    private static @Nullable PolicyDocument document(Queue queue) {
        String text = QueueAttributes.policy(queue);
        try {
            return text == null ? null : PolicyDocument.parse(text);
        } catch (PolicyException _) { // From before policies were read.
            throw QueueAttributes.invalid("Policy");
        }
    }

    private static String label(Call call) {
        String label = call.input().text("Label");
        if (label == null) {
            throw Text.missing("Label");
        }
        boolean valid = !label.isEmpty() && label.length() <= Quotas.LABEL_CHARS_MAX;
        for (int i = 0; valid && i < label.length(); i++) {
            valid = Text.isNameChar(label.charAt(i));
        }
        if (!valid) {
            throw Text.invalid(
                    label,
                    "Label",
                    "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length.");
        }
        return label;
    }
}
