package weir.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP.BasicProperties;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Messages of higher priority go first; how far that goes is the queue's to say. */
class AmqpPriorityTest {
    @RegisterExtension
    static final AmqpAtServer WEIR = new AmqpAtServer();

    private static void publish(int priority, String... bodies) throws Exception {
        WEIR.publish(
                "",
                WEIR.name(),
                new BasicProperties.Builder().priority(priority).build(),
                bodies);
    }

    @Test
    void higherOnesGoFirstAndEqualOnesInOrder() throws Exception {
        WEIR.declare(Map.of("x-max-priority", 10));
        publish(1, "low 1", "low 2");
        publish(9, "high 1", "high 2");
        WEIR.publish("", WEIR.name(), new BasicProperties(), "none");
        publish(200, "as the highest");
        assertThat(WEIR.drain(WEIR.name()))
                .containsExactly("as the highest", "high 1", "high 2", "low 1", "low 2", "none");
    }

    @Test
    void quorumQueuesHavePrioritiesWithoutAsking() throws Exception {
        WEIR.declare(Map.of("x-queue-type", "quorum"));
        publish(3, "below");
        WEIR.publish("", WEIR.name(), new BasicProperties(), "in between"); // As 4.
        publish(5, "above");
        assertThat(WEIR.drain(WEIR.name())).containsExactly("above", "in between", "below");
    }

    @Test
    void lowerOneIsNotStarvedUnlessTheQueueIsStrict() throws Exception {
        assertThat(placeOfTheLowOne("bounded")).isBetween(1, 998);
        WEIR.channel().queueDelete(WEIR.name());
        assertThat(placeOfTheLowOne("strict")).isEqualTo(999);
    }

    private static int placeOfTheLowOne(String mode) throws Exception {
        WEIR.declare(Map.of("x-max-priority", 2, "x-priority-mode", mode));
        publish(0, "low");
        List<String> high = new ArrayList<>();
        for (int i = 0; i < 999; i++) {
            high.add("high");
        }
        publish(2, high.toArray(String[]::new));
        return WEIR.drain(WEIR.name()).indexOf("low");
    }
}
