package weir.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.amazon.sqs.javamessaging.ProviderConfiguration;
import com.amazon.sqs.javamessaging.SQSConnection;
import com.amazon.sqs.javamessaging.SQSConnectionFactory;
import com.amazon.sqs.javamessaging.SQSSession;
import jakarta.jms.BytesMessage;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.ObjectMessage;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

/** Amazon's JMS library: what programs that were written for a JMS broker see of Weir. */
class JmsSystemTest {
    private static final long PATIENCE_MILLIS = 20_000;

    @TempDir
    private Path data;

    @SuppressWarnings("NullAway.Init")
    private WeirServer server;

    @SuppressWarnings("NullAway.Init")
    private SqsClient sqs;

    @SuppressWarnings("NullAway.Init")
    private SQSConnection connection;

    @BeforeEach
    void connect() throws Exception {
        server = TestServer.start(data);
        sqs = TestServer.client(server, SqsClient.builder().httpClientBuilder(UrlConnectionHttpClient.builder()));
        connection = connection(0); // Without a poll ahead, whose end closing would wait for.
    }

    @AfterEach
    void close() throws Exception {
        connection.close();
        sqs.close();
        server.close();
    }

    private SQSConnection connection(int prefetch) throws Exception {
        SQSConnection opened = new SQSConnectionFactory(
                        new ProviderConfiguration().withNumberOfMessagesToPrefetch(prefetch), sqs)
                .createConnection();
        opened.start();
        return opened;
    }

    private void create(String name, Map<QueueAttributeName, String> attributes) {
        sqs.createQueue(request -> request.queueName(name).attributes(attributes));
    }

    private String waitingOrInFlight(String name) {
        String url = sqs.getQueueUrl(request -> request.queueName(name)).queueUrl();
        var counters = sqs.getQueueAttributes(request -> request.queueUrl(url).attributeNames(QueueAttributeName.ALL))
                .attributes();
        return counters.get(QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES) + " and "
                + counters.get(QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES_NOT_VISIBLE);
    }

    @Test
    void messagesOfEveryKindArriveWithTheirProperties() throws Exception {
        create("kinds", Map.of());
        Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
        Queue queue = session.createQueue("kinds");
        MessageProducer producer = session.createProducer(queue);
        MessageConsumer consumer = session.createConsumer(queue);

        TextMessage text = session.createTextMessage("hällo");
        text.setStringProperty("colour", "blue");
        text.setIntProperty("size", 42);
        text.setBooleanProperty("new", true);
        text.setJMSCorrelationID("correlated");
        producer.send(text);
        Message received = consumer.receive(PATIENCE_MILLIS);
        assertThat(((TextMessage) received).getText()).isEqualTo("hällo");
        assertThat(received.getStringProperty("colour")).isEqualTo("blue");
        assertThat(received.getIntProperty("size")).isEqualTo(42);
        assertThat(received.getBooleanProperty("new")).isTrue();
        assertThat(received.getJMSCorrelationID()).isEqualTo("correlated");
        assertThat(received.getJMSMessageID()).isEqualTo(text.getJMSMessageID());
        assertThat(received.getIntProperty("JMSXDeliveryCount")).isEqualTo(1);

        BytesMessage bytes = session.createBytesMessage();
        bytes.writeBytes(new byte[] {0, -1, 1});
        producer.send(bytes);
        BytesMessage receivedBytes = (BytesMessage) consumer.receive(PATIENCE_MILLIS);
        byte[] content = new byte[(int) receivedBytes.getBodyLength()];
        receivedBytes.readBytes(content);
        assertThat(content).containsExactly(0, -1, 1);

        producer.send(session.createObjectMessage("object"));
        assertThat(((ObjectMessage) consumer.receive(PATIENCE_MILLIS)).getObject())
                .isEqualTo("object");
        assertThat(waitingOrInFlight("kinds")).isEqualTo("0 and 0");
    }

    @Test
    void whatIsNotAcknowledgedIsHandedOutAgain() throws Exception {
        create("unordered", Map.of(QueueAttributeName.VISIBILITY_TIMEOUT, "0"));
        Session session = connection.createSession(false, SQSSession.UNORDERED_ACKNOWLEDGE);
        Queue queue = session.createQueue("unordered");
        session.createProducer(queue).send(session.createTextMessage("a"));
        MessageConsumer consumer = session.createConsumer(queue);
        assertThat(consumer.receive(PATIENCE_MILLIS).getJMSRedelivered()).isFalse();
        Message again = consumer.receive(PATIENCE_MILLIS);
        assertThat(again.getJMSRedelivered()).isTrue();
        again.acknowledge();
    }

    @Test
    void clientAcknowledgesAllThatItTookAtOnce() throws Exception {
        create("client", Map.of());
        Session session = connection.createSession(false, Session.CLIENT_ACKNOWLEDGE);
        Queue queue = session.createQueue("client");
        MessageProducer producer = session.createProducer(queue);
        for (int i = 0; i < 25; i++) {
            producer.send(session.createTextMessage("m" + i));
        }
        MessageConsumer consumer = session.createConsumer(queue);
        Message last = null;
        for (int i = 0; i < 25; i++) {
            last = consumer.receive(PATIENCE_MILLIS);
        }
        java.util.Objects.requireNonNull(last).acknowledge();
        assertThat(waitingOrInFlight("client")).isEqualTo("0 and 0");
    }

    @Test
    void groupsKeepTheirOrderInAFifoQueue() throws Exception {
        create("ordered.fifo", Map.of(QueueAttributeName.FIFO_QUEUE, "true"));
        Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
        Queue queue = session.createQueue("ordered.fifo");
        MessageProducer producer = session.createProducer(queue);
        for (int i = 0; i < 20; i++) {
            TextMessage message = session.createTextMessage("m" + i);
            message.setStringProperty("JMSXGroupID", "g");
            message.setStringProperty("JMS_SQS_DeduplicationId", "d" + i);
            producer.send(message);
        }
        MessageConsumer consumer = session.createConsumer(queue);
        for (int i = 0; i < 20; i++) {
            TextMessage message = (TextMessage) consumer.receive(PATIENCE_MILLIS);
            assertThat(message.getText()).isEqualTo("m" + i);
            assertThat(message.getStringProperty("JMSXGroupID")).isEqualTo("g");
            assertThat(message.getStringProperty("JMS_SQS_SequenceNumber")).hasSize(20);
        }
    }

    @Test
    void listenerIsCalledForEveryMessageThatIsFetchedAhead() throws Exception {
        create("listened", Map.of());
        SQSConnection listening = connection(10);
        try {
            List<String> heard = new ArrayList<>();
            CompletableFuture<List<String>> all = new CompletableFuture<>();
            Session session = listening.createSession(false, Session.AUTO_ACKNOWLEDGE);
            session.createConsumer(session.createQueue("listened")).setMessageListener(message -> {
                try {
                    heard.add(((TextMessage) message).getText());
                } catch (jakarta.jms.JMSException e) {
                    all.completeExceptionally(e);
                }
                if (heard.size() == 30) {
                    all.complete(heard);
                }
            });
            Session sending = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
            MessageProducer producer = sending.createProducer(sending.createQueue("listened"));
            for (int i = 0; i < 30; i++) {
                producer.send(sending.createTextMessage("m" + i));
            }
            assertThat(all.get()).doesNotHaveDuplicates();
        } finally {
            // Ends the poll that is waiting, which closing would wait for.
            String url =
                    sqs.getQueueUrl(request -> request.queueName("listened")).queueUrl();
            sqs.deleteQueue(request -> request.queueUrl(url));
            listening.close();
        }
    }
}
