package weir.cluster.shard;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import weir.core.shard.Command;
import weir.core.shard.Reply;
import weir.storage.Payload;

/** A command whose caller waits for its reply, and which may hold a share of what can be queued until it has it. */
final class Call extends Pending {
    final CompletableFuture<Reply> reply = new CompletableFuture<>();
    private final Command command;
    private final Semaphore room;
    private final int held;

    Call(Command command, Semaphore room, int held) {
        this.command = command;
        this.room = room;
        this.held = held;
    }

    @Override
    Command command() {
        return command;
    }

    @Override
    void answered(Reply answer, List<Payload> contents) {
        contents.forEach(content -> content.close());
        ended(reply.complete(answer));
    }

    @Override
    void failed(Throwable cause) {
        ended(reply.completeExceptionally(cause));
    }

    /** Once: an entry whose proposal failed, as its leader was lost, may be applied and answered all the same. */
    private void ended(boolean first) {
        if (first) {
            room.release(held);
        }
    }
}
