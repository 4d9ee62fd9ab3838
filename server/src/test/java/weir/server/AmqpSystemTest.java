package weir.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Delivery;
import com.rabbitmq.client.Envelope;
import com.rabbitmq.client.GetResponse;
import com.rabbitmq.client.MessageProperties;
import com.rabbitmq.client.ShutdownSignalException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/** RabbitMQ's Java client against the whole of it: front, engine, replicated log and disk. */
class AmqpSystemTest {
    private static final int SECONDS_MAX = 30;

    @TempDir
    private static Path data;

    @SuppressWarnings("NullAway.Init")
    private static WeirServer server;

    @SuppressWarnings("NullAway.Init")
    private Connection connection;

    @SuppressWarnings("NullAway.Init")
    private Channel channel;

    /** Of the test that runs. */
    private String queue = "";

    @BeforeAll
    static void start() throws Exception {
        server = TestServer.start(data);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static ConnectionFactory factory() {
        return TestServer.rabbit(server.amqpPort());
    }

    @BeforeEach
    void connect(TestInfo test) throws Exception {
        queue = test.getTestMethod().orElseThrow().getName();
        connection = factory().newConnection();
        channel = connection.createChannel();
    }

    @AfterEach
    void disconnect() {
        connection.abort();
    }

    private void declare() throws IOException {
        channel.queueDeclare(queue, true, false, false, null);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte[] body) {
        return new String(body, StandardCharsets.UTF_8);
    }

    private void publish(String... bodies) throws Exception {
        channel.confirmSelect();
        for (String body : bodies) {
            channel.basicPublish("", queue, MessageProperties.PERSISTENT_TEXT_PLAIN, bytes(body));
        }
        channel.waitForConfirmsOrDie(TimeUnit.SECONDS.toMillis(SECONDS_MAX));
    }

    /** What a consumer is given. */
    private static BlockingQueue<Delivery> consume(Channel on, String queue, boolean autoAck) throws IOException {
        BlockingQueue<Delivery> deliveries = new LinkedBlockingQueue<>();
        on.basicConsume(queue, autoAck, (_, delivery) -> deliveries.add(delivery), _ -> {});
        return deliveries;
    }

    private static Delivery next(BlockingQueue<Delivery> deliveries) throws InterruptedException {
        Delivery delivery = deliveries.poll(SECONDS_MAX, TimeUnit.SECONDS);
        assertThat(delivery).as("a delivery").isNotNull();
        return java.util.Objects.requireNonNull(delivery);
    }

    /** Why a channel was closed, by what a call threw. */
    private static AMQP.Channel.Close closeOf(Throwable thrown) {
        Throwable cause = thrown instanceof ShutdownSignalException ? thrown : thrown.getCause();
        if (cause instanceof ShutdownSignalException signal && signal.getReason() instanceof AMQP.Channel.Close close) {
            return close;
        }
        throw new AssertionError("no channel was closed", thrown);
    }

    // ---- Publishing and consuming

    @Test
    void whatIsPublishedIsConfirmedAndDelivered() throws Exception {
        declare();
        publish("one", "two", "three");
        BlockingQueue<Delivery> deliveries = consume(channel, queue, false);
        for (String expected : List.of("one", "two", "three")) {
            Delivery delivery = next(deliveries);
            assertThat(text(delivery.getBody())).isEqualTo(expected);
            assertThat(delivery.getEnvelope().isRedeliver()).isFalse();
            assertThat(delivery.getEnvelope().getRoutingKey()).isEqualTo(queue);
            assertThat(delivery.getProperties().getContentType()).isEqualTo("text/plain");
            channel.basicAck(delivery.getEnvelope().getDeliveryTag(), false);
        }
        assertThat(channel.queueDeclarePassive(queue).getMessageCount()).isZero();
    }

    @Test
    void propertiesAndHeadersComeBackAsTheyWent() throws Exception {
        declare();
        AMQP.BasicProperties properties = new AMQP.BasicProperties.Builder()
                .contentEncoding("gzip")
                .headers(Map.of("number", 7, "text", "x", "list", List.of(1L, "two")))
                .correlationId("c")
                .replyTo("r")
                .messageId("m")
                .type("t")
                .appId("a")
                .build();
        channel.basicPublish("", queue, properties, new byte[0]);
        GetResponse got = channel.basicGet(queue, true);
        assertThat(got.getBody()).isEmpty();
        assertThat(got.getProps().getMessageId()).isEqualTo("m");
        assertThat(got.getProps().getHeaders()).containsEntry("number", 7);
        assertThat(got.getProps().getHeaders().get("text")).hasToString("x");
    }

    @Test
    void aLargeMessageComesInPieces() throws Exception {
        declare();
        byte[] body = new byte[3_000_000];
        new java.util.SplittableRandom(1).nextBytes(body);
        channel.basicPublish("", queue, null, body);
        assertThat(channel.basicGet(queue, true).getBody()).isEqualTo(body);
    }

    @Test
    void aMandatoryMessageThatGoesNowhereIsReturnedBeforeItsConfirm() throws Exception {
        List<String> events = new ArrayList<>();
        CompletableFuture<Void> confirmed = new CompletableFuture<>();
        channel.addReturnListener(
                (code, reply, exchange, key, properties, body) -> events.add(code + " " + reply + " " + key));
        channel.addConfirmListener(
                (tag, multiple) -> {
                    events.add("ack " + tag);
                    confirmed.complete(null);
                },
                (tag, multiple) -> events.add("nack " + tag));
        channel.confirmSelect();
        channel.basicPublish("", "nowhere", true, null, bytes("lost"));
        confirmed.get(SECONDS_MAX, TimeUnit.SECONDS);
        assertThat(events).containsExactly("312 NO_ROUTE nowhere", "ack 1");
    }

    @Test
    void whatIsGivenBackComesAgainAtItsPlace() throws Exception {
        declare();
        publish("one", "two");
        GetResponse first = channel.basicGet(queue, false);
        channel.basicNack(first.getEnvelope().getDeliveryTag(), false, true);
        GetResponse again = channel.basicGet(queue, false);
        assertThat(text(again.getBody())).isEqualTo("one");
        assertThat(again.getEnvelope().isRedeliver()).isTrue();
        channel.basicReject(again.getEnvelope().getDeliveryTag(), true);
        again = channel.basicGet(queue, true);
        assertThat(again.getProps().getHeaders()).containsEntry("x-delivery-count", 1L);
    }

    @Test
    void aConnectionThatEndsGivesBackWhatItHeld() throws Exception {
        declare();
        publish("one");
        try (Connection other = factory().newConnection()) {
            assertThat(other.createChannel().basicGet(queue, false)).isNotNull();
            assertThat(channel.basicGet(queue, false)).isNull();
        }
        GetResponse back = channel.basicGet(queue, false);
        assertThat(text(back.getBody())).isEqualTo("one");
        assertThat(back.getEnvelope().isRedeliver()).isTrue();
    }

    @Test
    void aConsumerIsGivenNoMoreThanItsPrefetchCount() throws Exception {
        declare();
        publish("one", "two", "three");
        channel.basicQos(2);
        BlockingQueue<Delivery> deliveries = consume(channel, queue, false);
        next(deliveries);
        Delivery second = next(deliveries);
        assertThat(channel.queueDeclarePassive(queue).getMessageCount()).isEqualTo(1);
        assertThat(deliveries).isEmpty();
        channel.basicAck(second.getEnvelope().getDeliveryTag(), true);
        assertThat(text(next(deliveries).getBody())).isEqualTo("three");
    }

    @Test
    void oneConsumerAfterTheOtherIsServed() throws Exception {
        declare();
        List<BlockingQueue<Delivery>> consumers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            consumers.add(consume(connection.createChannel(), queue, true));
        }
        for (int i = 0; i < 9; i++) {
            publish("m" + i);
        }
        for (BlockingQueue<Delivery> each : consumers) {
            for (int i = 0; i < 3; i++) {
                next(each);
            }
        }
    }

    @Test
    void nothingComesAfterCancelOk() throws Exception {
        declare();
        BlockingQueue<Delivery> deliveries = new LinkedBlockingQueue<>();
        String tag = channel.basicConsume(queue, true, (_, delivery) -> deliveries.add(delivery), _ -> {});
        publish("one");
        next(deliveries);
        channel.basicCancel(tag);
        publish("two");
        assertThat(channel.queueDeclarePassive(queue).getMessageCount()).isEqualTo(1);
        assertThat(deliveries).isEmpty();
    }

    @Test
    void aConsumerIsToldThatItsQueueIsGone() throws Exception {
        declare();
        CompletableFuture<String> cancelled = new CompletableFuture<>();
        String tag = channel.basicConsume(queue, new DefaultConsumer(channel) {
            @Override
            public void handleCancel(String consumerTag) {
                cancelled.complete(consumerTag);
            }
        });
        connection.createChannel().queueDelete(queue);
        assertThat(cancelled.get(SECONDS_MAX, TimeUnit.SECONDS)).isEqualTo(tag);
    }

    @Test
    void higherPrioritiesOfConsumersGoFirst() throws Exception {
        declare();
        BlockingQueue<String> got = new LinkedBlockingQueue<>();
        Channel low = connection.createChannel();
        low.basicConsume(queue, true, Map.of("x-priority", -1), (_, _) -> got.add("low"), _ -> {});
        Channel high = connection.createChannel();
        high.basicConsume(queue, true, Map.of("x-priority", 5), (_, _) -> got.add("high"), _ -> {});
        for (int i = 0; i < 5; i++) {
            publish("m" + i);
            assertThat(got.poll(SECONDS_MAX, TimeUnit.SECONDS)).isEqualTo("high");
        }
    }

    @Test
    void aTransactionIsDoneAsAWholeOrNotAtAll() throws Exception {
        declare();
        channel.txSelect();
        channel.basicPublish("", queue, null, bytes("dropped"));
        channel.txRollback();
        channel.basicPublish("", queue, null, bytes("kept"));
        assertThat(connection.createChannel().basicGet(queue, true)).isNull();
        channel.txCommit();
        GetResponse got = channel.basicGet(queue, false);
        assertThat(text(got.getBody())).isEqualTo("kept");
        channel.basicAck(got.getEnvelope().getDeliveryTag(), false);
        channel.txRollback();
        channel.close();
        channel = connection.createChannel();
        assertThat(channel.basicGet(queue, true)).isNotNull();
    }

    @Test
    void aReplyNeedsNoQueue() throws Exception {
        declare();
        channel.confirmSelect();
        BlockingQueue<Delivery> replies = consume(channel, "amq.rabbitmq.reply-to", true);
        AMQP.BasicProperties ask = new AMQP.BasicProperties.Builder()
                .replyTo("amq.rabbitmq.reply-to")
                .correlationId("7")
                .build();
        channel.basicPublish("", queue, ask, bytes("question"));
        channel.waitForConfirmsOrDie(TimeUnit.SECONDS.toMillis(SECONDS_MAX));
        Channel answering = connection.createChannel();
        GetResponse question = answering.basicGet(queue, true);
        AMQP.BasicProperties answer =
                new AMQP.BasicProperties.Builder().correlationId("7").build();
        answering.basicPublish("", question.getProps().getReplyTo(), answer, bytes("answer"));
        Delivery reply = next(replies);
        assertThat(text(reply.getBody())).isEqualTo("answer");
        assertThat(reply.getProperties().getCorrelationId()).isEqualTo("7");
    }

    // ---- Errors

    private void closesChannel(int code, String text, ThrowingCall call) {
        assertThatThrownBy(() -> {
                    call.run();
                    channel.queueDeclarePassive("amq.none"); // What is answered by nothing is found out by the next.
                })
                .satisfies(thrown -> assertThat(closeOf(thrown))
                        .extracting(AMQP.Channel.Close::getReplyCode, AMQP.Channel.Close::getReplyText)
                        .satisfiesExactly(
                                got -> assertThat(got).isEqualTo(code),
                                got -> assertThat(got).asString().contains(text)));
        assertThat(connection.isOpen()).isTrue();
    }

    private interface ThrowingCall {
        void run() throws Exception;
    }

    @Test
    void aMissingQueueIsSaidAndTheConnectionLives() {
        closesChannel(404, "NOT_FOUND - no queue 'none' in vhost '/'", () -> channel.queueDeclarePassive("none"));
    }

    @Test
    void anUnknownDeliveryTagIsAnError() {
        closesChannel(406, "PRECONDITION_FAILED - unknown delivery tag 9", () -> channel.basicAck(9, false));
    }

    @Test
    void aMissingExchangeIsAnError() {
        closesChannel(
                404,
                "NOT_FOUND - no exchange 'none' in vhost '/'",
                () -> channel.basicPublish("none", "", null, bytes("x")));
    }

    @Test
    void anotherDeclarationOfAQueueIsRefused() throws Exception {
        declare();
        closesChannel(
                406,
                "inequivalent arg 'auto_delete' for queue",
                () -> channel.queueDeclare(queue, true, false, true, null));
    }

    @Test
    void anExclusiveQueueIsItsConnectionsOwn() throws Exception {
        try (Connection other = factory().newConnection()) {
            other.createChannel().queueDeclare(queue, false, true, false, null);
            closesChannel(405, "RESOURCE_LOCKED", () -> channel.queueDeclarePassive(queue));
        }
        channel = connection.createChannel();
        closesChannel(404, "no queue", () -> channel.queueDeclarePassive(queue));
    }

    @Test
    void immediateIsNotImplemented() throws Exception {
        CompletableFuture<ShutdownSignalException> ended = new CompletableFuture<>();
        connection.addShutdownListener(ended::complete);
        channel.basicPublish("", queue, false, true, null, bytes("x"));
        ShutdownSignalException end = ended.get(SECONDS_MAX, TimeUnit.SECONDS);
        assertThat(end.isHardError()).isTrue();
        assertThat(((AMQP.Connection.Close) end.getReason()).getReplyCode()).isEqualTo(540);
    }

    @Test
    void aWrongPasswordIsRefused() {
        ConnectionFactory wrong = factory();
        wrong.setPassword("wrong");
        assertThatThrownBy(wrong::newConnection)
                .isInstanceOf(com.rabbitmq.client.AuthenticationFailureException.class)
                .hasMessageContaining("ACCESS_REFUSED - Login was refused using authentication mechanism PLAIN");
    }

    @Test
    void anUnknownVirtualHostIsRefused() {
        ConnectionFactory wrong = factory();
        wrong.setVirtualHost("none");
        assertThatThrownBy(wrong::newConnection)
                .hasRootCauseMessage(
                        "connection error; protocol method: #method<connection.close>(reply-code=530, reply-text=NOT_ALLOWED -"
                                + " vhost none not found, class-id=10, method-id=40)");
    }

    @Test
    void envelopesSayWhereAMessageCameFrom() throws Exception {
        declare();
        channel.exchangeDeclare("ex-" + queue, "topic", true);
        channel.queueBind(queue, "ex-" + queue, "a.*");
        channel.basicPublish("ex-" + queue, "a.b", null, bytes("routed"));
        channel.basicPublish("ex-" + queue, "b.b", null, bytes("not"));
        Envelope envelope = channel.basicGet(queue, true).getEnvelope();
        assertThat(envelope.getExchange()).isEqualTo("ex-" + queue);
        assertThat(envelope.getRoutingKey()).isEqualTo("a.b");
        assertThat(channel.basicGet(queue, true)).isNull();
    }
}
