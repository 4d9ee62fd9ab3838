package weir.sqs.action;

import weir.core.broker.OutcomeUnknownException;
import weir.sqs.wire.Fields;

/** Carries out one action. Throws {@link weir.sqs.wire.SqsException} for what the client is to be told. */
@FunctionalInterface
interface Action {
    Fields run(Call call) throws OutcomeUnknownException, InterruptedException;
}
