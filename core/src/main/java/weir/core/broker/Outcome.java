package weir.core.broker;

import weir.core.shard.Reply;

/** What became of one command of several. */
public sealed interface Outcome {
    record Replied(Reply reply) implements Outcome {}

    /** It was carried out, or was not, or will be. */
    record Unknown(OutcomeUnknownException cause) implements Outcome {}

    /** The reply, if there is one. */
    default Reply known() throws OutcomeUnknownException {
        return switch (this) {
            case Replied(Reply reply) -> reply;
            case Unknown(OutcomeUnknownException cause) -> throw cause;
        };
    }
}
