package weir.junit;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sqs.SqsClient;
import weir.embedded.WeirServer;

/** As a user's tests would look: an own server, a shared one, one for each test. */
class WeirExtensionTest {
    private static SqsClient client(URI endpoint) {
        return SqsClient.builder()
                .endpointOverride(endpoint)
                .region(Region.US_EAST_1)
                .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("any", "thing")))
                .httpClientBuilder(UrlConnectionHttpClient.builder())
                .build();
    }

    /** Sends under a name that another test uses, too, and sees nothing of it. */
    private static void useQueue(URI endpoint) {
        try (SqsClient sqs = client(endpoint)) {
            assertThat(sqs.listQueues().queueUrls()).isEmpty();
            String url = sqs.createQueue(request -> request.queueName("orders")).queueUrl();
            sqs.sendMessage(request -> request.queueUrl(url).messageBody("order"));
            assertThat(sqs.receiveMessage(request -> request.queueUrl(url)).messages())
                    .hasSize(1);
        }
    }

    @Nested
    @ExtendWith(WeirExtension.class)
    class ByAnnotation {
        private final SqsClient sqs;
        private final String url;

        ByAnnotation(URI endpoint) {
            sqs = client(endpoint);
            url = sqs.createQueue(request -> request.queueName("orders")).queueUrl();
        }

        @AfterEach
        void close() {
            sqs.close();
        }

        @RepeatedTest(2)
        void everyTestFindsItsQueueEmpty() {
            assertThat(sqs.receiveMessage(request -> request.queueUrl(url)).messages())
                    .isEmpty();
            sqs.sendMessage(request -> request.queueUrl(url).messageBody("order"));
        }

        @Test
        void timeIsMovedByTheServerParameter(WeirServer weir) {
            sqs.sendMessage(request -> request.queueUrl(url).messageBody("order"));
            sqs.receiveMessage(request -> request.queueUrl(url));
            assertThat(sqs.receiveMessage(request -> request.queueUrl(url)).messages())
                    .isEmpty();
            weir.advance(Duration.ofSeconds(30));
            assertThat(sqs.receiveMessage(request -> request.queueUrl(url)).messages())
                    .hasSize(1);
        }
    }

    @Nested
    class WithOptions {
        @RegisterExtension
        static final WeirExtension WEIR = new WeirExtension().with(server -> server.region("eu-west-1"));

        @RepeatedTest(2)
        void everyTestStartsWithNothing() {
            useQueue(WEIR.server().sqsEndpoint());
        }

        @Nested
        class AndNested {
            @Test
            void nestedClassesUseTheServerOfTheirOuter(WeirServer weir) {
                assertThat(weir).isSameAs(WEIR.server());
                assertThat(weir.region()).isEqualTo("eu-west-1");
                useQueue(weir.sqsEndpoint());
            }
        }
    }

    private static @org.jspecify.annotations.Nullable WeirServer sharedOne;

    @Nested
    class SharedByOne {
        @RegisterExtension
        static final WeirExtension WEIR = WeirExtension.shared();

        @RepeatedTest(2)
        void everyClassSharesOneServerAndStartsWithNothing() {
            sharedOne = sharedOne == null ? WEIR.server() : sharedOne;
            assertThat(WEIR.server()).isSameAs(sharedOne);
            useQueue(WEIR.server().sqsEndpoint());
        }
    }

    @Nested
    class SharedByAnother {
        @RegisterExtension
        static final WeirExtension WEIR = WeirExtension.shared();

        @Test
        void everyClassSharesOneServerAndStartsWithNothing() {
            sharedOne = sharedOne == null ? WEIR.server() : sharedOne;
            assertThat(WEIR.server()).isSameAs(sharedOne);
            useQueue(WEIR.server().sqsEndpoint());
        }
    }

    private static @org.jspecify.annotations.Nullable WeirServer lastOfTest;

    @Nested
    class OneForEachTest {
        @RegisterExtension
        final WeirExtension weir = new WeirExtension();

        @BeforeEach
        void serverIsThereBeforeTheTest() {
            assertThat(weir.server()).isNotSameAs(lastOfTest);
            lastOfTest = weir.server();
        }

        @RepeatedTest(2)
        void everyTestHasAServerOfItsOwn() {
            useQueue(weir.server().sqsEndpoint());
        }
    }
}
