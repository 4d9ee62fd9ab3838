package weir.cluster.shard;

import java.util.List;
import weir.core.shard.Reply;
import weir.storage.Payload;

/** What travels beside an entry on the node that proposed it: who is to be answered, command by command. */
record ProposedEntry(List<Pending> commands) {
    /** On the shard's thread. The lists have an element for each command. */
    void answer(List<Reply> replies, List<List<Payload>> contents) {
        for (int i = 0; i < replies.size(); i++) {
            commands.get(i).answered(replies.get(i), contents.get(i));
        }
    }

    void fail(Throwable cause) {
        commands.forEach(pending -> pending.failed(cause));
    }
}
