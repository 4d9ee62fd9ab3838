package weir.amqp.nodes;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import weir.core.broker.Neighbours;
import weir.core.broker.NodeDownException;
import weir.core.broker.OutcomeUnknownException;

/**
 * Asks all other nodes the same at the same time, so that whoever waits for several that do not answer waits no longer than for
 * one; and one that did not answer is left alone for a while. Safe for use by any number of threads.
 */
public final class SideBySide {
    private static final Logger LOG = LoggerFactory.getLogger(SideBySide.class);

    /** Lists are asked for every few seconds, and clients that come back declare many queues: each would wait. */
    static final Duration REST = Duration.ofSeconds(5);

    private final Neighbours neighbours;
    /** Nodes that did not answer, and until when they are not asked. */
    private final Map<Integer, Long> resting = new ConcurrentHashMap<>();

    public SideBySide(Neighbours neighbours) {
        this.neighbours = neighbours;
    }

    /** What one node is asked; the time that it takes is bounded by whoever asks. */
    public interface Asking<T> {
        T ask(int node) throws NodeDownException, OutcomeUnknownException, InterruptedException;
    }

    /** What those said who answered, by their numbers. */
    public <T> Map<Integer, T> askAll(Asking<T> asking) throws InterruptedException {
        Map<Integer, FutureTask<T>> asked = new LinkedHashMap<>();
        List<Thread> threads = new ArrayList<>();
        for (int node : neighbours.others()) {
            if (!isResting(node)) {
                var question = new FutureTask<>(() -> asking.ask(node));
                asked.put(node, question);
                threads.add(Thread.ofVirtual().name("amqp-asks-" + node).start(question));
            }
        }
        Map<Integer, T> answers = new LinkedHashMap<>();
        try {
            for (Map.Entry<Integer, FutureTask<T>> each : asked.entrySet()) {
                answer(each.getKey(), each.getValue(), answers);
            }
        } finally {
            threads.forEach(Thread::interrupt); // Of those that have answered nothing is left to interrupt.
        }
        return answers;
    }

    private <T> void answer(int node, FutureTask<T> question, Map<Integer, T> answers) throws InterruptedException {
        try {
            answers.put(node, question.get());
            resting.remove(node);
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case NodeDownException down -> LOG.debug("{}", down.getMessage()); // It says so at once.
                case OutcomeUnknownException unknown -> {
                    LOG.info("Node {} is left out for {}: {}", node, REST, unknown.getMessage());
                    resting.put(node, System.nanoTime() + REST.toNanos());
                }
                case RuntimeException bug -> throw bug;
                case null, default -> throw new IllegalStateException("a question throws nothing else", e);
            }
        }
    }

    private boolean isResting(int node) {
        Long until = resting.get(node);
        return until != null && System.nanoTime() - until < 0;
    }
}
