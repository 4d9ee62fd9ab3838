package weir.sqs.action;

import java.nio.charset.StandardCharsets;
import weir.core.Bytes;
import weir.sqs.wire.Fields;
import weir.sqs.wire.JsonAnswer;
import weir.sqs.wire.JsonRequest;
import weir.sqs.wire.Shape;
import weir.sqs.wire.SqsException;
import weir.sqs.wire.Value;

/** The dead-letter target in the form that SQS gives it. */
record RedrivePolicy(String targetArn, int maxReceiveCount) {
    private static final String TARGET = "deadLetterTargetArn";
    private static final String COUNT = "maxReceiveCount";
    private static final int COUNT_MAX = 1000;

    /** The count may come as a number or as a text of digits. */
    private static final Shape.Structure SHAPE =
            Shape.structure("RedrivePolicy", Shape.text(TARGET), Shape.whole(COUNT));

    static RedrivePolicy parse(String policy) {
        Fields map;
        try {
            map = JsonRequest.read(SHAPE, Bytes.utf8(policy));
        } catch (SqsException _) {
            throw invalid(policy, "Redrive policy is not a valid JSON map.");
        }
        Long count = map.whole(COUNT);
        if (count == null) {
            throw invalid(policy, "Redrive policy does not contain mandatory attribute: " + COUNT + ".");
        }
        String target = map.text(TARGET);
        if (target == null) {
            throw invalid(policy, "Redrive policy does not contain mandatory attribute: " + TARGET + ".");
        }
        if (count < 1 || count > COUNT_MAX) {
            throw invalid(
                    policy,
                    "Invalid value for maxReceiveCount: " + count + ", valid values are from 1 to " + COUNT_MAX
                            + " both inclusive.");
        }
        return new RedrivePolicy(target, count.intValue());
    }

    static SqsException invalid(String policy, String reason) {
        return Text.invalid(policy, "RedrivePolicy", reason);
    }

    String toJson() {
        Fields map = new Fields().put(TARGET, targetArn).put(COUNT, new Value.Whole(maxReceiveCount));
        return new String(JsonAnswer.result(map), StandardCharsets.UTF_8);
    }
}
