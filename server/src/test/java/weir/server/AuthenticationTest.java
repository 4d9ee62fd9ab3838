package weir.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.auth.aws.scheme.AwsV4AuthScheme;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.AsyncSignRequest;
import software.amazon.awssdk.http.auth.spi.signer.AsyncSignedRequest;
import software.amazon.awssdk.http.auth.spi.signer.HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.SignRequest;
import software.amazon.awssdk.http.auth.spi.signer.SignedRequest;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.identity.spi.IdentityProvider;
import software.amazon.awssdk.identity.spi.IdentityProviders;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.SqsClientBuilder;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.MessageSystemAttributeName;
import software.amazon.awssdk.services.sqs.model.QueueDoesNotExistException;
import software.amazon.awssdk.services.sqs.model.SqsException;

/** A whole server that asks who calls; users and keys made by the command line; AWS's SDK as the client. */
class AuthenticationTest {
    @TempDir
    private Path data;

    @SuppressWarnings("NullAway.Init")
    private WeirServer server;

    private final List<SqsClient> clients = new ArrayList<>();

    @BeforeEach
    void start() throws Exception {
        server = start("full");
    }

    @AfterEach
    void stop() {
        clients.forEach(SqsClient::close);
        server.close();
    }

    private WeirServer start(String mode) throws Exception {
        return TestServer.start(data, "WEIR_SHARDS", "1", "WEIR_SQS_AUTH", mode);
    }

    private String weir(String... arguments) {
        Ran ran = Ran.at(server, arguments);
        return ran.exitCode() == 0 ? ran.out() : "exit code " + ran.exitCode() + ": " + ran.err();
    }

    /** The key that {@code weir key create} prints. */
    private AwsCredentials key(String... arguments) {
        Map<String, String> lines = new TreeMap<>();
        weir(arguments).lines().forEach(line -> {
            int equals = line.indexOf('=');
            lines.put(line.substring(0, equals), line.substring(equals + 1));
        });
        String id = lines.getOrDefault("AWS_ACCESS_KEY_ID", "");
        String secret = lines.getOrDefault("AWS_SECRET_ACCESS_KEY", "");
        String token = lines.get("AWS_SESSION_TOKEN");
        return token == null ? AwsBasicCredentials.create(id, secret) : AwsSessionCredentials.create(id, secret, token);
    }

    private SqsClientBuilder builder(AwsCredentialsProvider credentials) {
        return SqsClient.builder()
                .endpointOverride(URI.create("http://127.0.0.1:" + server.sqsPort()))
                .region(Region.EU_CENTRAL_1)
                .credentialsProvider(credentials)
                .httpClientBuilder(UrlConnectionHttpClient.builder());
    }

    private SqsClient client(AwsCredentials credentials) {
        SqsClient client =
                builder(StaticCredentialsProvider.create(credentials)).build();
        clients.add(client);
        return client;
    }

    private static String error(SqsClient client) {
        try {
            return "ok: " + client.listQueues().queueUrls();
        } catch (SqsException e) {
            return e.awsErrorDetails().errorCode() + " " + e.statusCode() + ": "
                    + e.awsErrorDetails().errorMessage();
        }
    }

    @Test
    void keyFromTheCommandLineOpensTheServer() {
        assertThat(weir("user", "add", "anne")).isEqualTo("user anne of account 000000000000 is there\n");
        SqsClient anne = client(key("key", "create", "anne"));
        String url = anne.createQueue(request -> request.queueName("q")).queueUrl();
        anne.sendMessage(request -> request.queueUrl(url).messageBody("hällo &?/"));
        Message message = anne.receiveMessage(request ->
                        request.queueUrl(url).messageSystemAttributeNames(MessageSystemAttributeName.SENDER_ID))
                .messages()
                .getFirst();
        assertThat(message.body()).isEqualTo("hällo &?/");
        assertThat(message.attributes().get(MessageSystemAttributeName.SENDER_ID))
                .startsWith("AIDA");
        anne.deleteMessage(request -> request.queueUrl(url).receiptHandle(message.receiptHandle()));
        assertThat(weir("key", "list", "anne")).contains("AKIA").doesNotContain("secret");
    }

    @Test
    void wrongAndUnknownKeysAndNoneAreTold() {
        weir("user", "add", "anne");
        String id = key("key", "create", "anne").accessKeyId();
        assertThat(error(client(AwsBasicCredentials.create(id, "wrong"))))
                .startsWith("SignatureDoesNotMatch 403: The request signature we calculated does not match");
        assertThat(error(client(AwsBasicCredentials.create("AKIANOBODY", "x"))))
                .isEqualTo("InvalidClientTokenId 403: The security token included in the request is invalid.");
        SqsClient unsigned = builder(AnonymousCredentialsProvider.create()).build();
        clients.add(unsigned);
        assertThat(error(unsigned))
                .isEqualTo("MissingAuthenticationToken 403: Request is missing Authentication Token");
    }

    /** Signs as the SDK does, by a clock that is wrong. */
    private record WrongClock(Duration ahead) implements HttpSigner<AwsCredentialsIdentity> {
        @Override
        public SignedRequest sign(SignRequest<? extends AwsCredentialsIdentity> request) {
            return AwsV4HttpSigner.create()
                    .sign(request.copy(builder ->
                            builder.putProperty(HttpSigner.SIGNING_CLOCK, Clock.offset(Clock.systemUTC(), ahead))));
        }

        @Override
        public java.util.concurrent.CompletableFuture<AsyncSignedRequest> signAsync(
                AsyncSignRequest<? extends AwsCredentialsIdentity> request) {
            throw new UnsupportedOperationException("the client is synchronous");
        }
    }

    @Test
    void clockThatIsFarOffIsTold() {
        weir("user", "add", "anne");
        AwsCredentials key = key("key", "create", "anne");
        for (int minutes : List.of(-20, 20)) {
            SqsClient client = builder(StaticCredentialsProvider.create(key))
                    .putAuthScheme(new AwsV4AuthScheme() {
                        @Override
                        public IdentityProvider<AwsCredentialsIdentity> identityProvider(IdentityProviders providers) {
                            return providers.identityProvider(AwsCredentialsIdentity.class);
                        }

                        @Override
                        public AwsV4HttpSigner signer() {
                            WrongClock wrong = new WrongClock(Duration.ofMinutes(minutes));
                            return new AwsV4HttpSigner() {
                                @Override
                                public SignedRequest sign(SignRequest<? extends AwsCredentialsIdentity> request) {
                                    return wrong.sign(request);
                                }

                                @Override
                                public java.util.concurrent.CompletableFuture<AsyncSignedRequest> signAsync(
                                        AsyncSignRequest<? extends AwsCredentialsIdentity> request) {
                                    return wrong.signAsync(request);
                                }
                            };
                        }

                        @Override
                        public String schemeId() {
                            return AwsV4AuthScheme.SCHEME_ID;
                        }
                    })
                    .build();
            clients.add(client);
            assertThat(error(client))
                    .startsWith("SignatureDoesNotMatch 403: Signature "
                            + (minutes < 0 ? "expired: " : "not yet current: "));
        }
    }

    @Test
    void sessionKeyWorksWithItsTokenAlone() {
        weir("user", "add", "anne");
        AwsCredentials session = key("key", "create", "anne", "--lifetime", "1h");
        assertThat(session)
                .asInstanceOf(InstanceOfAssertFactories.type(AwsSessionCredentials.class))
                .satisfies(credentials -> assertThat(credentials.accessKeyId()).startsWith("ASIA"));
        assertThat(error(client(session))).startsWith("ok");
        assertThat(error(client(AwsBasicCredentials.create(session.accessKeyId(), session.secretAccessKey()))))
                .startsWith("InvalidClientTokenId 403");
    }

    @Test
    void keyIsSwitchedOffAndOnAndDeletedAtOnce() {
        weir("user", "add", "anne");
        AwsCredentials key = key("key", "create", "anne");
        SqsClient anne = client(key);
        assertThat(error(anne)).startsWith("ok");
        assertThat(weir("key", "disable", "anne", key.accessKeyId())).endsWith(" is off\n");
        assertThat(error(anne)).startsWith("InvalidClientTokenId");
        weir("key", "enable", "anne", key.accessKeyId());
        assertThat(error(anne)).startsWith("ok");
        weir("key", "delete", "anne", key.accessKeyId());
        assertThat(error(anne)).startsWith("InvalidClientTokenId");
        AwsCredentials second = key("key", "create", "anne");
        weir("user", "delete", "anne");
        assertThat(error(client(second))).startsWith("InvalidClientTokenId");
        assertThat(weir("key", "create", "anne")).startsWith("exit code 1: weir: there is no user \"anne\"");
    }

    @Test
    void otherAccountIsLetInByAPermissionAndKeysOutliveARestart() throws Exception {
        weir("user", "add", "anne");
        weir("user", "add", "bert", "--account", "222222222222");
        AwsCredentials annes = key("key", "create", "anne");
        AwsCredentials berts = key("key", "create", "bert");
        String url =
                client(annes).createQueue(request -> request.queueName("q")).queueUrl();
        SqsClient bert = client(berts);
        assertThat(bert.listQueues().queueUrls()).isEmpty();
        assertThatThrownBy(
                        () -> bert.sendMessage(request -> request.queueUrl(url).messageBody("x")))
                .isInstanceOf(SqsException.class)
                .hasMessageContaining("User: arn:aws:iam::222222222222:user/bert is not authorized to perform:"
                        + " sqs:sendmessage on resource: arn:aws:sqs:us-east-1:000000000000:q because no"
                        + " resource-based policy allows the sqs:sendmessage action");
        assertThatThrownBy(() -> bert.getQueueUrl(request -> request.queueName("q")))
                .isInstanceOf(QueueDoesNotExistException.class);
        client(annes).addPermission(request -> request.queueUrl(url)
                .label("bert")
                .awsAccountIds("222222222222")
                .actions("SendMessage"));
        bert.sendMessage(request -> request.queueUrl(url).messageBody("x"));
        server.close();
        server = start("key");
        String there = "http://127.0.0.1:" + server.sqsPort() + "/000000000000/q";
        SqsClient careless = client(AwsBasicCredentials.create(annes.accessKeyId(), "whatever"));
        assertThat(careless.receiveMessage(request -> request.queueUrl(there)).messages())
                .hasSize(1);
        assertThat(error(client(AwsBasicCredentials.create("AKIANOBODY", "x")))).startsWith("InvalidClientTokenId");
    }
}
