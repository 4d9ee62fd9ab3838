package weir.sqs.action;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import weir.sqs.policy.Policy;
import weir.sqs.policy.PolicyException;
import weir.sqs.policy.PolicyLimits;
import weir.sqs.wire.Operation;
import weir.sqs.wire.SqsError;
import weir.sqs.wire.SqsException;

/** What a queue takes as its Policy. */
final class QueuePolicy {
    private static final String PREFIX = "sqs:";

    private QueuePolicy() {}

    /** Refuses, in AWS's words, what is no policy for a queue. */
    static void check(String text) {
        Policy policy;
        try {
            policy = Policy.parse(text);
        } catch (PolicyException _) {
            throw QueueAttributes.invalid("Policy");
        }
        if (policy.statements().size() > PolicyLimits.STATEMENTS_MAX) {
            throw tooMany(policy.statements().size(), "statements", PolicyLimits.STATEMENTS_MAX);
        }
        for (List<String> actions : policy.actions()) {
            checkActions(actions.size());
            for (String action : actions) {
                checkName(action);
            }
        }
    }

    static void checkActions(int count) {
        if (count > PolicyLimits.ACTIONS_MAX) {
            throw SqsError.OVER_LIMIT.because(count
                    + " actions were found in a statement from the submitted policy, max allowed is "
                    + PolicyLimits.ACTIONS_MAX);
        }
    }

    static SqsException tooMany(int count, String what, int max) {
        return SqsError.OVER_LIMIT.because(
                count + " " + what + " were found in the submitted policy, max allowed is " + max);
    }

    private static void checkName(String action) {
        if (action.equals("*")) {
            return;
        }
        if (!action.regionMatches(true, 0, PREFIX, 0, PREFIX.length())) {
            throw QueueAttributes.invalid("Policy");
        }
        String name = action.substring(PREFIX.length());
        if (name.indexOf('*') < 0 && name.indexOf('?') < 0 && named(name).isEmpty()) {
            throw unknown(name);
        }
    }

    /** Refuses what AddPermission cannot give to anybody. */
    static void checkGrantable(String name) {
        if (name.equals("*")) {
            return;
        }
        Operation operation = named(name).orElseThrow(() -> unknown(name));
        if (!Access.isShared(operation)) {
            throw invalid(name, "Only the queue owner is allowed to invoke this action.");
        }
    }

    /** The action that a policy calls so; a batch is called by its single action, and never by its own name. */
    private static Optional<Operation> named(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return Arrays.stream(Operation.values())
                .filter(operation ->
                        operation.wireName().toLowerCase(Locale.ROOT).equals(lower))
                .filter(operation -> Access.actionName(operation).equals(operation.wireName()))
                .findFirst();
    }

    private static SqsException unknown(String name) {
        return invalid(name, "Please refer to the appropriate WSDL for a list of valid actions.");
    }

    private static SqsException invalid(String name, String reason) {
        return Text.invalid("SQS:" + name, "ActionName", reason);
    }
}
