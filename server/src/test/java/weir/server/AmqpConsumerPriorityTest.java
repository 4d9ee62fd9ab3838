package weir.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Channel;
import java.util.Collections;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Of a queue's consumers those of higher priority go first, while they want anything. */
class AmqpConsumerPriorityTest {
    private static final int MESSAGES = 10;

    @RegisterExtension
    static final AmqpAtServer WEIR = new AmqpAtServer();

    private static String consume(Channel on, int priority, String name, BlockingQueue<String> given) throws Exception {
        return on.basicConsume(WEIR.name(), true, Map.of("x-priority", priority), (_, _) -> given.add(name), _ -> {});
    }

    /** Which of several is the next is a matter of who wakes first unless they stand in line, so it is tried often. */
    @RepeatedTest(20)
    void whenTheFirstOneGoesTheSecondIsNextAndNotTheThird() throws Exception {
        WEIR.declare(Map.of());
        BlockingQueue<String> given = new LinkedBlockingQueue<>();
        String first = consume(WEIR.channel(), 1, "first", given);
        String second = consume(WEIR.channel(), 0, "second", given);
        consume(WEIR.channel(), -1, "third", given);
        expect("first", given);
        WEIR.channel().basicCancel(first);
        expect("second", given);
        WEIR.channel().basicCancel(second);
        expect("third", given);
        WEIR.channel().queueDelete(WEIR.name());
    }

    private static void expect(String name, BlockingQueue<String> given) throws Exception {
        for (int i = 0; i < MESSAGES; i++) {
            WEIR.channel().basicPublish("", WEIR.name(), null, new byte[0]);
        }
        BlockingQueue<String> got = new LinkedBlockingQueue<>();
        for (int i = 0; i < MESSAGES; i++) {
            got.add(AmqpAtServer.next(given));
        }
        assertThat(got).containsExactlyElementsOf(Collections.nCopies(MESSAGES, name));
    }

    @Test
    void lowerOneIsGivenWhatTheHigherHasNoCreditFor() throws Exception {
        WEIR.declare(Map.of());
        Channel high = WEIR.newChannel();
        high.basicQos(1);
        var first = new LinkedBlockingQueue<String>();
        high.basicConsume(WEIR.name(), false, Map.of("x-priority", 9), (_, _) -> first.add("high"), _ -> {});
        BlockingQueue<String> second = new LinkedBlockingQueue<>();
        consume(WEIR.newChannel(), 0, "low", second);
        WEIR.publish("one", "two", "three");
        assertThat(AmqpAtServer.next(first)).isEqualTo("high");
        assertThat(AmqpAtServer.next(second)).isEqualTo("low");
        assertThat(AmqpAtServer.next(second)).isEqualTo("low");
        assertThat(first).isEmpty();
    }
}
