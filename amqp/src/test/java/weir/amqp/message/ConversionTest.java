package weir.amqp.message;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import weir.amqp.wire.FieldTable;
import weir.amqp.wire.Properties;
import weir.amqp.wire.PropertiesBuilder;
import weir.amqp.wire.Property;
import weir.core.Bytes;
import weir.core.Envelope;
import weir.core.LeaseId;
import weir.core.Message;
import weir.core.Message.Header;
import weir.core.PartitionId;
import weir.core.Position;
import weir.core.broker.Delivery;
import weir.core.codec.Formats;
import weir.core.codec.MessageCodec;
import weir.core.shard.Reply;

class ConversionTest {
    private static final long PUBLISHED_AT = 1_700_000_000_123L;
    private static final Formats FORMATS = Formats.of(List.of(new AmqpFormat()));

    private static Message seenByOthers(StoredMessage message) {
        return FORMATS.read(StoredMessage.FORMAT, message.encode(), 0);
    }

    private static StoredMessage seenByAmqp(Message message, Envelope envelope) {
        var position = new Position(0, 0);
        var leased = new Reply.Leased(new LeaseId(position, 1), 0, envelope, 1, PUBLISHED_AT, 0, 0);
        var delivery = new Delivery(new PartitionId(1, 0), leased, Message.FORMAT, MessageCodec.encode(message), 0);
        return new DeliveredMessages(FORMATS).of(delivery, "orders");
    }

    private static StoredMessage seenByAmqp(Header... headers) {
        return seenByAmqp(new Message(List.of(headers), Bytes.utf8("b")), Envelope.PLAIN);
    }

    private static Header header(String name, String type, String value) {
        return new Header(name, type, Bytes.utf8(value));
    }

    private static Map<String, @Nullable Object> everyType() {
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        values.put("text", "ä");
        values.put("yes", true);
        values.put("byte", (byte) -1);
        values.put("short", (short) -2);
        values.put("int", -3);
        values.put("long", Long.MIN_VALUE);
        values.put("float", 1.5f);
        values.put("double", 0.1);
        values.put("decimal", new BigDecimal("12.50"));
        values.put("instant", Instant.ofEpochSecond(5));
        values.put("bytes", Bytes.of(new byte[] {0, -1}));
        values.put("nothing", null);
        return values;
    }

    @Test
    void propertiesAreHeadersToOthers() {
        Properties properties = new PropertiesBuilder()
                .text(Property.CONTENT_TYPE, "text/plain")
                .text(Property.CORRELATION_ID, "c")
                .text(Property.REPLY_TO, "r")
                .text(Property.MESSAGE_ID, "m")
                .text(Property.EXPIRATION, "60000")
                .deliveryMode(2)
                .priority(7)
                .timestamp(Instant.ofEpochSecond(9))
                .headers(FieldTable.of(Map.of("traceparent", "00-1")))
                .build();
        Message message = seenByOthers(new StoredMessage("x", "a.b", properties, Bytes.utf8("hello")));
        assertThat(message.body().utf8()).isEqualTo("hello");
        assertThat(message.headers())
                .containsExactly(
                        header("amqp.exchange", "String", "x"),
                        header("amqp.routing_key", "String", "a.b"),
                        header("content-type", "String", "text/plain"),
                        header("CorrelationId", "String", "c"),
                        header("ReplyTo", "String", "r"),
                        header("amqp.message_id", "String", "m"),
                        header("amqp.delivery_mode", "Number", "2"),
                        header("priority", "Number", "7"),
                        header("mq-ttl-ms", "Number", "60000"),
                        header("amqp.timestamp", "Number", "9"),
                        header("traceparent", "String", "00-1"));
    }

    @Test
    void messageComesBackFromTheCommonFormAsItWas() throws Exception {
        Properties properties = new PropertiesBuilder()
                .text(Property.CONTENT_TYPE, "text/plain")
                .text(Property.USER_ID, "guest")
                .text(Property.EXPIRATION, "60000")
                .deliveryMode(1)
                .priority(255)
                .timestamp(Instant.ofEpochSecond(9))
                .headers(FieldTable.of(everyType()))
                .build();
        StoredMessage stored = new StoredMessage("x", "a.b", properties, Bytes.of(new byte[] {0, -1}));
        StoredMessage back = seenByAmqp(seenByOthers(stored), Envelope.PLAIN);
        assertThat(back).isEqualTo(stored);
        assertThat(back.readProperties().headers()).isEqualTo(FieldTable.of(everyType()));
    }

    @Test
    void nestedValuesAreJsonToOthers() {
        FieldTable death = FieldTable.of(Map.of("count", 3L));
        Properties properties = new PropertiesBuilder()
                .headers(FieldTable.of(Map.of("x-death", Arrays.asList(death, "a", null, Bytes.utf8("b")))))
                .build();
        assertThat(seenByOthers(new StoredMessage("", "q", properties, Bytes.EMPTY))
                        .headers())
                .contains(header("x-death", "String.json", "[{\"count\":3},\"a\",null,\"Yg==\"]"));
    }

    @Test
    void headerDoesNotHideAPropertyOfTheSameName() {
        Properties properties = new PropertiesBuilder()
                .priority(1)
                .headers(FieldTable.of(Map.of("priority", "high")))
                .build();
        assertThat(seenByOthers(new StoredMessage("", "", properties, Bytes.EMPTY))
                        .headers())
                .containsExactly(header("priority", "Number", "1"));
    }

    @Test
    void messageOfAnotherFrontIsAPersistentOneThatWasSentToTheQueue() throws Exception {
        StoredMessage message = seenByAmqp(header("CorrelationId", "String", "c"), header("own", "Number", "12"));
        assertThat(message.exchange().utf8()).isEmpty();
        assertThat(message.routingKey().utf8()).isEqualTo("orders");
        Properties properties = message.readProperties();
        assertThat(properties.isPersistent()).isTrue();
        assertThat(properties.correlationId()).isEqualTo("c");
        assertThat(properties.timestamp()).isEqualTo(Instant.ofEpochSecond(1_700_000_000));
        assertThat(properties.headers().asMap()).isEqualTo(Map.of("own", 12L));
    }

    @Test
    void groupAndDeduplicationIdAreHeadersToAmqp() throws Exception {
        var envelope = new Envelope("g", "d", Envelope.QUEUE_DELAY, Envelope.NEVER, null);
        StoredMessage message = seenByAmqp(new Message(List.of(), Bytes.EMPTY), envelope);
        assertThat(message.readProperties().headers().asMap())
                .isEqualTo(Map.of("x-group-id", "g", "x-deduplication-header", "d"));
    }

    @Test
    void whatNoPropertyCanHoldStaysAHeader() throws Exception {
        String tooLong = "c".repeat(256);
        FieldTable headers = seenByAmqp(
                        header("CorrelationId", "String", tooLong),
                        header("priority", "String", "high"),
                        header("mq-ttl-ms", "Number", "-1"),
                        header("n".repeat(256), "String", "v"))
                .readProperties()
                .headers();
        assertThat(headers.get("CorrelationId")).isEqualTo(tooLong);
        assertThat(headers.get("priority")).isEqualTo("high");
        assertThat(headers.get("mq-ttl-ms")).isEqualTo(-1L);
        assertThat(headers.get("n".repeat(255))).isEqualTo("v");
    }

    @Test
    void whatIsAFrontsOwnIsNotShown() throws Exception {
        assertThat(seenByAmqp(header("sns", "sns.notification", "?"))
                        .readProperties()
                        .headers())
                .isEqualTo(FieldTable.EMPTY);
    }

    @Test
    void bodyInBase64IsDecodedIfItSaysSo() throws Exception {
        StoredMessage decoded = seenByAmqp(
                new Message(List.of(header("BodyEncoding", "String", "base64")), Bytes.utf8("AP8=")), Envelope.PLAIN);
        assertThat(decoded.body()).isEqualTo(Bytes.of(new byte[] {0, -1}));
        assertThat(decoded.readProperties().headers()).isEqualTo(FieldTable.EMPTY);
        StoredMessage none = seenByAmqp(
                new Message(List.of(header("BodyEncoding", "String", "base64")), Bytes.utf8("?")), Envelope.PLAIN);
        assertThat(none.body().utf8()).isEqualTo("?");
        assertThat(none.readProperties().headers().get("BodyEncoding")).isEqualTo("base64");
    }

    @ParameterizedTest
    @CsvSource({
        "Number, 12, java.lang.Long",
        "Number, -1e3, java.lang.Long",
        "Number, 0.5, java.lang.Double",
        "Number, 12345678901234567890, java.lang.String",
        "Number, 0.123456789012345678901, java.lang.String",
        "Number, 1e999999999, java.lang.String",
        "Number, 1e-999999999, java.lang.String",
        "Number.int, x, java.lang.String",
        "Number.custom, 7, java.lang.Long",
        "String.custom, 7, java.lang.String"
    })
    void numberIsOneOnlyIfNothingIsLost(String type, String text, Class<?> expected) throws Exception {
        Object value =
                seenByAmqp(header("n", type, text)).readProperties().headers().get("n");
        assertThat(value).isInstanceOf(expected);
        if (value instanceof String) {
            assertThat(value).isEqualTo(text);
        }
    }
}
