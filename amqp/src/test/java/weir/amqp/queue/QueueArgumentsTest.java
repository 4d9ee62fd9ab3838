package weir.amqp.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import weir.amqp.wire.AmqpException;
import weir.amqp.wire.ErrorCode;
import weir.amqp.wire.FieldTable;
import weir.core.Envelope;

/** Arguments are refused and compared in RabbitMQ's words. */
final class QueueArgumentsTest {
    private static final QueueName QUEUE = new QueueName("/", "q");

    private static QueueArguments arguments(Object... namesAndValues) {
        TreeMap<String, Object> table = new TreeMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            table.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return new QueueArguments(FieldTable.of(table));
    }

    static Stream<Arguments> refused() {
        return Stream.of(
                Arguments.of("x-message-ttl", "5", "\"expected integer, got longstr\""),
                Arguments.of("x-message-ttl", -1, "{value_negative,-1}"),
                Arguments.of("x-message-ttl", 400_000_000_000L, "{value_too_big,400000000000}"),
                Arguments.of("x-expires", 0, "{value_zero,0}"),
                Arguments.of("x-expires", true, "\"expected integer, got bool\""),
                Arguments.of("x-max-length", -2, "{value_negative,-2}"),
                Arguments.of("x-max-length-bytes", 1.5, "\"expected integer, got double\""),
                Arguments.of("x-max-priority", 256, "{max_value_exceeded,256}"),
                Arguments.of("x-overflow", "drop-tail", "invalid_overflow"),
                Arguments.of("x-overflow", 1, "{unacceptable_type,signedint}"),
                Arguments.of("x-dead-letter-exchange", 1, "{unacceptable_type,signedint}"),
                Arguments.of("x-dead-letter-routing-key", "k", "routing_key_but_no_dlx_defined"),
                Arguments.of("x-single-active-consumer", "yes", "{unacceptable_type,longstr}"),
                Arguments.of("x-queue-type", "heap", "\"unsupported queue type 'heap'\""),
                Arguments.of("x-queue-type", 1, "{unacceptable_type,signedint}"));
    }

    @ParameterizedTest
    @MethodSource("refused")
    void whatRabbitRefusesIsRefused(String name, Object value, String reason) {
        assertThatThrownBy(() -> arguments(name, value).check(QUEUE))
                .isInstanceOfSatisfying(
                        AmqpException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.PRECONDITION_FAILED))
                .hasMessage("invalid arg '" + name + "' for queue 'q' in vhost '/': " + reason);
    }

    @Test
    void argumentsOfAnotherTypeAreRefused() {
        assertThatThrownBy(() ->
                        arguments("x-queue-type", "quorum", "x-max-priority", 5).check(QUEUE))
                .hasMessage(
                        "invalid arg 'x-max-priority' for queue 'q' in vhost '/' of queue type rabbit_quorum_queue");
        assertThatThrownBy(() -> arguments("x-max-age", "7D").check(QUEUE))
                .hasMessage("invalid arg 'x-max-age' for queue 'q' in vhost '/' of queue type rabbit_classic_queue");
        assertThatThrownBy(
                        () -> arguments("x-group-id", true, "x-max-priority", 5).check(QUEUE))
                .hasMessageStartingWith("x-max-priority conflicts with x-group-id");
    }

    @Test
    void legacyAndUnknownArgumentsAreTaken() {
        assertThatCode(() -> arguments(
                                "x-queue-mode",
                                "lazy",
                                "x-queue-version",
                                1,
                                "x-queue-master-locator",
                                "client-local",
                                "x-queue-leader-locator",
                                "balanced",
                                "x-ha-policy",
                                List.of("a"),
                                "x-my-own",
                                FieldTable.EMPTY)
                        .check(QUEUE))
                .doesNotThrowAnyException();
    }

    // ---- The same queue?

    private static String difference(QueueArguments current, QueueArguments received) {
        try {
            current.checkEquivalent(received, QUEUE, true);
            return "none";
        } catch (AmqpException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private static final String INEQUIVALENT =
            "inequivalent arg '%s' for queue 'q' in vhost '/': received %s but current is %s";

    @Test
    void aMissingArgumentIsNotTheSame() {
        assertThat(difference(arguments("x-message-ttl", 60_000), arguments()))
                .isEqualTo(INEQUIVALENT.formatted("x-message-ttl", "none", "the value '60000' of type 'signedint'"));
        assertThat(difference(arguments(), arguments("x-expires", 1L)))
                .isEqualTo(INEQUIVALENT.formatted("x-expires", "the value '1' of type 'long'", "none"));
    }

    @Test
    void wholeNumbersOfAnyWidthAreTheSameAndTextsAreNot() {
        assertThat(difference(arguments("x-expires", 500), arguments("x-expires", 500L)))
                .isEqualTo("none");
        assertThat(difference(arguments("x-expires", 500), arguments("x-expires", "500")))
                .isEqualTo(INEQUIVALENT.formatted("x-expires", "'500'", "'500'"));
        assertThat(difference(arguments("x-overflow", "drop-head"), arguments("x-overflow", "reject-publish")))
                .isEqualTo(INEQUIVALENT.formatted("x-overflow", "'reject-publish'", "'drop-head'"));
    }

    @Test
    void classicIsWhatAQueueIsThatSaysNothing() {
        assertThat(difference(arguments(), arguments("x-queue-type", "classic")))
                .isEqualTo("none");
        assertThat(difference(arguments("x-queue-type", "classic"), arguments()))
                .isEqualTo("none");
        assertThat(difference(arguments("x-queue-type", "quorum"), arguments()))
                .isEqualTo(INEQUIVALENT.formatted("x-queue-type", "none", "the value 'quorum' of type 'longstr'"));
        assertThat(difference(arguments(), arguments("x-queue-type", "quorum")))
                .isEqualTo(INEQUIVALENT.formatted("x-queue-type", "the value 'quorum' of type 'longstr'", "none"));
    }

    @Test
    void whatMeansNothingIsNotCompared() {
        assertThat(difference(
                        arguments("x-queue-mode", "lazy", "x-my-own", 1),
                        arguments("x-queue-mode", "default", "x-other", "2")))
                .isEqualTo("none");
    }

    @Test
    void aQueueOfAnotherFrontIsOfWhicheverType() throws Exception {
        arguments().checkEquivalent(arguments("x-queue-type", "quorum"), QUEUE, false);
    }

    // ---- Policies and priorities

    @Test
    void aPolicyAddsAndTheLowerNumberHolds() {
        QueueArguments all = Policy.applied(
                arguments("x-message-ttl", 100, "x-max-length", 5, "x-overflow", "drop-head"),
                FieldTable.of(Map.of(
                        "message-ttl",
                        50,
                        "max-length",
                        9,
                        "overflow",
                        "reject-publish",
                        "dead-letter-exchange",
                        "dlx")));
        assertThat(all.number("x-message-ttl")).hasValue(50);
        assertThat(all.number("x-max-length")).hasValue(5);
        assertThat(all.text("x-overflow")).contains("drop-head");
        assertThat(all.text("x-dead-letter-exchange")).contains("dlx");
    }

    @Test
    void theHighestPriorityIsTheFirstLevel() {
        QueueArguments ten = arguments("x-max-priority", 10);
        assertThat(Priorities.levels(ten)).isEqualTo(11);
        assertThat(Priorities.level(ten, 11, 10)).isZero();
        assertThat(Priorities.level(ten, 11, 200)).isZero();
        assertThat(Priorities.level(ten, 11, 0)).isEqualTo(10);
        assertThat(Priorities.level(ten, 11, Priorities.NONE)).isEqualTo(10);
        QueueArguments quorum = arguments("x-queue-type", "quorum");
        assertThat(Priorities.levels(quorum)).isEqualTo(32);
        assertThat(Priorities.level(quorum, 32, 255)).isZero();
        assertThat(Priorities.level(quorum, 32, Priorities.NONE)).isEqualTo(27);
        QueueArguments most = arguments("x-max-priority", 255);
        assertThat(Priorities.levels(most)).isEqualTo(32);
        int before = 31;
        for (int priority = 0; priority <= 255; priority++) {
            int level = Priorities.level(most, 32, priority);
            assertThat(level).isBetween(before - 1, before);
            before = level;
        }
        assertThat(before).isZero();
    }

    // ---- Expiration

    @Test
    void anExpirationIsANumberAsText() throws Exception {
        assertThat(Expiration.atMillis(null, 7)).isEqualTo(Envelope.NEVER);
        assertThat(Expiration.atMillis("1000", 7)).isEqualTo(1007);
        assertThat(Expiration.atMillis("0", 7)).isEqualTo(8);
        assertThatThrownBy(() -> Expiration.atMillis("soon", 0)).hasMessage("invalid expiration 'soon': no_integer");
        assertThatThrownBy(() -> Expiration.atMillis("-1", 0))
                .hasMessage("invalid expiration '-1': {value_negative,-1}");
        assertThatThrownBy(() -> Expiration.atMillis("12s", 0))
                .hasMessage("invalid expiration '12s': {leftover_string,\"s\"}");
        assertThatThrownBy(() -> Expiration.atMillis("9".repeat(40), 0)).isInstanceOf(AmqpException.class);
    }
}
