package weir.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.BuiltinExchangeType;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.Delivery;
import com.rabbitmq.client.MessageProperties;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** RabbitMQ's seven tutorials with its Java client, each party on a connection of its own: what does each get? */
class RabbitTutorialsTest {
    private static final long MILLIS_MAX = AmqpAtServer.SECONDS_MAX * 1_000L;

    @RegisterExtension
    static final AmqpAtServer WEIR = new AmqpAtServer();

    private final List<Connection> parties = new ArrayList<>();

    @AfterEach
    void leave() {
        parties.forEach(Connection::abort);
    }

    private Channel party() throws Exception {
        parties.add(WEIR.factory().newConnection());
        return parties.getLast().createChannel();
    }

    private static List<String> received(BlockingQueue<Delivery> deliveries, int count) throws Exception {
        List<String> bodies = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            bodies.add(AmqpAtServer.body(AmqpAtServer.next(deliveries)));
        }
        return bodies;
    }

    /** A party that gets what the keys say of an exchange. */
    private BlockingQueue<Delivery> subscriber(String exchange, BuiltinExchangeType type, String... keys)
            throws Exception {
        Channel channel = party();
        channel.exchangeDeclare(exchange, type);
        String queue = channel.queueDeclare().getQueue();
        for (String key : keys) {
            channel.queueBind(queue, exchange, key);
        }
        return AmqpAtServer.consume(channel, queue, true);
    }

    @Test
    void helloWorld() throws Exception {
        Channel sender = party();
        sender.queueDeclare("hello", false, false, false, null);
        sender.basicPublish("", "hello", null, AmqpAtServer.bytes("Hello World!"));
        Channel receiver = party();
        receiver.queueDeclare("hello", false, false, false, null);
        assertThat(received(AmqpAtServer.consume(receiver, "hello", true), 1)).containsExactly("Hello World!");
    }

    @Test
    void workQueues() throws Exception {
        Channel boss = party();
        boss.queueDeclare("task_queue", true, false, false, null);
        Channel dying = party();
        dying.basicQos(1);
        BlockingQueue<Delivery> begun = AmqpAtServer.consume(dying, "task_queue", false);
        boss.basicPublish("", "task_queue", MessageProperties.PERSISTENT_TEXT_PLAIN, AmqpAtServer.bytes("task 0"));
        assertThat(received(begun, 1)).containsExactly("task 0");
        Channel worker = party();
        worker.basicQos(1);
        BlockingQueue<String> done = new LinkedBlockingQueue<>();
        worker.basicConsume(
                "task_queue",
                false,
                (_, delivery) -> {
                    done.add(AmqpAtServer.body(delivery));
                    worker.basicAck(delivery.getEnvelope().getDeliveryTag(), false);
                },
                _ -> {});
        for (int i = 1; i < 5; i++) {
            boss.basicPublish(
                    "", "task_queue", MessageProperties.PERSISTENT_TEXT_PLAIN, AmqpAtServer.bytes("task " + i));
            assertThat(AmqpAtServer.next(done)).isEqualTo("task " + i);
        }
        dying.getConnection().abort();
        assertThat(AmqpAtServer.next(done)).isEqualTo("task 0");
        assertThat(begun).isEmpty();
    }

    @Test
    void publishSubscribe() throws Exception {
        Channel emitter = party();
        emitter.exchangeDeclare("logs", BuiltinExchangeType.FANOUT);
        emitter.basicPublish("logs", "", null, AmqpAtServer.bytes("nobody listens"));
        BlockingQueue<Delivery> screen = subscriber("logs", BuiltinExchangeType.FANOUT, "");
        BlockingQueue<Delivery> disk = subscriber("logs", BuiltinExchangeType.FANOUT, "");
        emitter.basicPublish("logs", "", null, AmqpAtServer.bytes("info: Hello World!"));
        assertThat(received(screen, 1)).containsExactly("info: Hello World!");
        assertThat(received(disk, 1)).containsExactly("info: Hello World!");
    }

    @Test
    void routing() throws Exception {
        BlockingQueue<Delivery> errors = subscriber("direct_logs", BuiltinExchangeType.DIRECT, "error");
        BlockingQueue<Delivery> all = subscriber("direct_logs", BuiltinExchangeType.DIRECT, "info", "warning", "error");
        Channel emitter = party();
        for (String severity : List.of("info", "error", "debug", "warning")) {
            emitter.basicPublish("direct_logs", severity, null, AmqpAtServer.bytes(severity));
        }
        assertThat(received(all, 3)).containsExactly("info", "error", "warning");
        assertThat(received(errors, 1)).containsExactly("error");
    }

    @Test
    void topics() throws Exception {
        BlockingQueue<Delivery> all = subscriber("topic_logs", BuiltinExchangeType.TOPIC, "#");
        BlockingQueue<Delivery> kernel = subscriber("topic_logs", BuiltinExchangeType.TOPIC, "kern.*");
        BlockingQueue<Delivery> critical = subscriber("topic_logs", BuiltinExchangeType.TOPIC, "kern.*", "*.critical");
        Channel emitter = party();
        String[] sent = {"kern.critical", "kern.info", "cron.critical", "cron.info", "kern.a.b"};
        for (String key : sent) {
            emitter.basicPublish("topic_logs", key, null, AmqpAtServer.bytes(key));
        }
        assertThat(received(all, 5)).containsExactly(sent);
        assertThat(received(kernel, 2)).containsExactly("kern.critical", "kern.info");
        assertThat(received(critical, 3)).containsExactly("kern.critical", "kern.info", "cron.critical");
    }

    @Test
    void remoteProcedureCall() throws Exception {
        Channel server = party();
        server.queueDeclare("rpc_queue", false, false, false, null);
        server.basicQos(1);
        server.basicConsume(
                "rpc_queue",
                false,
                (_, call) -> {
                    BasicProperties asked = call.getProperties();
                    BasicProperties answer = new BasicProperties.Builder()
                            .correlationId(asked.getCorrelationId())
                            .build();
                    int number = Integer.parseInt(AmqpAtServer.body(call));
                    server.basicPublish("", asked.getReplyTo(), answer, AmqpAtServer.bytes("" + fibonacci(number)));
                    server.basicAck(call.getEnvelope().getDeliveryTag(), false);
                },
                _ -> {});
        Channel client = party();
        String answersTo = client.queueDeclare().getQueue();
        BlockingQueue<Delivery> answers = AmqpAtServer.consume(client, answersTo, true);
        for (int number : new int[] {0, 10, 20}) {
            String id = UUID.randomUUID().toString();
            BasicProperties call = new BasicProperties.Builder()
                    .correlationId(id)
                    .replyTo(answersTo)
                    .build();
            client.basicPublish("", "rpc_queue", call, AmqpAtServer.bytes("" + number));
            Delivery answer = AmqpAtServer.next(answers);
            assertThat(answer.getProperties().getCorrelationId()).isEqualTo(id);
            assertThat(AmqpAtServer.body(answer)).isEqualTo("" + fibonacci(number));
        }
    }

    private static int fibonacci(int n) {
        return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
    }

    @Test
    void publisherConfirms() throws Exception {
        Channel channel = party();
        channel.confirmSelect();
        String queue = channel.queueDeclare().getQueue();
        for (int i = 0; i < 10; i++) { // One by one.
            channel.basicPublish("", queue, null, AmqpAtServer.bytes("" + i));
            channel.waitForConfirmsOrDie(MILLIS_MAX);
        }
        for (int i = 10; i < 100; i++) { // Together.
            channel.basicPublish("", queue, null, AmqpAtServer.bytes("" + i));
        }
        channel.waitForConfirmsOrDie(MILLIS_MAX);
        ConcurrentNavigableMap<Long, String> outstanding = new ConcurrentSkipListMap<>();
        CountDownLatch nacked = new CountDownLatch(1);
        BlockingQueue<Long> confirmed = new LinkedBlockingQueue<>();
        channel.addConfirmListener(
                (tag, multiple) -> {
                    if (multiple) {
                        outstanding.headMap(tag, true).clear();
                    } else {
                        outstanding.remove(tag);
                    }
                    confirmed.add(tag);
                },
                (_, _) -> nacked.countDown());
        for (int i = 100; i < 1_000; i++) { // As they come.
            outstanding.put(channel.getNextPublishSeqNo(), "" + i);
            channel.basicPublish("", queue, null, AmqpAtServer.bytes("" + i));
        }
        while (!outstanding.isEmpty()) {
            AmqpAtServer.next(confirmed);
        }
        assertThat(nacked.await(0, TimeUnit.SECONDS)).isFalse();
        String[] all = new String[1_000];
        Arrays.setAll(all, Integer::toString);
        assertThat(received(AmqpAtServer.consume(channel, queue, true), 1_000)).containsExactly(all);
    }
}
