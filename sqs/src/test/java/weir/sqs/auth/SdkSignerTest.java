package weir.sqs.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4FamilyHttpSigner.AuthLocation;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.identity.spi.AwsSessionCredentialsIdentity;
import weir.core.Bytes;
import weir.core.broker.OutcomeUnknownException;
import weir.sqs.wire.SqsException;

/** Random requests, signed by the signer of AWS's SDK, verified by ours. */
class SdkSignerTest {
    private static final Instant NOW = Instant.parse("2026-11-22T20:00:00Z");
    private static final String CHARACTERS = "abcXYZ019-._~ !*'();:@&=+$,/?#[]%äß€𝄞";

    static LongStream seeds() {
        Long one = Long.getLong("seed");
        return one == null ? LongStream.range(0, 300) : LongStream.of(one);
    }

    private static String text(SplittableRandom random, int max) {
        int[] points = CHARACTERS.codePoints().toArray();
        StringBuilder out = new StringBuilder();
        for (int length = random.nextInt(max + 1); length > 0; length--) {
            out.appendCodePoint(points[random.nextInt(points.length)]);
        }
        return out.toString();
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void whatTheSdkSignsIsVerifiedAndNothingElse(long seed) throws OutcomeUnknownException, InterruptedException {
        var random = new SplittableRandom(seed);
        boolean inQuery = random.nextInt(3) == 0;
        boolean session = random.nextBoolean();
        String secret = "secret" + random.nextInt(10);
        String token = "token/+=" + random.nextInt(10);
        byte[] body = inQuery ? new byte[0] : text(random, 200).getBytes(StandardCharsets.UTF_8);
        SdkHttpRequest unsigned = unsigned(random, inQuery);
        AwsCredentialsIdentity identity = session
                ? AwsSessionCredentialsIdentity.create("AKIA1", secret, token)
                : AwsCredentialsIdentity.create("AKIA1", secret);
        SdkHttpRequest signed = AwsV4HttpSigner.create()
                .sign(request -> {
                    request.identity(identity)
                            .request(unsigned)
                            .payload(ContentStreamProvider.fromByteArray(body))
                            .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, random.nextBoolean() ? "sqs" : "sns")
                            .putProperty(AwsV4HttpSigner.REGION_NAME, "us-east-" + random.nextInt(3))
                            .putProperty(AwsV4HttpSigner.SIGNING_CLOCK, Clock.fixed(NOW, ZoneOffset.UTC));
                    if (inQuery) {
                        request.putProperty(AwsV4HttpSigner.AUTH_LOCATION, AuthLocation.QUERY_STRING)
                                .putProperty(AwsV4HttpSigner.EXPIRATION_DURATION, Duration.ofHours(1));
                    }
                })
                .request();
        assertThat(isLetIn(signed, body, secret, session ? token : ""))
                .as("seed " + seed)
                .isTrue();
        assertThat(isLetIn(signed, body, secret + "x", session ? token : "")).isFalse();
        if (session) {
            assertThat(isLetIn(signed, body, secret, token + "x")).isFalse();
        }
        if (!inQuery) {
            assertThat(isLetIn(
                            signed,
                            ("x" + random.nextInt()).getBytes(StandardCharsets.UTF_8),
                            secret,
                            session ? token : ""))
                    .isFalse();
        }
    }

    private static SdkHttpRequest unsigned(SplittableRandom random, boolean inQuery) {
        SdkHttpRequest.Builder builder = SdkHttpRequest.builder()
                .method(inQuery ? SdkHttpMethod.GET : SdkHttpMethod.POST)
                .uri(URI.create("http://localhost:9324/"))
                .encodedPath(random.nextBoolean() ? "/" : "/000000000000/q%20" + random.nextInt(10) + ".fifo")
                .putHeader("X-Spaces", "  a   b  c ")
                .putHeader("X-Many", List.of("one", "two"));
        for (int i = random.nextInt(4); i > 0; i--) {
            builder.appendRawQueryParameter(text(random, 5) + "n", text(random, 10));
        }
        return builder.build();
    }

    private static boolean isLetIn(SdkHttpRequest signed, byte[] body, String secret, String token)
            throws OutcomeUnknownException, InterruptedException {
        var key = new KeyStore.Key(
                "AKIA1", 1, secret, token.isEmpty() ? null : token, null, new Principal.Root("000000000000"));
        var authenticator = new Authenticator(AuthMode.FULL, _ -> key, InstantSource.fixed(NOW), List.of("sqs", "sns"));
        var request = new SignedRequest(
                signed.method().name(),
                signed.encodedPath(),
                signed.encodedQueryParameters().orElse(""),
                name -> signed.headers().entrySet().stream()
                        .filter(header ->
                                header.getKey().toLowerCase(Locale.ROOT).equals(name))
                        .flatMap(header -> header.getValue().stream())
                        .toList(),
                Bytes.of(body));
        try {
            return authenticator.authenticate(request) instanceof Principal.Root;
        } catch (SqsException _) {
            return false;
        }
    }
}
