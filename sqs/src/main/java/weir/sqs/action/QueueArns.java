package weir.sqs.action;

import java.util.Optional;
import weir.core.broker.Broker;
import weir.core.broker.OutcomeUnknownException;
import weir.core.catalog.Queue;

/** The queues that ARNs name, as clients of SQS have them. */
public record QueueArns(Broker broker, QueueNames names) {
    /**
     * Empty if there is none, through whichever node it was made: what was told to be missing a moment after its creation would
     * lose messages. A stream is none, as nothing can be received from it.
     */
    public Optional<Queue> find(String arn) throws OutcomeUnknownException, InterruptedException {
        return there(arn).filter(Queues::isSeen);
    }

    /** Whether what has that name is no queue of SQS's, and so will never be one for as long as it is there. */
    public boolean namesAnother(String arn) throws OutcomeUnknownException, InterruptedException {
        return there(arn).filter(queue -> !Queues.isSeen(queue)).isPresent();
    }

    private Optional<Queue> there(String arn) throws OutcomeUnknownException, InterruptedException {
        String name = names.nameInArn(arn);
        return name == null ? Optional.empty() : broker.findAnywhere(name);
    }
}
