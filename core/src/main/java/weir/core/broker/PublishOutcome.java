package weir.core.broker;

import weir.core.PartitionId;
import weir.core.shard.Refusal;
import weir.core.shard.Reply;

/** What became of one message on its way to one partition. That of others may be another. */
public sealed interface PublishOutcome {
    /** It is there. */
    record Appended(PartitionId partition, Reply.Appended appended) implements PublishOutcome {}

    /** It was there already, as {@link weir.core.shard.Command.Relayed} says. */
    record TakenBefore(PartitionId partition) implements PublishOutcome {}

    /** It is not there. */
    record Refused(Refusal reason) implements PublishOutcome {}

    /** It is there, or is not, or will be. */
    record Unknown(OutcomeUnknownException cause) implements PublishOutcome {}
}
