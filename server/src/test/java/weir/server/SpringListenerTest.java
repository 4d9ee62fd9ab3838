package weir.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Channel;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.amqp.core.AcknowledgeMode;
import org.springframework.amqp.core.BatchMessageListener;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.Queue;
import org.springframework.amqp.core.QueueBuilder;
import org.springframework.amqp.rabbit.annotation.EnableRabbit;
import org.springframework.amqp.rabbit.annotation.Exchange;
import org.springframework.amqp.rabbit.annotation.QueueBinding;
import org.springframework.amqp.rabbit.annotation.RabbitListener;
import org.springframework.amqp.rabbit.config.RetryInterceptorBuilder;
import org.springframework.amqp.rabbit.config.SimpleRabbitListenerContainerFactory;
import org.springframework.amqp.rabbit.connection.CachingConnectionFactory;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.amqp.rabbit.core.RabbitAdmin;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.amqp.rabbit.listener.AbstractMessageListenerContainer;
import org.springframework.amqp.rabbit.listener.DirectMessageListenerContainer;
import org.springframework.amqp.rabbit.listener.SimpleMessageListenerContainer;
import org.springframework.amqp.rabbit.listener.api.ChannelAwareMessageListener;
import org.springframework.amqp.rabbit.retry.RejectAndDontRequeueRecoverer;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Spring AMQP's side that listens: both of its containers, and methods that are annotated. */
class SpringListenerTest {
    @RegisterExtension
    static final AmqpAtServer WEIR = new AmqpAtServer();

    @SuppressWarnings("NullAway.Init")
    private CachingConnectionFactory connections;

    @SuppressWarnings("NullAway.Init")
    private RabbitAdmin admin;

    @SuppressWarnings("NullAway.Init")
    private RabbitTemplate template;

    @BeforeEach
    void connect() {
        connections = new CachingConnectionFactory(WEIR.factory());
        admin = new RabbitAdmin(connections);
        template = new RabbitTemplate(connections);
    }

    @AfterEach
    void disconnect() {
        connections.destroy();
    }

    private void send(int count) {
        IntStream.range(0, count).forEach(each -> template.convertAndSend(WEIR.name(), String.valueOf(each)));
    }

    private static String body(Message message) {
        return AmqpAtServer.text(message.getBody());
    }

    private static boolean isAgain(Message message) {
        return Boolean.TRUE.equals(message.getMessageProperties().getRedelivered());
    }

    private static Set<String> bodiesOf(BlockingQueue<String> heard, int count) throws InterruptedException {
        Set<String> bodies = new TreeSet<>();
        for (int i = 0; i < count; i++) {
            assertThat(bodies.add(AmqpAtServer.next(heard))).as("heard once").isTrue();
        }
        return bodies;
    }

    private static void assertEnds(AbstractMessageListenerContainer container) throws IOException {
        container.stop();
        assertThat(WEIR.channel().consumerCount(WEIR.name())).isZero();
        assertThat(WEIR.drain(WEIR.name())).isEmpty();
    }

    @Test
    void simpleContainerSharesAQueueAmongItsConsumers() throws Exception {
        admin.declareQueue(new Queue(WEIR.name()));
        BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        Map<String, Integer> byConsumer = new ConcurrentHashMap<>();
        SimpleMessageListenerContainer container = new SimpleMessageListenerContainer(connections);
        container.setQueueNames(WEIR.name());
        container.setConcurrentConsumers(3);
        container.setPrefetchCount(5);
        container.setMessageListener(message -> {
            byConsumer.merge(
                    Objects.requireNonNull(message.getMessageProperties().getConsumerTag()), 1, Integer::sum);
            heard.add(body(message));
        });
        container.start();
        assertThat(WEIR.channel().consumerCount(WEIR.name())).isEqualTo(3);
        send(300);
        assertThat(bodiesOf(heard, 300)).hasSize(300);
        assertThat(byConsumer).hasSize(3);
        assertEnds(container);
    }

    @Test
    void directContainerLeavesItToTheListenerToAcknowledge() throws Exception {
        admin.declareQueue(new Queue(WEIR.name()));
        BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        AtomicInteger refused = new AtomicInteger();
        DirectMessageListenerContainer container = new DirectMessageListenerContainer(connections);
        container.setQueueNames(WEIR.name());
        container.setConsumersPerQueue(2);
        container.setPrefetchCount(10);
        container.setAcknowledgeMode(AcknowledgeMode.MANUAL);
        container.setMessageListener((ChannelAwareMessageListener) (message, channel) -> {
            long tag = message.getMessageProperties().getDeliveryTag();
            Channel on = Objects.requireNonNull(channel);
            if (isAgain(message)) {
                on.basicAck(tag, false);
                heard.add(body(message));
            } else {
                refused.incrementAndGet();
                on.basicNack(tag, false, true);
            }
        });
        container.start();
        send(200);
        assertThat(bodiesOf(heard, 200)).hasSize(200);
        assertThat(refused).hasValue(200);
        assertEnds(container);
    }

    @Test
    void directContainerAcknowledgesManyAtATime() throws Exception {
        admin.declareQueue(new Queue(WEIR.name()));
        BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        DirectMessageListenerContainer container = new DirectMessageListenerContainer(connections);
        container.setQueueNames(WEIR.name());
        container.setPrefetchCount(100);
        container.setMessagesPerAck(40);
        container.setMessageListener(message -> heard.add(body(message)));
        container.start();
        send(200);
        assertThat(bodiesOf(heard, 200)).hasSize(200);
        assertEnds(container);
    }

    @Test
    void whatFailsAgainAndAgainIsADeadLetter() throws Exception {
        String dead = WEIR.name() + ".dead";
        admin.declareQueue(new Queue(dead));
        admin.declareQueue(QueueBuilder.durable(WEIR.name())
                .deadLetterExchange("")
                .deadLetterRoutingKey(dead)
                .build());
        AtomicInteger tries = new AtomicInteger();
        SimpleMessageListenerContainer container = new SimpleMessageListenerContainer(connections);
        container.setQueueNames(WEIR.name());
        container.setAdviceChain(RetryInterceptorBuilder.stateless()
                .maxRetries(2)
                .backOffOptions(1, 1, 1)
                .recoverer(new RejectAndDontRequeueRecoverer())
                .build());
        container.setMessageListener(_ -> {
            tries.incrementAndGet();
            throw new IllegalStateException("fails by intent");
        });
        container.start();
        template.convertAndSend(WEIR.name(), "poison");
        Message got = Objects.requireNonNull(template.receive(dead, AmqpAtServer.SECONDS_MAX * 1000L));
        assertThat(body(got)).isEqualTo("poison");
        assertThat(tries).hasValue(3);
        Map<String, ?> death = Objects.requireNonNull(got.getMessageProperties().getXDeathHeader())
                .getFirst();
        assertThat(death.get("reason")).isEqualTo("rejected");
        assertThat(death.get("queue")).isEqualTo(WEIR.name());
        assertThat(death.get("count")).isEqualTo(1L);
        assertEnds(container);
    }

    /** By its default, without advice: what fails is given back, and comes again until it does not fail. */
    @Test
    void whatFailsOnceComesAgain() throws Exception {
        admin.declareQueue(new Queue(WEIR.name()));
        BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        SimpleMessageListenerContainer container = new SimpleMessageListenerContainer(connections);
        container.setQueueNames(WEIR.name());
        container.setMessageListener(message -> {
            heard.add(isAgain(message) + " " + body(message));
            if (!isAgain(message)) {
                throw new IllegalStateException("fails once");
            }
        });
        container.start();
        template.convertAndSend(WEIR.name(), "slippery");
        assertThat(AmqpAtServer.next(heard)).isEqualTo("false slippery");
        assertThat(AmqpAtServer.next(heard)).isEqualTo("true slippery");
        assertEnds(container);
    }

    @Test
    void whatATransactedListenerPublishedIsTakenBackWithWhatItWasGiven() throws Exception {
        String to = WEIR.name() + ".to";
        admin.declareQueue(new Queue(WEIR.name()));
        admin.declareQueue(new Queue(to));
        RabbitTemplate transacted = new RabbitTemplate(connections);
        transacted.setChannelTransacted(true);
        SimpleMessageListenerContainer container = new SimpleMessageListenerContainer(connections);
        container.setQueueNames(WEIR.name());
        container.setChannelTransacted(true);
        container.setMessageListener(message -> {
            boolean again = isAgain(message);
            transacted.convertAndSend(to, again ? "second" : "first");
            if (!again) {
                throw new IllegalStateException("rolls back");
            }
        });
        container.start();
        template.convertAndSend(WEIR.name(), "in");
        Message got = Objects.requireNonNull(template.receive(to, AmqpAtServer.SECONDS_MAX * 1000L));
        assertThat(body(got)).isEqualTo("second");
        assertEnds(container);
        assertThat(WEIR.drain(to)).isEmpty();
    }

    @Test
    void batchesAreGatheredFromWhatComes() throws Exception {
        admin.declareQueue(new Queue(WEIR.name()));
        send(40);
        BlockingQueue<List<String>> heard = new LinkedBlockingQueue<>();
        SimpleMessageListenerContainer container = new SimpleMessageListenerContainer(connections);
        container.setQueueNames(WEIR.name());
        container.setConsumerBatchEnabled(true);
        container.setBatchSize(20);
        container.setReceiveTimeout(AmqpAtServer.SECONDS_MAX * 1000L);
        container.setMessageListener(new ChannelAwareBatch(heard));
        container.start();
        assertThat(AmqpAtServer.next(heard)).hasSize(20).startsWith("0", "1").endsWith("19");
        assertThat(AmqpAtServer.next(heard)).hasSize(20).startsWith("20").endsWith("39");
        container.setReceiveTimeout(1);
        assertEnds(container);
    }

    private record ChannelAwareBatch(BlockingQueue<List<String>> heard) implements BatchMessageListener {
        @Override
        public void onMessageBatch(List<Message> messages) {
            heard.add(messages.stream().map(SpringListenerTest::body).toList());
        }
    }

    // ---- Going on

    @Test
    void containerGoesOnWhenTheServerIsAnother() throws Exception {
        admin.declareQueue(new Queue(WEIR.name()));
        BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        SimpleMessageListenerContainer container = new SimpleMessageListenerContainer(connections);
        container.setQueueNames(WEIR.name());
        container.setRecoveryInterval(100);
        container.setMessageListener(message -> heard.add(body(message)));
        container.start();
        template.convertAndSend(WEIR.name(), "before");
        assertThat(AmqpAtServer.next(heard)).isEqualTo("before");
        WEIR.restart();
        connections.setPort(WEIR.server().amqpPort());
        template.convertAndSend(WEIR.name(), "after");
        assertThat(AmqpAtServer.next(heard)).isEqualTo("after");
        container.stop();
    }

    @Test
    void containerDeclaresAQueueAnewThatWasDeleted() throws Exception {
        try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext(Annotated.class)) {
            Annotated beans = context.getBean(Annotated.class);
            RabbitTemplate at = context.getBean(RabbitTemplate.class);
            at.convertAndSend("annotated", "kind.one", "first");
            assertThat(AmqpAtServer.next(beans.heard)).isEqualTo("first");
            WEIR.channel().queueDelete("annotated");
            do { // Until the container has noticed; what is published before it has is nobody's.
                at.convertAndSend("annotated", "kind.two", "second");
            } while (beans.heard.poll(100, TimeUnit.MILLISECONDS) == null);
        }
    }

    @EnableRabbit
    @Configuration(proxyBeanMethods = false)
    static class Annotated {
        final BlockingQueue<String> heard = new LinkedBlockingQueue<>();

        @Bean(destroyMethod = "destroy")
        CachingConnectionFactory connections() {
            return new CachingConnectionFactory(WEIR.factory());
        }

        @Bean
        RabbitAdmin admin(ConnectionFactory connections) {
            return new RabbitAdmin(connections);
        }

        @Bean
        RabbitTemplate template(ConnectionFactory connections) {
            return new RabbitTemplate(connections);
        }

        @Bean
        SimpleRabbitListenerContainerFactory rabbitListenerContainerFactory(ConnectionFactory connections) {
            SimpleRabbitListenerContainerFactory factory = new SimpleRabbitListenerContainerFactory();
            factory.setConnectionFactory(connections);
            factory.setRecoveryInterval(100L);
            factory.setConcurrentConsumers(2);
            factory.setMaxConcurrentConsumers(4);
            return factory;
        }

        @RabbitListener(
                bindings =
                        @QueueBinding(
                                value =
                                        @org.springframework.amqp.rabbit.annotation.Queue(
                                                name = "annotated",
                                                durable = "true"),
                                exchange = @Exchange(name = "annotated", type = "topic"),
                                key = "kind.*"))
        void hear(String body) {
            heard.add(body);
        }
    }
}
