package weir.cluster.shard;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import weir.core.shard.Command;
import weir.core.shard.Reply;
import weir.storage.Payload;

/** A command whose caller waits for its reply. */
final class Call extends Pending {
    final CompletableFuture<Reply> reply = new CompletableFuture<>();

    Call(Command command) {
        super(command);
    }

    @Override
    void answered(Reply answer, List<Payload> contents) {
        contents.forEach(content -> content.close());
        reply.complete(answer);
    }

    @Override
    void failed(Throwable cause) {
        reply.completeExceptionally(cause);
    }
}
