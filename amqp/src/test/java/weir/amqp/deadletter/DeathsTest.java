package weir.amqp.deadletter;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import weir.amqp.wire.FieldTable;
import weir.core.DeadLetterReason;

/** The history of a message is as RabbitMQ writes it. */
final class DeathsTest {
    private static final Instant TIME = Instant.ofEpochSecond(1_700_000_000);

    private static Deaths.Death death(String queue, DeadLetterReason reason, @Nullable String expiration) {
        return new Deaths.Death(queue, reason, TIME, "ex", List.of("key", "cc"), expiration);
    }

    private static FieldTable after(FieldTable headers, String queue, DeadLetterReason reason) {
        return Deaths.with(headers, death(queue, reason, null));
    }

    private static List<?> history(FieldTable headers) {
        return (List<?>) Objects.requireNonNull(headers.get("x-death"));
    }

    @Test
    void theFirstDeathHasAllThatRabbitWrites() {
        FieldTable headers = Deaths.with(FieldTable.of(Map.of("mine", 1)), death("q", DeadLetterReason.EXPIRED, "500"));
        assertThat(headers.get("mine")).isEqualTo(1);
        FieldTable entry = (FieldTable) history(headers).getFirst();
        assertThat(entry.asMap().entrySet().stream().map(Object::toString))
                .containsExactly(
                        "count=1",
                        "reason=expired",
                        "queue=q",
                        "time=2023-11-14T22:13:20Z",
                        "exchange=ex",
                        "routing-keys=[key, cc]",
                        "original-expiration=500");
        assertThat(headers.get("x-first-death-reason")).isEqualTo("expired");
        assertThat(headers.get("x-first-death-queue")).isEqualTo("q");
        assertThat(headers.get("x-first-death-exchange")).isEqualTo("ex");
        assertThat(headers.get("x-last-death-reason")).isEqualTo("expired");
    }

    @Test
    void theSameDeathIsCountedAndComesFirst() {
        FieldTable headers = after(FieldTable.EMPTY, "a", DeadLetterReason.REJECTED);
        headers = after(headers, "b", DeadLetterReason.OVERFLOW);
        headers = after(headers, "a", DeadLetterReason.TOO_MANY_ATTEMPTS);
        headers = after(headers, "a", DeadLetterReason.REJECTED);
        List<String> seen = history(headers).stream()
                .map(each -> (FieldTable) each)
                .map(each -> each.get("queue") + " " + each.get("reason") + " " + each.get("count"))
                .toList();
        assertThat(seen).containsExactly("a rejected 2", "a delivery_limit 1", "b maxlen 1");
        assertThat(headers.get("x-first-death-queue")).isEqualTo("a");
        assertThat(headers.get("x-last-death-reason")).isEqualTo("rejected");
    }

    @Test
    void aCycleIsOneThatNobodyRejectedIn() {
        FieldTable headers = after(FieldTable.EMPTY, "a", DeadLetterReason.EXPIRED);
        headers = after(headers, "b", DeadLetterReason.EXPIRED);
        assertThat(Deaths.isCycle(headers, "a")).isTrue();
        assertThat(Deaths.isCycle(headers, "b")).isTrue();
        assertThat(Deaths.isCycle(headers, "c")).isFalse();
        headers = after(headers, "c", DeadLetterReason.REJECTED);
        assertThat(Deaths.isCycle(headers, "a")).isFalse();
    }

    @Test
    void whatAClientMadeOfTheHeaderDoesNoHarm() {
        FieldTable odd = FieldTable.of(Map.of("x-death", List.of("x", FieldTable.EMPTY), "CC", 3));
        assertThat(Deaths.isCycle(odd, "q")).isFalse();
        assertThat(history(after(odd, "q", DeadLetterReason.REJECTED))).hasSize(2);
        assertThat(history(after(FieldTable.of(Map.of("x-death", "no")), "q", DeadLetterReason.REJECTED)))
                .hasSize(1);
    }
}
