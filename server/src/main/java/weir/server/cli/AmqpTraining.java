package weir.server.cli;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.MessageProperties;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeoutException;

/** What RabbitMQ's clients do most, as fast as it goes for a while: persistent messages with confirms, and acknowledgements. */
final class AmqpTraining {
    private static final Duration FOR = Duration.ofSeconds(6);
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(30);
    private static final String QUEUE = "trained";
    private static final int AT_A_TIME = 100;
    private static final int BYTES = 1_000;

    private AmqpTraining() {}

    /** @param port of a server at this machine whose first user may log in */
    static void run(int port) throws IOException, InterruptedException {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setHost("127.0.0.1");
        factory.setPort(port);
        factory.setChannelRpcTimeout((int) ANSWER_WITHIN.toMillis());
        try (Connection connection = factory.newConnection()) {
            Channel consuming = connection.createChannel();
            consuming.queueDeclare(QUEUE, true, false, false, null);
            consuming.basicQos(2 * AT_A_TIME);
            consuming.basicConsume(
                    QUEUE,
                    false,
                    (_, delivery) -> {
                        long tag = delivery.getEnvelope().getDeliveryTag();
                        if (tag % AT_A_TIME == 0) {
                            consuming.basicAck(tag, true);
                        }
                    },
                    _ -> {});
            publish(connection.createChannel());
            consuming.queueDelete(QUEUE);
        } catch (TimeoutException e) {
            throw new IOException("the server that is trained does not answer", e);
        }
    }

    private static void publish(Channel channel) throws IOException, InterruptedException, TimeoutException {
        channel.confirmSelect();
        byte[] body = new byte[BYTES];
        long end = System.nanoTime() + FOR.toNanos();
        while (System.nanoTime() < end) {
            for (int i = 0; i < AT_A_TIME; i++) {
                channel.basicPublish("", QUEUE, MessageProperties.PERSISTENT_BASIC, body);
            }
            channel.waitForConfirmsOrDie(ANSWER_WITHIN.toMillis());
        }
    }
}
