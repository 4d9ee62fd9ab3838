package weir.chaos.workload;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Address;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Envelope;
import com.rabbitmq.client.MessageProperties;
import com.rabbitmq.client.ShutdownSignalException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import weir.chaos.history.Entry;

/**
 * RabbitMQ's protocol by RabbitMQ's own client, which recovers nothing here: going to the next node is the workload's. Publishes
 * are mandatory and wait for their confirm. Consumers have a prefetch count; they settle in transactions of one message each, since
 * nothing else in the protocol says that an acknowledgement was heard.
 *
 * <p>A delivery knows no visibility timeout: it is held for as long as its connection lives. What a client has forgotten it
 * therefore gives back itself when the time is over that the history tells of.
 */
public final class AmqpFront implements Front {
    private static final int QUEUES_OF_EACH_KIND = 2;
    private static final int CONSUMERS = 2;
    private static final long VISIBILITY_MICROS = WorkloadLimits.VISIBILITY.toNanos() / 1_000;

    /** Deliveries that the server counts against {@code x-delivery-limit}; others, such as were lost on their way, are beside them. */
    private static final int COUNTED_MAX = WorkloadLimits.ATTEMPTS_MAX - 1;

    /** Of deliveries of all kinds to one message there is no bound. */
    private static final int DELIVERIES_MAX = 1_000_000;

    private static final String DELAYED = "chaos-delayed";

    /** What waits in a client for longer is not to be told of as if it came now. */
    private static final Duration FRESH = Duration.ofSeconds(2);

    private static final char TAG = '-';

    private final AtomicLong connections = new AtomicLong();
    private final int port;
    private final Login login;

    /** A user whom the servers know. */
    public record Login(String user, String password) {
        @Override
        public String toString() {
            return "Login[" + user + "]"; // The password is nobody's business in a log.
        }
    }

    /** @param port of AMQP, at the same address as that of SQS */
    public AmqpFront(int port, Login login) {
        this.port = port;
        this.login = login;
    }

    @Override
    public String name() {
        return "amqp";
    }

    @Override
    public List<Entry.Queue> queues() {
        return Stream.of(false, true)
                .flatMap(ordered -> {
                    String kind = ordered ? "amqp-ordered" : "amqp-work";
                    String dead = kind + "-dead";
                    return Stream.concat(
                            Stream.of(new Entry.Queue(dead, name(), ordered, 1, VISIBILITY_MICROS, 0, "")),
                            IntStream.range(0, QUEUES_OF_EACH_KIND)
                                    .mapToObj(i -> new Entry.Queue(
                                            kind + "-" + i,
                                            name(),
                                            ordered,
                                            1,
                                            VISIBILITY_MICROS,
                                            DELIVERIES_MAX,
                                            dead)));
                })
                .toList();
    }

    @Override
    public int consumers(Entry.Queue queue) {
        return CONSUMERS;
    }

    @Override
    public Connection connect(InetSocketAddress node) {
        return new AmqpConnection(node.getHostString());
    }

    /** A delivery that this client holds. */
    private record Given(long tag, Received message, long arrivedNanos) {}

    private final class AmqpConnection implements Connection {
        private static final int REJECTED = 312;

        /** Delivery tags begin anew with each connection: what an earlier one was given is not this one's to settle. */
        private final long number = connections.incrementAndGet();

        private final String host;
        private com.rabbitmq.client.@Nullable Connection connection;
        private @Nullable Channel publishing;
        private @Nullable Channel consuming;
        private final BlockingQueue<Given> arrived = new LinkedBlockingQueue<>();
        /** By token; until when they are held, by the monotonic clock. Those that were told of. */
        private final Map<String, Long> heldUntil = new LinkedHashMap<>();
        /** Publishes that came back. */
        private final Map<String, Integer> returned = new ConcurrentHashMap<>();

        AmqpConnection(String host) {
            this.host = host;
        }

        private com.rabbitmq.client.Connection open() throws RefusedException {
            if (connection == null) {
                ConnectionFactory factory = new ConnectionFactory();
                factory.setUsername(login.user());
                factory.setPassword(login.password());
                factory.setAutomaticRecoveryEnabled(false);
                factory.setConnectionTimeout((int) WorkloadLimits.CONNECT_MAX.toMillis());
                factory.setHandshakeTimeout((int) WorkloadLimits.ANSWER_MAX.toMillis());
                factory.setChannelRpcTimeout((int) WorkloadLimits.ANSWER_MAX.toMillis());
                factory.setRequestedHeartbeat((int) WorkloadLimits.ANSWER_MAX.toSeconds());
                factory.setShutdownTimeout((int) WorkloadLimits.CONNECT_MAX.toMillis());
                try {
                    connection = factory.newConnection(List.of(new Address(host, port)));
                } catch (IOException | TimeoutException e) {
                    throw new RefusedException("no connection: " + e);
                }
            }
            return connection;
        }

        /** What the client library throws when a connection is gone is no answer. */
        private <T> T asked(Call<T> call) throws IOException, RefusedException, InterruptedException {
            try {
                return call.run();
            } catch (ShutdownSignalException e) { // AlreadyClosedException is one.
                throw new IOException(e.getMessage(), e);
            } catch (TimeoutException e) {
                throw new IOException("no answer within " + WorkloadLimits.ANSWER_MAX, e);
            }
        }

        private interface Call<T> {
            T run() throws IOException, RefusedException, InterruptedException, TimeoutException;
        }

        @Override
        public void create(Entry.Queue queue) throws IOException, RefusedException, InterruptedException {
            Map<String, Object> arguments = new HashMap<>();
            if (queue.ordered()) {
                arguments.put("x-group-id", true);
                arguments.put("x-message-deduplication", true);
            }
            if (!queue.deadLetters().isEmpty()) {
                arguments.put("x-dead-letter-exchange", "");
                arguments.put("x-dead-letter-routing-key", queue.deadLetters());
                arguments.put("x-delivery-limit", COUNTED_MAX);
            }
            asked(() -> {
                Channel channel = publishing();
                channel.queueDeclare(queue.name(), true, false, false, arguments);
                channel.exchangeDeclare(DELAYED, "x-delayed-message", true, false, Map.of("x-delayed-type", "direct"));
                return channel.queueBind(queue.name(), DELAYED, queue.name());
            });
        }

        private Channel publishing() throws IOException, RefusedException {
            Channel channel = publishing;
            if (channel == null) {
                channel = open().createChannel();
                channel.confirmSelect();
                channel.addReturnListener(
                        (code, _, _, _, properties, _) -> returned.put(properties.getMessageId(), code));
                publishing = channel;
            }
            return channel;
        }

        @Override
        public String publish(Entry.Queue queue, Body body, String group, Duration delay)
                throws IOException, RefusedException, InterruptedException {
            Map<String, Object> headers = new HashMap<>();
            if (queue.ordered()) {
                headers.put("x-group-id", group);
                headers.put("x-deduplication-header", body.id());
            }
            if (delay.isPositive()) {
                headers.put("x-delay", delay.toMillis());
            }
            AMQP.BasicProperties properties = MessageProperties.PERSISTENT_BASIC
                    .builder()
                    .messageId(body.id())
                    .headers(headers)
                    .build();
            byte[] bytes = body.text().getBytes(StandardCharsets.UTF_8);
            boolean taken = asked(() -> {
                Channel channel = publishing();
                channel.basicPublish(
                        delay.isPositive() ? DELAYED : "", queue.name(), !delay.isPositive(), properties, bytes);
                return channel.waitForConfirms(WorkloadLimits.ANSWER_MAX.toMillis());
            });
            if (returned.remove(body.id()) != null) {
                throw new RefusedException(REJECTED + ": there was no such queue");
            }
            if (!taken) {
                throw new IOException("basic.nack"); // Refused, or nobody knows.
            }
            return "";
        }

        private Channel consuming(Entry.Queue queue) throws IOException, RefusedException {
            Channel channel = consuming;
            if (channel == null) {
                channel = open().createChannel();
                channel.txSelect();
                channel.basicQos(WorkloadLimits.RECEIVE_MAX);
                channel.basicConsume(queue.name(), false, new DefaultConsumer(channel) {
                    @Override
                    public void handleDelivery(
                            String tag, Envelope envelope, AMQP.BasicProperties properties, byte[] body) {
                        arrived.add(given(envelope, properties, body));
                    }
                });
                consuming = channel;
            }
            return channel;
        }

        private Given given(Envelope envelope, AMQP.BasicProperties properties, byte[] body) {
            Map<String, Object> headers = properties.getHeaders();
            Object before = headers == null ? null : headers.get("x-acquired-count");
            int attempts = before instanceof Long count ? count.intValue() + 1 : 1;
            long tag = envelope.getDeliveryTag();
            return new Given(
                    tag,
                    new Received(new String(body, StandardCharsets.UTF_8), "" + number + TAG + tag, "", attempts),
                    System.nanoTime());
        }

        @Override
        public List<Received> receive(Entry.Queue queue, int max, Duration wait)
                throws IOException, RefusedException, InterruptedException {
            return asked(() -> {
                Channel channel = consuming(queue);
                giveBackForgotten(channel);
                List<Received> received = new ArrayList<>();
                Given next = arrived.poll(wait.toMillis(), TimeUnit.MILLISECONDS);
                while (next != null) {
                    if (System.nanoTime() - next.arrivedNanos() > FRESH.toNanos()) {
                        channel.basicNack(next.tag(), false, true);
                        channel.txCommit();
                    } else {
                        received.add(next.message());
                        hold(next.message().token(), WorkloadLimits.VISIBILITY);
                    }
                    next = received.size() < max ? arrived.poll() : null;
                }
                if (received.isEmpty()) { // A client that is given nothing does not know whether there is anybody.
                    channel.queueDeclarePassive(queue.name());
                }
                return received;
            });
        }

        private void hold(String token, Duration time) {
            heldUntil.put(token, System.nanoTime() + time.toNanos());
        }

        private void giveBackForgotten(Channel channel) throws IOException {
            long now = System.nanoTime();
            for (Map.Entry<String, Long> held : List.copyOf(heldUntil.entrySet())) {
                if (held.getValue() - now < 0) {
                    heldUntil.remove(held.getKey());
                    channel.basicReject(tagOf(held.getKey()), true);
                    channel.txCommit();
                }
            }
        }

        private static long tagOf(String token) {
            return Long.parseLong(token, token.indexOf(TAG) + 1, token.length(), 10);
        }

        /** Its channel, if it is still held. */
        private Channel holding(String token) throws RefusedException {
            Channel channel = consuming;
            if (channel == null || !heldUntil.containsKey(token)) {
                throw new RefusedException(token + " was given back");
            }
            return channel;
        }

        @Override
        public void acknowledge(Entry.Queue queue, String token)
                throws IOException, RefusedException, InterruptedException {
            Channel channel = holding(token);
            asked(() -> {
                channel.basicAck(tagOf(token), false);
                return channel.txCommit();
            });
            heldUntil.remove(token);
        }

        @Override
        public void extend(Entry.Queue queue, String token, Duration visibility)
                throws IOException, RefusedException, InterruptedException {
            Channel channel = holding(token);
            if (visibility.isPositive()) {
                hold(token, visibility); // The server holds it for as long as we are here.
                return;
            }
            asked(() -> {
                channel.basicReject(tagOf(token), true);
                return channel.txCommit();
            });
            heldUntil.remove(token);
        }

        /** Ready messages: of others the protocol does not tell. */
        @Override
        public Counts count(Entry.Queue queue) throws IOException, RefusedException, InterruptedException {
            return asked(() ->
                    new Counts(publishing().queueDeclarePassive(queue.name()).getMessageCount(), 0, 0));
        }

        @Override
        public List<String> held() {
            return List.copyOf(heldUntil.keySet());
        }

        @Override
        public void close() {
            if (connection != null) {
                connection.abort((int) WorkloadLimits.CONNECT_MAX.toMillis());
                connection = null;
            }
        }
    }
}
