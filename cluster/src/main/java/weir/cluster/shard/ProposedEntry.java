package weir.cluster.shard;

import java.util.List;

/** What travels beside an entry on the node that proposed it: who is to be answered, command by command. */
record ProposedEntry(List<Pending> commands) {
    void fail(Throwable cause) {
        commands.forEach(pending -> pending.failed(cause));
    }
}
