package weir.sqs.action;

import java.util.List;
import org.jspecify.annotations.Nullable;
import weir.core.Bytes;
import weir.sqs.wire.Fields;
import weir.sqs.wire.JsonRequest;
import weir.sqs.wire.Shape;
import weir.sqs.wire.SqsError;
import weir.sqs.wire.SqsException;

/**
 * Which queues may have a queue for their dead letters. Asked when a queue's RedrivePolicy is set; what was set before stays in
 * force, as on AWS.
 */
record RedriveAllowPolicy(Permission permission, List<String> sourceArns) {
    private static final RedriveAllowPolicy NONE_GIVEN = new RedriveAllowPolicy(Permission.ALLOW_ALL, List.of());
    private static final int SOURCES_MAX = 10;
    private static final String PERMISSION = "redrivePermission";
    private static final String SOURCES = "sourceQueueArns";

    private static final Shape.Structure SHAPE = Shape.structure(
            "RedriveAllowPolicy", Shape.text(PERMISSION), Shape.list(SOURCES, SOURCES, Shape.Scalar.TEXT));

    enum Permission {
        ALLOW_ALL("allowAll"),
        DENY_ALL("denyAll"),
        BY_QUEUE("byQueue");

        private final String word;

        Permission(String word) {
            this.word = word;
        }
    }

    /** @param policy one that was checked when it was set; null or empty for none */
    static RedriveAllowPolicy of(@Nullable String policy) {
        return policy == null || policy.isEmpty() ? NONE_GIVEN : parse(policy);
    }

    /** @throws SqsException if the policy cannot be set */
    static void check(String policy) {
        if (policy.isEmpty()) {
            return;
        }
        RedriveAllowPolicy parsed = parse(policy);
        if (parsed.permission != Permission.BY_QUEUE && !parsed.sourceArns.isEmpty()) {
            throw invalid(
                    policy, "To specify one or more source queue ARNs, you must set redrivePermission to byQueue.");
        }
        if (parsed.permission == Permission.BY_QUEUE && parsed.sourceArns.isEmpty()) {
            throw invalid(
                    policy,
                    "When you specify the byQueue permission type, you must also specify one or more sourceQueueArns"
                            + " values.");
        }
        if (parsed.sourceArns.size() > SOURCES_MAX) {
            throw invalid(policy, "The maximum number of source queue ARNs you can specify is " + SOURCES_MAX + ".");
        }
    }

    boolean allows(String sourceArn) {
        return switch (permission) {
            case ALLOW_ALL -> true;
            case DENY_ALL -> false;
            case BY_QUEUE -> sourceArns.contains(sourceArn);
        };
    }

    private static RedriveAllowPolicy parse(String policy) {
        try {
            Fields map = JsonRequest.read(SHAPE, Bytes.utf8(policy));
            for (Permission permission : Permission.values()) {
                if (permission.word.equals(map.text(PERMISSION))) {
                    return new RedriveAllowPolicy(permission, map.texts(SOURCES));
                }
            }
        } catch (SqsException _) {
            // Answered below, as a policy without a permission.
        }
        throw SqsError.INVALID_ATTRIBUTE_VALUE.because("Invalid value for the parameter RedriveAllowPolicy. Reason:"
                + " Amazon SQS can't create the redrive allow policy, as it\u2019s in an unsupported format.");
    }

    private static SqsException invalid(String policy, String reason) {
        return Text.invalid(
                policy, "RedriveAllowPolicy", "Amazon SQS can't create the redrive allow policy. " + reason);
    }
}
