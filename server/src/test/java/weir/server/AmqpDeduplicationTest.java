package weir.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** {@code x-message-deduplication}, with the plug-in's header. A repeat is confirmed like the first. */
class AmqpDeduplicationTest {
    @RegisterExtension
    static final AmqpAtServer WEIR = new AmqpAtServer();

    private static void publish(Object id, String body) throws Exception {
        WEIR.publish("", WEIR.name(), AmqpAtServer.headers(Map.of("x-deduplication-header", id)), body);
    }

    @Test
    void repeatWithinTheWindowIsConfirmedAndNotKept() throws Exception {
        WEIR.declare(Map.of("x-message-deduplication", true));
        publish("1", "first");
        publish("1", "repeat");
        publish(2, "second");
        WEIR.publish("", WEIR.name(), AmqpAtServer.headers(Map.of()), "no id", "no id");
        assertThat(WEIR.drain(WEIR.name())).containsExactly("first", "second", "no id", "no id");
        publish("1", "repeat of what was consumed");
        assertThat(WEIR.drain(WEIR.name())).isEmpty();
    }

    @Test
    void repeatAfterTheWindowIsANewMessage() throws Exception {
        WEIR.declare(Map.of("x-message-deduplication", true, "x-deduplication-window", 60_000));
        publish("1", "first");
        WEIR.advance(Duration.ofSeconds(61));
        publish("1", "again");
        assertThat(WEIR.drain(WEIR.name())).containsExactly("first", "again");
    }

    @Test
    void queueThatDoesNotAskForItKeepsRepeats() throws Exception {
        WEIR.declare(Map.of());
        publish("1", "first");
        publish("1", "repeat");
        assertThat(WEIR.drain(WEIR.name())).containsExactly("first", "repeat");
    }

    @Test
    void repeatIsRememberedAcrossARestart() throws Exception {
        WEIR.declare(Map.of("x-message-deduplication", true));
        publish("1", "first");
        WEIR.restart();
        publish("1", "repeat");
        assertThat(WEIR.drain(WEIR.name())).containsExactly("first");
    }
}
