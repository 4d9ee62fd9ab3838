package weir.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Properties;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.amqp.core.AnonymousQueue;
import org.springframework.amqp.core.BindingBuilder;
import org.springframework.amqp.core.DirectExchange;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageProperties;
import org.springframework.amqp.core.Queue;
import org.springframework.amqp.core.QueueBuilder;
import org.springframework.amqp.core.ReturnedMessage;
import org.springframework.amqp.core.TopicExchange;
import org.springframework.amqp.rabbit.connection.CachingConnectionFactory;
import org.springframework.amqp.rabbit.connection.CorrelationData;
import org.springframework.amqp.rabbit.core.RabbitAdmin;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.amqp.rabbit.listener.SimpleMessageListenerContainer;
import org.springframework.amqp.rabbit.listener.adapter.MessageListenerAdapter;
import org.springframework.amqp.rabbit.transaction.RabbitTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Spring AMQP's side that declares, publishes and asks. */
class SpringTemplateTest {
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
        connections.setPublisherConfirmType(CachingConnectionFactory.ConfirmType.CORRELATED);
        connections.setPublisherReturns(true);
        admin = new RabbitAdmin(connections);
        template = new RabbitTemplate(connections);
        template.setMandatory(true);
        template.setReplyTimeout(TimeUnit.SECONDS.toMillis(AmqpAtServer.SECONDS_MAX));
    }

    @AfterEach
    void disconnect() {
        connections.destroy();
    }

    private static CorrelationData.Confirm confirmOf(CorrelationData published) throws Exception {
        return published.getFuture().get(AmqpAtServer.SECONDS_MAX, TimeUnit.SECONDS);
    }

    private CorrelationData publish(String exchange, String key, String body) {
        CorrelationData published = new CorrelationData(body);
        template.convertAndSend(exchange, key, body, published);
        return published;
    }

    // ---- Declaring

    @Test
    void adminDeclaresAndDeclaresAgainAndKnowsAndDeletes() {
        Queue queue =
                QueueBuilder.durable(WEIR.name()).quorum().deliveryLimit(3).build();
        TopicExchange exchange = new TopicExchange("spring-topic");
        for (int i = 0; i < 2; i++) {
            assertThat(admin.declareQueue(queue)).isEqualTo(WEIR.name());
            admin.declareExchange(exchange);
            admin.declareBinding(BindingBuilder.bind(queue).to(exchange).with("a.#"));
        }
        template.convertAndSend("spring-topic", "a.b.c", "topic");
        assertThat(template.receiveAndConvert(WEIR.name(), TimeUnit.SECONDS.toMillis(AmqpAtServer.SECONDS_MAX)))
                .isEqualTo("topic");
        Properties seen = Objects.requireNonNull(admin.getQueueProperties(WEIR.name()));
        assertThat(seen.get(RabbitAdmin.QUEUE_MESSAGE_COUNT)).hasToString("0");
        assertThat(admin.deleteQueue(WEIR.name())).isTrue();
        assertThat(admin.deleteQueue(WEIR.name())).isTrue(); // As RabbitMQ has it since 3.2.
        assertThat(admin.getQueueProperties(WEIR.name())).isNull();
        assertThat(admin.deleteExchange("spring-topic")).isTrue();
    }

    @Test
    void queueOfNobodysNameComesWithAnArgumentThatOnlyOldBrokersHeed() {
        Queue queue = new AnonymousQueue(); // x-queue-master-locator=client-local
        String name = Objects.requireNonNull(admin.declareQueue(queue));
        assertThat(name).startsWith("spring.gen-");
        template.convertAndSend(name, "mine");
        assertThat(template.receiveAndConvert(name)).isEqualTo("mine");
    }

    // ---- Confirms and returns

    @Test
    void whatIsPublishedIsConfirmedToWhomItIs() throws Exception {
        admin.declareQueue(new Queue(WEIR.name()));
        List<CorrelationData> published = IntStream.range(0, 200)
                .mapToObj(each -> publish("", WEIR.name(), "message " + each))
                .toList();
        for (CorrelationData each : published) {
            assertThat(confirmOf(each).ack()).as(each.getId()).isTrue();
            assertThat(each.getReturned()).isNull();
        }
        assertThat(WEIR.ready(WEIR.name())).isEqualTo(200);
    }

    @Test
    void whatGoesNowhereIsReturnedBeforeItIsConfirmed() throws Exception {
        CorrelationData published = publish("", "nowhere", "lost");
        assertThat(confirmOf(published).ack()).isTrue();
        ReturnedMessage returned = Objects.requireNonNull(published.getReturned());
        assertThat(returned.getReplyCode()).isEqualTo(312);
        assertThat(returned.getMessage().getBody()).isEqualTo(AmqpAtServer.bytes("lost"));
    }

    @Test
    void fullQueueAndMissingExchangeAreNacks() throws Exception {
        admin.declareQueue(QueueBuilder.durable(WEIR.name())
                .maxLength(1L)
                .overflow(QueueBuilder.Overflow.rejectPublish)
                .build());
        assertThat(confirmOf(publish("", WEIR.name(), "fits")).ack()).isTrue();
        assertThat(confirmOf(publish("", WEIR.name(), "too many")).ack()).isFalse();
        assertThat(confirmOf(publish("no-such-exchange", "k", "lost")).ack()).isFalse(); // Its channel is closed.
        assertThat(confirmOf(publish("", "nowhere", "on another channel")).ack())
                .isTrue();
    }

    @Test
    void scopedOperationsWaitForTheirConfirms() {
        CachingConnectionFactory simple = new CachingConnectionFactory(WEIR.factory());
        simple.setPublisherConfirmType(CachingConnectionFactory.ConfirmType.SIMPLE);
        admin.declareQueue(new Queue(WEIR.name()));
        try {
            Boolean all = new RabbitTemplate(simple).<Boolean>invoke(operations -> {
                for (int i = 0; i < 50; i++) {
                    operations.convertAndSend(WEIR.name(), "message " + i);
                }
                return operations.waitForConfirms(TimeUnit.SECONDS.toMillis(AmqpAtServer.SECONDS_MAX));
            });
            assertThat(all).isTrue();
            Properties seen = Objects.requireNonNull(admin.getQueueProperties(WEIR.name()));
            assertThat(seen.get(RabbitAdmin.QUEUE_MESSAGE_COUNT)).hasToString("50");
        } finally {
            simple.destroy();
        }
    }

    // ---- Request and reply

    /** How a template gets its replies. */
    enum Replies {
        DIRECT_TO_A_CONTAINER,
        DIRECT_TO_EACH_REQUEST,
        TO_A_QUEUE_FOR_EACH_REQUEST
    }

    @ParameterizedTest
    @EnumSource
    void requestsAreAnsweredToWhomTheyAre(Replies replies) throws Exception {
        template.setUseDirectReplyToContainer(replies == Replies.DIRECT_TO_A_CONTAINER);
        template.setUseTemporaryReplyQueues(replies == Replies.TO_A_QUEUE_FOR_EACH_REQUEST);
        admin.declareQueue(new Queue(WEIR.name()));
        SimpleMessageListenerContainer answering = new SimpleMessageListenerContainer(connections);
        answering.setQueueNames(WEIR.name());
        answering.setConcurrentConsumers(3);
        answering.setMessageListener(new MessageListenerAdapter(new Object() {
            @SuppressWarnings({"unused", "EffectivelyPrivate"}) // Found by its name.
            public String handleMessage(String asked) {
                return asked + " answered";
            }
        }));
        answering.start();
        try (ExecutorService askers = Executors.newFixedThreadPool(8)) {
            List<Future<Object>> answers = IntStream.range(0, 100)
                    .mapToObj(each -> askers.submit(() -> template.convertSendAndReceive(WEIR.name(), "q" + each)))
                    .toList();
            for (int i = 0; i < answers.size(); i++) {
                assertThat(answers.get(i).get(AmqpAtServer.SECONDS_MAX, TimeUnit.SECONDS))
                        .isEqualTo("q" + i + " answered");
            }
        } finally {
            answering.stop();
            template.destroy();
        }
    }

    /** Which consumes with a prefetch of one and cancels, for each call. */
    @Test
    void receivingWithPatienceTakesOneMessageAndGivesNoneBack() throws Exception {
        admin.declareQueue(new Queue(WEIR.name()));
        for (int i = 0; i < 20; i++) { // Spring takes another channel while one waits for its confirm.
            assertThat(confirmOf(publish("", WEIR.name(), "message " + i)).ack())
                    .isTrue();
        }
        for (int i = 0; i < 20; i++) {
            Message got = Objects.requireNonNull(
                    template.receive(WEIR.name(), TimeUnit.SECONDS.toMillis(AmqpAtServer.SECONDS_MAX)));
            assertThat(AmqpAtServer.text(got.getBody())).isEqualTo("message " + i);
            assertThat(got.getMessageProperties().getRedelivered()).isFalse();
        }
        assertThat(template.receive(WEIR.name(), 200)).isNull();
    }

    // ---- Later

    @Test
    void delayedExchangeKeepsAMessageForItsTime() throws Exception {
        DirectExchange delayed = new DirectExchange("spring-delayed");
        delayed.setDelayed(true);
        Queue queue = new Queue(WEIR.name());
        admin.declareExchange(delayed);
        admin.declareQueue(queue);
        admin.declareBinding(BindingBuilder.bind(queue).to(delayed).with("k"));
        template.setMandatory(false); // What is late is not routed yet.
        CorrelationData published = new CorrelationData();
        template.convertAndSend(
                "spring-delayed",
                "k",
                "late",
                message -> {
                    message.getMessageProperties().setDelayLong(60_000L);
                    return message;
                },
                published);
        assertThat(confirmOf(published).ack()).isTrue();
        assertThat(template.receive(WEIR.name())).isNull();
        WEIR.advance(Duration.ofMinutes(1));
        Message got = Objects.requireNonNull(template.receive(WEIR.name()));
        MessageProperties properties = got.getMessageProperties();
        assertThat(AmqpAtServer.text(got.getBody())).isEqualTo("late");
        assertThat(properties.getReceivedDelayLong()).isEqualTo(60_000);
        assertThat(properties.getReceivedExchange()).isEqualTo("spring-delayed");
    }

    // ---- Transactions

    @Test
    void transactionOfAChannelPublishesAndSettlesAsAWhole() {
        CachingConnectionFactory plain = new CachingConnectionFactory(WEIR.factory());
        try {
            RabbitTemplate transacted = new RabbitTemplate(plain);
            transacted.setChannelTransacted(true);
            TransactionTemplate transaction = new TransactionTemplate(new RabbitTransactionManager(plain));
            admin.declareQueue(new Queue(WEIR.name()));
            admin.declareQueue(new Queue("spring-from"));
            template.convertAndSend("spring-from", "input");

            assertThatThrownBy(() -> transaction.executeWithoutResult(_ -> {
                        assertThat(transacted.receiveAndConvert("spring-from")).isEqualTo("input");
                        transacted.convertAndSend(WEIR.name(), "never");
                        throw new IllegalStateException("changed its mind");
                    }))
                    .hasMessage("changed its mind");
            assertThat(template.receive(WEIR.name())).isNull();

            transaction.executeWithoutResult(_ -> {
                Message again = Objects.requireNonNull(transacted.receive("spring-from"));
                assertThat(again.getMessageProperties().getRedelivered()).isTrue();
                transacted.convertAndSend(WEIR.name(), "output");
                assertThat(template.receive(WEIR.name())).isNull();
            });
            assertThat(template.receiveAndConvert(WEIR.name())).isEqualTo("output");
            assertThat(template.receive("spring-from")).isNull();
        } finally {
            plain.destroy();
        }
    }
}
