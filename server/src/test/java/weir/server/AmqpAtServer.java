package weir.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.Delivery;
import com.rabbitmq.client.GetResponse;
import com.rabbitmq.client.MessageProperties;
import com.rabbitmq.client.ShutdownSignalException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A server whose clock tests can move, and for each test a connection of RabbitMQ's Java client to it, with a channel and a
 * name for what the test makes there, which is the connection's, too.
 */
final class AmqpAtServer implements BeforeAllCallback, AfterAllCallback, BeforeEachCallback, AfterEachCallback {
    static final int SECONDS_MAX = 30;

    private final String[] variables;
    private @Nullable Path data;
    private @Nullable WeirServer server;
    private @Nullable Connection connection;
    private @Nullable Channel channel;
    private String name = "";

    /** @param variables names and values of settings, beside those that every test's server has */
    AmqpAtServer(String... variables) {
        this.variables = Stream.concat(Stream.of(variables), Stream.of("WEIR_TESTING_ENABLED", "true"))
                .toArray(String[]::new);
    }

    @Override
    public void beforeAll(ExtensionContext context) throws Exception {
        data = Files.createTempDirectory("weir-amqp");
        server = TestServer.start(data, variables);
    }

    @Override
    public void afterAll(ExtensionContext context) throws Exception {
        server().close();
        deleteAll(Objects.requireNonNull(data));
    }

    static void deleteAll(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path each : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
    }

    @Override
    public void beforeEach(ExtensionContext context) throws Exception {
        name = context.getRequiredTestMethod().getName();
        connect();
    }

    @Override
    public void afterEach(ExtensionContext context) {
        connection().abort();
    }

    private void connect() throws Exception {
        connection = factory().newConnection(name);
        channel = connection().createChannel();
    }

    /** Stops the server, and starts another on its data. */
    void restart() throws Exception {
        connection().abort();
        server().close();
        server = TestServer.start(Objects.requireNonNull(data), variables);
        connect();
    }

    WeirServer server() {
        return Objects.requireNonNull(server);
    }

    Connection connection() {
        return Objects.requireNonNull(connection);
    }

    /** The test's first one. */
    Channel channel() {
        return Objects.requireNonNull(channel);
    }

    Channel newChannel() throws IOException {
        return connection().createChannel();
    }

    /** The test's own, for a queue or an exchange. */
    String name() {
        return name;
    }

    ConnectionFactory factory() {
        return TestServer.rabbit(server().amqpPort());
    }

    /** Moves the server's time on; what is due by then has happened. */
    void advance(Duration by) throws Exception {
        server().tests().advance(by);
    }

    // ---- Publishing and getting

    /** A queue of the test's name. */
    String declare(Map<String, Object> arguments) throws IOException {
        return channel().queueDeclare(name, true, false, false, arguments).getQueue();
    }

    /** Returns when all of them are confirmed. */
    void publish(String exchange, String key, AMQP.BasicProperties properties, String... bodies) throws Exception {
        channel().confirmSelect();
        for (String body : bodies) {
            channel().basicPublish(exchange, key, properties, bytes(body));
        }
        channel().waitForConfirmsOrDie(TimeUnit.SECONDS.toMillis(SECONDS_MAX));
    }

    /** To the queue of the test's name. */
    void publish(String... bodies) throws Exception {
        publish("", name, MessageProperties.PERSISTENT_TEXT_PLAIN, bodies);
    }

    /** What is ready in a queue, in the order in which it comes; it is gone from there. */
    List<String> drain(String queue) throws IOException {
        List<String> bodies = new ArrayList<>();
        for (GetResponse got = channel().basicGet(queue, true);
                got != null;
                got = channel().basicGet(queue, true)) {
            bodies.add(text(got.getBody()));
        }
        return bodies;
    }

    long ready(String queue) throws IOException {
        return channel().queueDeclarePassive(queue).getMessageCount();
    }

    /** Without using it, as looking by a passive declaration does. */
    boolean isThere(String queue) throws Exception {
        Channel on = newChannel();
        try {
            on.queueBind(queue, "amq.fanout", "never published");
            on.close();
            return true;
        } catch (IOException _) { // 404, as other tests show.
            return false;
        }
    }

    /** What a consumer is given. */
    static BlockingQueue<Delivery> consume(Channel on, String queue, boolean autoAck, Map<String, Object> arguments)
            throws IOException {
        BlockingQueue<Delivery> deliveries = new LinkedBlockingQueue<>();
        on.basicConsume(queue, autoAck, arguments, (_, delivery) -> deliveries.add(delivery), _ -> {});
        return deliveries;
    }

    static BlockingQueue<Delivery> consume(Channel on, String queue, boolean autoAck) throws IOException {
        return consume(on, queue, autoAck, Map.of());
    }

    /** What comes next; that nothing does is a failure. */
    static <T> T next(BlockingQueue<T> things) throws InterruptedException {
        T thing = things.poll(SECONDS_MAX, TimeUnit.SECONDS);
        assertThat(thing).as("what comes next").isNotNull();
        return Objects.requireNonNull(thing);
    }

    static String body(Delivery delivery) {
        return text(delivery.getBody());
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static String text(byte[] body) {
        return new String(body, StandardCharsets.UTF_8);
    }

    static AMQP.BasicProperties headers(Map<String, Object> headers) {
        return new AMQP.BasicProperties.Builder().headers(headers).build();
    }

    // ---- Errors

    /** What a client does. */
    interface Doing {
        void on(Channel channel) throws Exception;
    }

    /** On a channel of its own, which is closed for it with that code and text; the connection is not. */
    void assertCloses(int code, String text, Doing doing) throws Exception {
        Channel on = newChannel();
        assertThatThrownBy(() -> {
                    doing.on(on);
                    on.basicQos(0); // Nobody answers a publish or an acknowledgement.
                    on.basicQos(0);
                })
                .satisfies(thrown -> {
                    AMQP.Channel.Close close = closeOf(thrown);
                    assertThat(close.getReplyCode() + " " + close.getReplyText())
                            .startsWith(code + " ")
                            .contains(text);
                });
        assertThat(connection().isOpen()).isTrue();
        newChannel().close();
    }

    private static AMQP.Channel.Close closeOf(Throwable thrown) {
        Throwable cause = thrown instanceof ShutdownSignalException ? thrown : thrown.getCause();
        if (cause instanceof ShutdownSignalException signal && signal.getReason() instanceof AMQP.Channel.Close close) {
            return close;
        }
        throw new AssertionError("no channel was closed", thrown);
    }
}
