package weir.amqp.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import weir.amqp.message.StoredMessage;
import weir.amqp.queue.QueueName;
import weir.amqp.wire.AmqpException;
import weir.amqp.wire.FieldTable;
import weir.amqp.wire.Properties;
import weir.amqp.wire.PropertiesBuilder;
import weir.amqp.wire.Property;
import weir.core.Bytes;
import weir.core.broker.TopicOffsets;

/** Where consumers begin, what they want, and what a delivery looks like. */
final class StreamTest {
    private static final QueueName QUEUE = new QueueName("/", "s");
    private static final Instant NOW = Instant.ofEpochSecond(1_700_000_000);
    private static final TopicOffsets REACH = new TopicOffsets(100, 200, 150);

    private static StreamOffset offset(Object value) throws AmqpException {
        return StreamOffset.of(FieldTable.of(Map.of(StreamOffset.ARGUMENT, value)), QUEUE, NOW);
    }

    @Test
    void aConsumerBeginsWhereItSays() throws Exception {
        assertThat(StreamOffset.of(FieldTable.EMPTY, QUEUE, NOW).in(REACH)).isEqualTo(200);
        assertThat(offset("next").in(REACH)).isEqualTo(200);
        assertThat(offset("first").in(REACH)).isEqualTo(100);
        assertThat(offset("last").in(REACH)).isEqualTo(199);
        assertThat(offset("last").in(new TopicOffsets(5, 5, 5))).isEqualTo(5);
        assertThat(offset(120).in(REACH)).isEqualTo(120);
        assertThat(offset(7L).in(REACH)).isEqualTo(100);
        assertThat(offset(5_000_000_000L).in(REACH)).isEqualTo(5_000_000_000L);
        assertThat(offset(NOW).in(REACH)).isEqualTo(150);
        assertThat(offset(NOW).askedMillis()).isEqualTo(NOW.toEpochMilli());
        assertThat(offset(Instant.MAX).askedMillis())
                .as("of who sends nanoseconds")
                .isGreaterThan(Long.MAX_VALUE / 2);
        assertThat(offset(Instant.MIN).askedMillis()).isZero();
        assertThat(offset("2h").askedMillis())
                .isEqualTo(NOW.minus(Duration.ofHours(2)).toEpochMilli());
    }

    @Test
    void whatIsNoOffsetIsRefused() {
        for (Object value : List.of("tomorrow", "5", true, -1, 1.5, List.of(1))) {
            assertThatThrownBy(() -> offset(value))
                    .isInstanceOf(AmqpException.class)
                    .hasMessage("failed consuming from queue 's' in vhost '/': {invalid_offset_arg," + value + "}");
        }
    }

    private static StoredMessage message(FieldTable headers) {
        return new StoredMessage(
                "x",
                "key",
                new PropertiesBuilder()
                        .text(Property.CONTENT_TYPE, "text/plain")
                        .headers(headers)
                        .deliveryMode(2)
                        .build(),
                Bytes.utf8("body"));
    }

    private static FieldTable headersAt(long offset, FieldTable headers) throws AmqpException {
        StoredMessage message = WithOffset.of(message(headers), offset);
        Properties properties = message.readProperties();
        assertThat(properties.text(Property.CONTENT_TYPE)).isEqualTo("text/plain");
        assertThat(properties.deliveryMode(0)).isEqualTo(2);
        assertThat(message.body()).isEqualTo(Bytes.utf8("body"));
        return properties.headers();
    }

    @Test
    void aDeliveryHasItsOffsetAmongItsHeaders() throws Exception {
        assertThat(headersAt(7, FieldTable.EMPTY).asMap()).isEqualTo(Map.of("x-stream-offset", 7L));
        assertThat(headersAt(8, FieldTable.of(Map.of("a", "b"))).asMap())
                .isEqualTo(Map.of("a", "b", "x-stream-offset", 8L));
    }

    @Test
    void anOffsetInAnotherStreamIsReplaced() throws Exception {
        assertThat(headersAt(9, FieldTable.of(Map.of("x-stream-offset", 3L, "a", 1)))
                        .asMap())
                .isEqualTo(Map.of("x-stream-offset", 9L, "a", 1));
    }

    @Test
    void aMessageWithoutAnyPropertiesHasItsOffsetToo() throws Exception {
        StoredMessage bare = new StoredMessage("", "key", Properties.EMPTY, Bytes.EMPTY);
        assertThat(WithOffset.of(bare, 1).readProperties().headers().asMap()).isEqualTo(Map.of("x-stream-offset", 1L));
    }

    private static boolean wanted(Map<String, ?> arguments, Map<String, ?> headers) {
        return StreamFilter.of(FieldTable.of(arguments))
                .wants(message(FieldTable.of(headers)).properties());
    }

    @Test
    void onlyWhatIsWantedComes() {
        Map<String, String> red = Map.of(StreamFilter.HEADER, "red");
        assertThat(wanted(Map.of(), red)).isTrue();
        assertThat(wanted(Map.of(), Map.of())).isTrue();
        assertThat(wanted(Map.of("x-stream-filter", "red"), red)).isTrue();
        assertThat(wanted(Map.of("x-stream-filter", "blue"), red)).isFalse();
        assertThat(wanted(Map.of("x-stream-filter", List.of("blue", "red")), red))
                .isTrue();
        assertThat(wanted(Map.of("x-stream-filter", "red"), Map.of())).isFalse();
        assertThat(wanted(Map.of("x-stream-filter", "red", "x-stream-match-unfiltered", true), Map.of()))
                .isTrue();
        assertThat(wanted(Map.of("x-stream-filter", "red", "x-stream-match-unfiltered", true), Map.of("other", 1)))
                .isTrue();
    }
}
