package weir.cluster.shard;

import java.util.List;
import weir.core.shard.Command;
import weir.core.shard.Reply;
import weir.storage.Payload;

/** A command on its way through the log, and whoever waits for its answer. Exactly one of the two methods is called. */
abstract class Pending {
    final Command command;

    Pending(Command command) {
        this.command = command;
    }

    /**
     * Called on the shard's thread: do little, do not wait.
     *
     * @param contents of the messages leased, in the reply's order; empty for any other reply. To be read or closed
     */
    abstract void answered(Reply reply, List<Payload> contents);

    /** The outcome is unknown, or the command was not proposed; the cause tells. */
    abstract void failed(Throwable cause);
}
