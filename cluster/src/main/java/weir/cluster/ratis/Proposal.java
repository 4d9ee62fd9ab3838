package weir.cluster.ratis;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import weir.core.Bytes;

/** An entry on its way, from {@link RatisLog#propose} to its answer; lives only on the node that proposed it. */
final class Proposal {
    final Bytes entry;
    final @Nullable Object context;
    final CompletableFuture<Void> done = new CompletableFuture<>();

    Proposal(Bytes entry, @Nullable Object context) {
        this.entry = entry;
        this.context = context;
    }
}
