package weir.amqp.nodes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import weir.core.Bytes;
import weir.core.broker.Neighbours;
import weir.core.broker.NodeDownException;
import weir.core.broker.OutcomeUnknownException;

class SideBySideTest {
    private static final int SECONDS_MAX = 30;

    private final SideBySide others = new SideBySide(new Three());

    /** Node 1 of four. Nothing is sent: what is asked is the test's. */
    private static final class Three implements Neighbours {
        @Override
        public int self() {
            return 1;
        }

        @Override
        public List<Integer> others() {
            return List.of(2, 3, 4);
        }

        @Override
        public void serve(String front, Answering answering) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Bytes ask(int node, String front, Bytes question, Duration patience) {
            throw new UnsupportedOperationException();
        }
    }

    @Test
    void allAreAskedAtTheSameTime() throws Exception {
        var together = new CyclicBarrier(3);
        Map<Integer, Integer> answers = others.askAll(node -> {
            try {
                together.await(SECONDS_MAX, TimeUnit.SECONDS); // One after the other they would never meet.
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
            return node * 10;
        });
        assertThat(answers).isEqualTo(Map.of(2, 20, 3, 30, 4, 40));
    }

    @Test
    void whoDidNotAnswerIsLeftAloneForAWhileAndWhoIsDownIsNot() throws Exception {
        assertThat(others.askAll(SideBySideTest::answer)).isEqualTo(Map.of(4, "four"));
        Set<Integer> asked = ConcurrentHashMap.newKeySet();
        others.askAll(asked::add);
        assertThat(asked).containsExactlyInAnyOrder(2, 4);
    }

    private static String answer(int node) throws NodeDownException, OutcomeUnknownException {
        return switch (node) {
            case 2 -> throw new NodeDownException("it has ended", null);
            case 3 -> throw new OutcomeUnknownException("no answer");
            default -> "four";
        };
    }

    @Test
    void aBugIsLoud() {
        assertThatThrownBy(() -> others.askAll(node -> {
                    throw new IllegalArgumentException("of node " + node);
                }))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
