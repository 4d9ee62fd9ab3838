package weir.sqs.action;

import weir.core.broker.OutcomeUnknownException;
import weir.sqs.wire.Fields;

/** Carries out one action. Throws {@link weir.sqs.wire.ServiceException} for what the client is to be told. */
@FunctionalInterface
public interface Action {
    Fields run(Call call) throws OutcomeUnknownException, InterruptedException;
}
