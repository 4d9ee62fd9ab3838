package weir.cluster.shard;

import java.util.List;
import weir.core.shard.Command;
import weir.core.shard.Reply;
import weir.storage.Payload;

/**
 * A command on its way through the log, and whoever waits for its answer. One of the two methods is called; or both, an
 * answer following a failure, if the log gave up an entry that was applied all the same.
 */
abstract class Pending {
    /** The same from when it is queued until it is answered. */
    abstract Command command();

    /**
     * Called on the shard's thread: do little, do not wait.
     *
     * @param contents of the messages leased, in the reply's order; empty for any other reply. To be read or closed
     */
    abstract void answered(Reply reply, List<Payload> contents);

    /** Nothing was done ({@link NotLeadingException}), or the outcome is unknown (any other cause). */
    abstract void failed(Throwable cause);
}
