package weir.cluster.forward;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import weir.cluster.peer.PeerCalls;
import weir.cluster.peer.PeerFailedException;
import weir.cluster.peer.PeerRequest;
import weir.cluster.peer.PeerService;
import weir.cluster.peer.PeerUnreachableException;
import weir.cluster.replication.Member;
import weir.core.Bytes;
import weir.core.broker.OutcomeUnknownException;

/** Calls between nodes of one process, with failures: by the seed, or by the test's hand. A node's port is its number. */
public final class TestPeers implements PeerCalls {
    private final Map<Integer, PeerService> services = new ConcurrentHashMap<>();
    private final Map<Integer, Boolean> cutOff = new ConcurrentHashMap<>();
    private final Map<Integer, Boolean> stopped = new ConcurrentHashMap<>();
    private final SplittableRandom random;
    private final int failuresPercent;
    public final Map<PeerRequest, AtomicInteger> calls = new ConcurrentHashMap<>();

    public TestPeers() {
        this(1, 0);
    }

    /** @param failuresPercent of calls: a third each not delivered, lost on the way there, and lost on the way back */
    public TestPeers(long seed, int failuresPercent) {
        this.random = new SplittableRandom(seed);
        this.failuresPercent = failuresPercent;
    }

    public static Member member(int node) {
        return new Member(node, "test", node);
    }

    public void serve(int node, PeerService service) {
        services.put(node, service);
    }

    /** Nothing gets there. */
    public void cutOff(int node) {
        cutOff.put(node, true);
    }

    /** It takes requests and answers none. */
    public void stop(int node) {
        stopped.put(node, true);
    }

    public int calls(PeerRequest kind) {
        AtomicInteger count = calls.get(kind);
        return count == null ? 0 : count.get();
    }

    @Override
    public CompletableFuture<Bytes> call(String host, int port, PeerRequest kind, Bytes request, Duration patience) {
        calls.computeIfAbsent(kind, _ -> new AtomicInteger()).incrementAndGet();
        int draw;
        synchronized (random) {
            draw = random.nextInt(300);
        }
        int failure = draw < failuresPercent * 3 ? draw % 3 : -1;
        CompletableFuture<Bytes> answer = new CompletableFuture<>();
        PeerService service = services.get(port);
        if (service == null || cutOff.containsKey(port) || failure == 0) {
            answer.completeExceptionally(new PeerUnreachableException("node " + port, new IOException("cut off")));
        } else if (failure == 1) {
            answer.completeExceptionally(new OutcomeUnknownException("lost on its way there"));
        } else if (!stopped.containsKey(port)) {
            deliver(service, kind, request, answer, failure == 2);
        }
        return answer;
    }

    private static void deliver(
            PeerService service, PeerRequest kind, Bytes request, CompletableFuture<Bytes> answer, boolean lost) {
        Bytes copy = Bytes.of(request.toArray());
        Thread.ofVirtual().start(() -> {
            try {
                Bytes bytes = Bytes.of(service.answer(kind, copy).toArray());
                if (lost) {
                    answer.completeExceptionally(new OutcomeUnknownException("lost on its way back"));
                } else {
                    answer.complete(bytes);
                }
            } catch (Exception e) {
                answer.completeExceptionally(new PeerFailedException(String.valueOf(e)));
            }
        });
    }
}
