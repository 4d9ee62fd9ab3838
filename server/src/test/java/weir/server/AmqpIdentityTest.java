package weir.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.AuthenticationFailureException;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.LongString;
import com.rabbitmq.client.SaslMechanism;
import com.rabbitmq.client.impl.CredentialsProvider;
import com.rabbitmq.client.impl.CredentialsRefreshService;
import com.rabbitmq.client.impl.LongStringHelper;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Who a client is, and what it may say of itself. */
class AmqpIdentityTest {
    @RegisterExtension
    static final AmqpAtServer WEIR = new AmqpAtServer();

    private static AMQP.BasicProperties from(String user) {
        return new AMQP.BasicProperties.Builder().userId(user).build();
    }

    @Test
    void messageMaySayOnlyItsOwnPublisher() throws Exception {
        WEIR.declare(Map.of());
        WEIR.publish("", WEIR.name(), from("guest"), "mine");
        assertThat(WEIR.channel().basicGet(WEIR.name(), true).getProps().getUserId())
                .isEqualTo("guest");
        WEIR.assertCloses(
                406,
                "user_id property set to 'root' but authenticated user was 'guest'",
                on -> on.basicPublish("", WEIR.name(), from("root"), new byte[0]));
    }

    /** Logins do not run out here, so RabbitMQ looks at none of what is shown later, and clients' own suites rely on that. */
    @Test
    void secretCanBeShownAnewWhateverItIs() throws Exception {
        AtomicReference<String> password = new AtomicReference<>("guest");
        CompletableFuture<Callable<Boolean>> showing = new CompletableFuture<>();
        ConnectionFactory factory = WEIR.factory();
        factory.setCredentialsProvider(renewed(password));
        factory.setCredentialsRefreshService(handedTo(showing));
        try (Connection connection = factory.newConnection()) {
            password.set("another");
            assertThat(showing.get().call()).isTrue();
            connection.createChannel().close();
        }
    }

    private static CredentialsProvider renewed(AtomicReference<String> password) {
        return new CredentialsProvider() {
            @Override
            public String getUsername() {
                return "guest";
            }

            @Override
            public String getPassword() {
                return password.get();
            }

            @Override
            public Duration getTimeBeforeExpiration() {
                return Duration.ofHours(1);
            }
        };
    }

    /** Lets the test say when the client shows its password anew. */
    private static CredentialsRefreshService handedTo(CompletableFuture<Callable<Boolean>> showing) {
        return new CredentialsRefreshService() {
            @Override
            public String register(CredentialsProvider provider, Callable<Boolean> action) {
                showing.complete(action);
                return "the only one";
            }

            @Override
            public void unregister(CredentialsProvider provider, String registration) {}

            @Override
            public boolean isApproachingExpiration(Duration left) {
                return false;
            }
        };
    }

    @Test
    void amqplainIsSpokenToo() throws Exception {
        try (Connection connection = amqplain("guest").newConnection()) {
            connection.createChannel().queueDeclare();
        }
        assertThatThrownBy(amqplain("wrong")::newConnection)
                .isInstanceOf(AuthenticationFailureException.class)
                .hasMessageContaining("Login was refused using authentication mechanism AMQPLAIN");
    }

    private static ConnectionFactory amqplain(String password) {
        ConnectionFactory factory = WEIR.factory();
        factory.setSaslConfig(_ -> new SaslMechanism() {
            @Override
            public String getName() {
                return "AMQPLAIN";
            }

            @Override
            public LongString handleChallenge(LongString challenge, String user, String ignored) {
                return LongStringHelper.asLongString(table(Map.of("LOGIN", user, "PASSWORD", password)));
            }
        });
        return factory;
    }

    /** Texts by names, as a table without its length. */
    private static byte[] table(Map<String, String> texts) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        try {
            for (Map.Entry<String, String> each : texts.entrySet()) {
                out.writeByte(each.getKey().length());
                out.writeBytes(each.getKey());
                out.writeByte('S');
                out.writeInt(each.getValue().length());
                out.writeBytes(each.getValue());
            }
        } catch (IOException e) {
            throw new AssertionError("there is no I/O in it", e);
        }
        return bytes.toByteArray();
    }

    @Test
    void mechanismThatIsNotOfferedIsRefused() {
        ConnectionFactory factory = WEIR.factory();
        factory.setSaslConfig(_ -> new SaslMechanism() {
            @Override
            public String getName() {
                return "EXTERNAL";
            }

            @Override
            public LongString handleChallenge(LongString challenge, String user, String password) {
                return LongStringHelper.asLongString("");
            }
        });
        assertThatThrownBy(factory::newConnection)
                .rootCause()
                .hasMessageContaining("reply-code=503")
                .hasMessageContaining("unknown authentication mechanism 'EXTERNAL'");
    }

    @Test
    void clientsAreToldOfWhatTheySwitchOnTheirFeaturesBy() {
        Map<String, Object> properties = WEIR.connection().getServerProperties();
        assertThat(properties.get("product")).hasToString("RabbitMQ");
        assertThat(properties.get("version")).hasToString("4.3.0");
        assertThat((Map<?, ?>) properties.get("capabilities"))
                .allSatisfy((_, value) -> assertThat(value).isEqualTo(true))
                .hasSize(9);
    }
}
