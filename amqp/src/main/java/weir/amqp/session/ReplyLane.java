package weir.amqp.session;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import weir.amqp.message.StoredMessage;
import weir.amqp.nodes.OtherNodes;
import weir.amqp.nodes.Reply;
import weir.core.broker.NodeDownException;
import weir.core.broker.OutcomeUnknownException;

/**
 * Direct replies on their way to one other node, in their order: what comes while some are on their way goes together next. It has
 * a thread while there are any.
 *
 * <p>What waits here is bounded. Beyond that the replying connection's reader waits, for no longer than the node may take to
 * answer; a reply that still finds no room is dropped, as is one whose node does not answer.
 */
final class ReplyLane {
    private static final Logger LOG = LoggerFactory.getLogger(ReplyLane.class);

    private final int node;
    private final OtherNodes nodes;
    /** Guarded by this, as all below. */
    private final ArrayDeque<Sent> gathered = new ArrayDeque<>();

    private long gatheredBytes;
    private boolean running;

    private record Sent(Reply reply, CompletableFuture<Boolean> given) {}

    ReplyLane(int node, OtherNodes nodes) {
        this.node = node;
        this.nodes = nodes;
    }

    /** @return whether it was given to somebody, or may have been; never fails */
    synchronized CompletableFuture<Boolean> add(String address, StoredMessage message) throws InterruptedException {
        Sent sent = new Sent(new Reply(address, message.encode()), new CompletableFuture<>());
        long end = System.nanoTime() + SessionLimits.REPLY_ROOM.toNanos();
        while (gatheredBytes >= SessionLimits.REPLY_BYTES) {
            long left = (end - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                LOG.debug("A reply is dropped: node {} takes none", node);
                sent.given.complete(false);
                return sent.given;
            }
            wait(left);
        }
        gathered.add(sent);
        gatheredBytes += sent.reply.message().length();
        if (!running) {
            running = true;
            Thread.ofVirtual().name("amqp-replies-to-" + node).start(this::run);
        }
        return sent.given;
    }

    private void run() {
        for (List<Sent> next = next(); !next.isEmpty(); next = next()) {
            boolean[] given = new boolean[next.size()];
            try {
                given = nodes.give(node, next.stream().map(Sent::reply).toList());
            } catch (NodeDownException e) {
                LOG.debug("{} replies are dropped: {}", next.size(), e.getMessage());
            } catch (OutcomeUnknownException | RuntimeException e) {
                LOG.info("{} replies may be lost: {}", next.size(), e.getMessage());
                Arrays.fill(given, true);
            } catch (InterruptedException _) { // Nobody interrupts it.
                Thread.currentThread().interrupt();
            }
            for (int i = 0; i < given.length; i++) {
                next.get(i).given.complete(given[i]);
            }
        }
    }

    private synchronized List<Sent> next() {
        List<Sent> next = new ArrayList<>();
        long bytes = 0;
        while (!gathered.isEmpty() && (next.isEmpty() || bytes < SessionLimits.PUBLISH_BYTES)) {
            Sent sent = gathered.removeFirst();
            bytes += sent.reply.message().length();
            next.add(sent);
        }
        gatheredBytes -= bytes;
        running = !next.isEmpty();
        notifyAll();
        return next;
    }
}
