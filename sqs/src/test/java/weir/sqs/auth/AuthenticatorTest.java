package weir.sqs.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import weir.core.Bytes;
import weir.core.broker.OutcomeUnknownException;
import weir.sqs.wire.SqsException;

class AuthenticatorTest {
    private static final Instant NOW = Instant.parse("2026-11-22T20:00:00Z");
    private static final String ID = "AKIAEXAMPLE";
    private static final String SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
    private static final Principal.User ANNE = new Principal.User("123456789012", "anne", "AIDAEXAMPLE");
    private static final byte[] BODY = "{\"QueueUrl\":\"http://x/q\"}".getBytes(StandardCharsets.UTF_8);
    private static final String MISMATCH =
            "SignatureDoesNotMatch: The request signature we calculated does not match the signature you provided. Check"
                    + " your AWS Secret Access Key and signing method. Consult the service documentation for details.";
    private static final String INVALID =
            "InvalidClientTokenId: The security token included in the request is invalid.";

    private final Authenticator full = authenticator(AuthMode.FULL, null, null);

    private static Authenticator authenticator(AuthMode mode, @Nullable String token, @Nullable Instant expiresAt) {
        var key = new KeyStore.Key(ID, 1, SECRET, token, expiresAt, ANNE);
        return new Authenticator(
                mode, id -> id.equals(ID) ? key : null, InstantSource.fixed(NOW), List.of("sqs", "sns"), 4);
    }

    private static HandSigner signer() {
        return new HandSigner(ID, SECRET, NOW);
    }

    private static SignedRequest request(
            String method, String path, String query, Map<String, String> headers, byte[] body) {
        return new SignedRequest(
                method,
                path,
                query,
                name -> headers.containsKey(name) ? List.of(headers.get(name)) : List.of(),
                Bytes.of(body));
    }

    private static SequencedMap<String, String> jsonHeaders() {
        SequencedMap<String, String> headers = new LinkedHashMap<>();
        headers.put("host", "localhost:9324");
        headers.put("content-type", "application/x-amz-json-1.0");
        headers.put("x-amz-target", "AmazonSQS.SendMessage");
        return headers;
    }

    private static SequencedMap<String, String> signed() {
        return signer().headers("POST", "/", "", jsonHeaders(), BODY);
    }

    private static String error(Authenticator authenticator, SignedRequest request)
            throws OutcomeUnknownException, InterruptedException {
        try {
            return "let in: " + authenticator.authenticate(request);
        } catch (SqsException e) {
            return e.error().code() + ": " + e.text();
        }
    }

    private String error(Map<String, String> headers) throws OutcomeUnknownException, InterruptedException {
        return error(full, request("POST", "/", "", headers, BODY));
    }

    /** The example of AWS's own description, with its signature. */
    @Test
    void exampleOfTheDescriptionIsVerified() throws OutcomeUnknownException, InterruptedException {
        var authenticator = new Authenticator(
                AuthMode.FULL,
                _ -> new KeyStore.Key("AKIDEXAMPLE", 1, SECRET, null, null, ANNE),
                InstantSource.fixed(Instant.parse("2015-08-30T12:36:00Z")),
                List.of("iam"));
        Map<String, String> headers = Map.of(
                "host",
                "iam.amazonaws.com",
                "content-type",
                "application/x-www-form-urlencoded; charset=utf-8",
                "x-amz-date",
                "20150830T123600Z",
                "authorization",
                "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request,"
                        + " SignedHeaders=content-type;host;x-amz-date,"
                        + " Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7");
        assertThat(authenticator.authenticate(
                        request("GET", "/", "Action=ListUsers&Version=2010-05-08", headers, new byte[0])))
                .isEqualTo(ANNE);
    }

    @Test
    void signedRequestIsItsUsers() throws OutcomeUnknownException, InterruptedException {
        assertThat(full.authenticate(request("POST", "/", "", signed(), BODY))).isEqualTo(ANNE);
    }

    @ParameterizedTest
    @ValueSource(strings = {",", ", ", " ,  ", " "})
    void partsOfTheHeaderStandApartInAnyWay(String separator) throws OutcomeUnknownException, InterruptedException {
        var headers = signed();
        headers.computeIfPresent("authorization", (_, value) -> value.replace(", ", separator));
        assertThat(full.authenticate(request("POST", "/", "", headers, BODY))).isEqualTo(ANNE);
    }

    @Test
    void requestThatSaysNothingIsAnonymous() throws OutcomeUnknownException, InterruptedException {
        assertThat(full.authenticate(request("POST", "/", "", jsonHeaders(), BODY)))
                .isInstanceOf(Principal.Anonymous.class);
        var basic = jsonHeaders();
        basic.put("authorization", "Basic eDp5");
        assertThat(full.authenticate(request("POST", "/", "", basic, BODY))).isInstanceOf(Principal.Anonymous.class);
    }

    @Test
    void whateverIsSignedCannotBeChanged() throws OutcomeUnknownException, InterruptedException {
        SequencedMap<String, String> good = signed();
        for (String name : List.of("host", "content-type", "x-amz-target", "x-amz-date")) {
            SequencedMap<String, String> changed = new LinkedHashMap<>(good);
            changed.computeIfPresent(name, (_, value) -> value.replace('0', '1').replace('a', 'b'));
            assertThat(error(changed)).as(name).startsWith("SignatureDoesNotMatch: ");
        }
        assertThat(error(full, request("PUT", "/", "", good, BODY))).isEqualTo(MISMATCH);
        assertThat(error(full, request("POST", "/q", "", good, BODY))).isEqualTo(MISMATCH);
        assertThat(error(full, request("POST", "/", "a=b", good, BODY))).isEqualTo(MISMATCH);
        assertThat(error(full, request("POST", "/", "", good, new byte[] {'x'})))
                .isEqualTo(MISMATCH);
        SequencedMap<String, String> lessTheLast = new LinkedHashMap<>(good);
        lessTheLast.computeIfPresent("authorization", (_, value) -> value.substring(0, value.length() - 1));
        assertThat(error(lessTheLast)).isEqualTo(MISMATCH);
    }

    @Test
    void otherSecretDoesNotMatchAndOtherKeyIsUnknown() throws OutcomeUnknownException, InterruptedException {
        var wrong = new HandSigner(ID, "another", NOW).headers("POST", "/", "", jsonHeaders(), BODY);
        assertThat(error(wrong)).isEqualTo(MISMATCH);
        var unknown = new HandSigner("AKIAUNKNOWN", SECRET, NOW).headers("POST", "/", "", jsonHeaders(), BODY);
        assertThat(error(unknown)).isEqualTo(INVALID);
    }

    @Test
    void keyModeAsksForAKeyAndLooksAtNoSignature() throws OutcomeUnknownException, InterruptedException {
        Authenticator key = authenticator(AuthMode.KEY, null, null);
        var stale =
                new HandSigner(ID, "another", NOW.minusSeconds(86_400)).headers("POST", "/", "", jsonHeaders(), BODY);
        assertThat(key.authenticate(request("POST", "/", "", stale, BODY))).isEqualTo(ANNE);
        var unknown = new HandSigner("AKIAUNKNOWN", SECRET, NOW).headers("POST", "/", "", jsonHeaders(), BODY);
        assertThat(error(key, request("POST", "/", "", unknown, BODY))).isEqualTo(INVALID);
    }

    @Test
    void keyModeKnowsWhenASessionIsOver() throws OutcomeUnknownException, InterruptedException {
        SequencedMap<String, String> headers = signed();
        SignedRequest without = request("POST", "/", "", headers, BODY);
        headers = signed();
        headers.put("x-amz-security-token", "token");
        SignedRequest with = request("POST", "/", "", headers, BODY);
        Authenticator inForce = authenticator(AuthMode.KEY, "token", NOW.plusSeconds(1));
        assertThat(inForce.authenticate(with)).isEqualTo(ANNE);
        assertThat(error(inForce, without)).isEqualTo(INVALID);
        assertThat(error(authenticator(AuthMode.KEY, "token", NOW), with)).startsWith("ExpiredToken: ");
    }

    @Test
    void keyModeKeepsTheLifeOfAQuery() throws OutcomeUnknownException, InterruptedException {
        Authenticator key = authenticator(AuthMode.KEY, null, null);
        for (int age : List.of(60, 61)) {
            String query = new HandSigner(ID, "another", NOW.minusSeconds(age))
                    .query("/", Map.of("Action", "ListQueues"), "localhost", 60, null);
            assertThat(error(key, request("GET", "/", query, Map.of("host", "localhost"), new byte[0])))
                    .startsWith(age == 60 ? "let in" : "SignatureDoesNotMatch: Signature expired");
        }
    }

    @Test
    void clockMayBeAQuarterOfAnHourOff() throws OutcomeUnknownException, InterruptedException {
        for (int seconds : List.of(-900, 900)) {
            var signer = new HandSigner(ID, SECRET, NOW.plusSeconds(seconds));
            assertThat(error(signer.headers("POST", "/", "", jsonHeaders(), BODY)))
                    .startsWith("let in");
        }
        assertThat(error(new HandSigner(ID, SECRET, NOW.minusSeconds(901))
                        .headers("POST", "/", "", jsonHeaders(), BODY)))
                .isEqualTo("SignatureDoesNotMatch: Signature expired: 20261122T194459Z is now earlier than"
                        + " 20261122T194500Z (20261122T200000Z - 15 min.)");
        assertThat(error(
                        new HandSigner(ID, SECRET, NOW.plusSeconds(901)).headers("POST", "/", "", jsonHeaders(), BODY)))
                .isEqualTo("SignatureDoesNotMatch: Signature not yet current: 20261122T201501Z is still later than"
                        + " 20261122T201500Z (20261122T200000Z + 15 min.)");
    }

    @Test
    void dateOfHttpServesWhereThereIsNoOther() throws OutcomeUnknownException, InterruptedException {
        TreeMap<String, String> headers = new TreeMap<>(jsonHeaders());
        headers.put("date", "Sun, 22 Nov 2026 20:00:00 GMT");
        String signature = signer().signature("POST", "/", "", headers, HandSigner.hash(BODY));
        headers.put(
                "authorization",
                "AWS4-HMAC-SHA256 Credential=" + ID + "/20261122/eu-central-1/sqs/aws4_request, SignedHeaders="
                        + "content-type;date;host;x-amz-target, Signature=" + signature);
        assertThat(error(headers)).startsWith("let in");
    }

    @Test
    void scopeMustBeTheRequests() throws OutcomeUnknownException, InterruptedException {
        HandSigner other = signer();
        other.service = "s3";
        assertThat(error(other.headers("POST", "/", "", jsonHeaders(), BODY)))
                .isEqualTo("SignatureDoesNotMatch: Credential should be scoped to correct service: 'sqs'.");
        HandSigner sns = signer();
        sns.service = "sns";
        sns.region = "mars-north-1";
        assertThat(error(sns.headers("POST", "/", "", jsonHeaders(), BODY))).startsWith("let in");
        var date = signed();
        date.computeIfPresent("authorization", (_, value) -> value.replace("/20261122/", "/20261121/"));
        assertThat(error(date))
                .isEqualTo("SignatureDoesNotMatch: Date in Credential scope does not match YYYYMMDD from ISO-8601"
                        + " version of date from HTTP.");
    }

    @Test
    void headersThatDecideMustBeSigned() throws OutcomeUnknownException, InterruptedException {
        var headers = jsonHeaders();
        headers.remove("x-amz-target");
        var signed = signer().headers("POST", "/", "", headers, BODY);
        signed.put("x-amz-target", "AmazonSQS.DeleteQueue");
        assertThat(error(signed)).contains("'X-Amz-Target' must be a 'SignedHeader'");
        headers.remove("host");
        assertThat(error(signer().headers("POST", "/", "", headers, BODY)))
                .contains("'Host' or ':authority' must be a 'SignedHeader'");
    }

    @Test
    void spacesAndRepeatedHeadersAreBroughtIntoOneForm() throws OutcomeUnknownException, InterruptedException {
        TreeMap<String, String> headers = new TreeMap<>(jsonHeaders());
        headers.put("x-amz-date", signer().timestamp());
        headers.put("user-agent", "a b c");
        headers.put("x-many", "1,2,3 4");
        String signature = signer().signature("POST", "/", "", headers, HandSigner.hash(BODY));
        Map<String, List<String>> sent = new TreeMap<>();
        headers.forEach((name, value) -> sent.put(name, List.of(value)));
        sent.put("user-agent", List.of("  a   b\t c "));
        sent.put("x-many", List.of("1", "2 ", " 3  4"));
        sent.put(
                "authorization",
                List.of("AWS4-HMAC-SHA256 Credential=" + ID + "/20261122/eu-central-1/sqs/aws4_request, SignedHeaders="
                        + String.join(";", headers.keySet()) + ", Signature=" + signature));
        var request = new SignedRequest("POST", "/", "", name -> sent.getOrDefault(name, List.of()), Bytes.of(BODY));
        assertThat(full.authenticate(request)).isEqualTo(ANNE);
    }

    @Test
    void bodyIsWhatItsHeaderSays() throws OutcomeUnknownException, InterruptedException {
        var said = jsonHeaders();
        said.put("x-amz-content-sha256", HandSigner.hash(BODY));
        assertThat(error(signer().headers("POST", "/", "", said, BODY))).startsWith("let in");
        said.put("x-amz-content-sha256", HandSigner.hash(new byte[0]));
        assertThat(error(signer().headers("POST", "/", "", said, new byte[0]))).isEqualTo(MISMATCH);
        TreeMap<String, String> unsigned = new TreeMap<>(jsonHeaders());
        unsigned.put("x-amz-date", signer().timestamp());
        unsigned.put("x-amz-content-sha256", "UNSIGNED-PAYLOAD");
        String signature = signer().signature("POST", "/", "", unsigned, "UNSIGNED-PAYLOAD");
        unsigned.put(
                "authorization",
                "AWS4-HMAC-SHA256 Credential=" + ID + "/20261122/eu-central-1/sqs/aws4_request, SignedHeaders="
                        + "content-type;host;x-amz-content-sha256;x-amz-date;x-amz-target, Signature=" + signature);
        assertThat(error(unsigned)).startsWith("let in");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            /000000000000/q.fifo | /000000000000/q.fifo
            /a%20b/ü | /a%2520b/%C3%BC
            //a///b/./c/../d/ | /a/b/d/
            /.. | /
            / | /""")
    void pathIsNormalizedAndEncodedOnceMore(String path, String canonical)
            throws OutcomeUnknownException, InterruptedException {
        assertThat(CanonicalRequest.path(path)).isEqualTo(canonical);
        var headers = signer().headers("POST", canonical, "", jsonHeaders(), BODY);
        assertThat(error(full, request("POST", path, "", headers, BODY))).startsWith("let in");
    }

    @Test
    void queryIsSortedAndEncodedInOneWay() throws OutcomeUnknownException, InterruptedException {
        String sorted = "A=&Action=Send%20Message&a=1&a=2&b=%C3%BC%2F&c=~-._%2A";
        var headers = signer().headers("GET", "/", sorted, Map.of("host", "localhost:9324"), new byte[0]);
        String sent = "c=%7e-._*&a=2&b=%c3%bc/&Action=Send+Message&&a=1&A";
        assertThat(error(full, request("GET", "/", sent, headers, new byte[0]))).startsWith("let in");
        assertThat(error(full, request("GET", "/", "a=%4", headers, new byte[0])))
                .startsWith("MalformedInput");
    }

    @Test
    void signedQueryIsGoodForItsTime() throws OutcomeUnknownException, InterruptedException {
        Map<String, String> host = Map.of("host", "localhost:9324");
        for (int age : List.of(0, 3600)) {
            String query = new HandSigner(ID, SECRET, NOW.minusSeconds(age))
                    .query("/000000000000/q", Map.of("Action", "ReceiveMessage"), "localhost:9324", 3600, null);
            assertThat(full.authenticate(request("GET", "/000000000000/q", query, host, new byte[0])))
                    .isEqualTo(ANNE);
            assertThat(error(full, request("GET", "/000000000000/r", query, host, new byte[0])))
                    .isEqualTo(MISMATCH);
        }
        String old = new HandSigner(ID, SECRET, NOW.minusSeconds(61))
                .query("/", Map.of("Action", "ListQueues"), "localhost:9324", 60, null);
        assertThat(error(full, request("GET", "/", old, host, new byte[0])))
                .startsWith("SignatureDoesNotMatch: Signature expired: 20261122T195859Z is now earlier than");
        String forever = signer().query("/", Map.of("Action", "ListQueues"), "localhost:9324", 604_801, null);
        assertThat(error(full, request("GET", "/", forever, host, new byte[0]))).startsWith("IncompleteSignature");
    }

    @Test
    void sessionNeedsItsTokenAndEnds() throws OutcomeUnknownException, InterruptedException {
        Authenticator session = authenticator(AuthMode.FULL, "the-token", NOW.plusSeconds(1));
        var with = jsonHeaders();
        with.put("x-amz-security-token", "the-token");
        SignedRequest good = request("POST", "/", "", signer().headers("POST", "/", "", with, BODY), BODY);
        assertThat(session.authenticate(good)).isEqualTo(ANNE);
        assertThat(error(session, request("POST", "/", "", signed(), BODY))).isEqualTo(INVALID);
        assertThat(error(full, good)).isEqualTo(INVALID); // A key that lasts has none.
        assertThat(error(authenticator(AuthMode.FULL, "the-token", NOW), good))
                .isEqualTo("ExpiredToken: The security token included in the request is expired");
        String query = signer().query("/", Map.of("Action", "ListQueues"), "h", 60, "the-token");
        assertThat(session.authenticate(request("GET", "/", query, Map.of("host", "h"), new byte[0])))
                .isEqualTo(ANNE);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            AWS4-HMAC-SHA512 Credential=a/b/c/d/e | Unsupported AWS 'algorithm': 'AWS4-HMAC-SHA512'.
            AWS4-HMAC-SHA256 | Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' parameter. Authorization header requires 'SignedHeaders' parameter. Authorization=AWS4-HMAC-SHA256
            AWS4-HMAC-SHA256 Foo | 'Foo' not a valid key=value pair (missing equal-sign) in Authorization header: 'AWS4-HMAC-SHA256 Foo'.
            AWS4-HMAC-SHA256 Credential=k/20261122/r/sqs, SignedHeaders=host, Signature=x | Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got 'k/20261122/r/sqs'
            AWS4-HMAC-SHA256 Signature=x, Signature=y | Authorization header has 'Signature' parameter more than once. Authorization=AWS4-HMAC-SHA256 Signature=x, Signature=y""")
    void brokenHeaderIsToldWhatItLacks(String authorization, String message)
            throws OutcomeUnknownException, InterruptedException {
        var headers = signed();
        headers.put("authorization", authorization);
        assertThat(error(headers)).isEqualTo("IncompleteSignature: " + message);
    }

    @Test
    void dateThatIsNoneIsToldSo() throws OutcomeUnknownException, InterruptedException {
        for (String date :
                List.of("20261131T200000Z", "2026-11-22T20:00:00Z", "20261122T200000", "", "٢٠٢٦١١٢٢T200000Z")) {
            var headers = signed();
            headers.put("x-amz-date", date);
            assertThat(error(headers))
                    .isEqualTo("IncompleteSignature: Date must be in ISO-8601 'basic format'. Got '" + date
                            + "'. See http://en.wikipedia.org/wiki/ISO_8601");
        }
        var none = signed();
        none.remove("x-amz-date");
        assertThat(error(none)).contains("requires existence of either a 'X-Amz-Date' or a 'Date' header.");
    }

    @Test
    void repeatedHeadersOfTheSignatureAreRefused() throws OutcomeUnknownException, InterruptedException {
        var headers = signed();
        for (String name : List.of("authorization", "x-amz-date")) {
            var request = new SignedRequest(
                    "POST",
                    "/",
                    "",
                    asked -> !headers.containsKey(asked)
                            ? List.of()
                            : asked.equals(name)
                                    ? List.of(headers.get(asked), headers.get(asked))
                                    : List.of(headers.get(asked)),
                    Bytes.of(BODY));
            assertThat(error(full, request)).startsWith("IncompleteSignature").contains("once");
        }
    }

    @Test
    void giantHeadersAreBoundedAndNotSentBack() throws OutcomeUnknownException, InterruptedException {
        var headers = signed();
        headers.put("authorization", "AWS4-HMAC-SHA256 " + "x".repeat(100_000));
        assertThat(error(headers)).hasSizeLessThan(2_000);
        headers.put(
                "authorization",
                "AWS4-HMAC-SHA256 Credential=k/20261122/r/sqs/aws4_request, Signature=x, SignedHeaders="
                        + "host;".repeat(1_000));
        assertThat(error(headers)).isEqualTo("IncompleteSignature: More than 64 headers are signed.");
    }

    static LongStream seeds() {
        Long one = Long.getLong("seed");
        return one == null ? LongStream.range(0, 200) : LongStream.of(one);
    }

    /** Whatever stands in the headers and the query, it is answered with an error of the sender's, or with whom it is. */
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void garbledSignatureIsTheSendersFault(long seed) throws OutcomeUnknownException, InterruptedException {
        var random = new SplittableRandom(seed);
        for (int i = 0; i < 50; i++) {
            Map<String, String> headers = new TreeMap<>();
            signed().forEach((name, value) -> headers.put(name, garbled(random, value)));
            headers.replaceAll((_, value) -> random.nextInt(30) == 0 ? "" : value);
            boolean inQuery = random.nextBoolean();
            String query = signer().query("/", Map.of("Action", "ListQueues"), "localhost:9324", 60, "t");
            Map<String, String> sent = inQuery ? Map.of("host", "localhost:9324") : headers;
            SignedRequest request =
                    request("POST", garbled(random, "/a/b"), inQuery ? garbled(random, query) : "", sent, BODY);
            try {
                assertThat(full.authenticate(request)).isNotNull();
            } catch (SqsException e) {
                assertThat(e.error().isSendersFault()).as("seed " + seed).isTrue();
            }
        }
    }

    private static String garbled(SplittableRandom random, String text) {
        StringBuilder out = new StringBuilder(text);
        for (int i = random.nextInt(3); i > 0 && !out.isEmpty(); i--) {
            int at = random.nextInt(out.length());
            switch (random.nextInt(4)) {
                case 0 -> out.deleteCharAt(at);
                case 1 -> out.insert(at, "%=,;/ &\ud800ü\0".charAt(random.nextInt(10)));
                case 2 -> out.setLength(at);
                default -> out.append(out, at, out.length());
            }
        }
        return out.toString();
    }

    @Test
    void keysAreKeptWithinABoundAndOnlyForSignaturesThatWereRight() {
        SigningKeys keys = new SigningKeys(3);
        var key = new KeyStore.Key(ID, 1, SECRET, null, null, ANNE);
        List<Integer> sizes = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            HandSigner signer = signer();
            signer.region = "region-" + i;
            var headers = signer.headers("POST", "/", "", jsonHeaders(), BODY);
            SignedRequest request = request("POST", "/", "", headers, BODY);
            Claim claim = java.util.Objects.requireNonNull(Claims.of(request));
            assertThat(keys.verifies(key, claim, "something else")).isFalse();
            String toSign =
                    Authenticator.stringToSign(claim, CanonicalRequest.of(request, claim, HandSigner.hash(BODY)));
            assertThat(keys.verifies(key, claim, toSign)).isTrue();
            assertThat(keys.verifies(key, claim, toSign)).isTrue();
            sizes.add(keys.size());
        }
        assertThat(sizes).containsExactly(1, 2, 3, 1, 2, 3);
    }

    @Test
    void keyOfTheSameIdWithAnotherSecretIsAnother() {
        SigningKeys keys = new SigningKeys(3);
        SignedRequest request = request("POST", "/", "", signed(), BODY);
        Claim claim = java.util.Objects.requireNonNull(Claims.of(request));
        String toSign = Authenticator.stringToSign(claim, CanonicalRequest.of(request, claim, HandSigner.hash(BODY)));
        assertThat(keys.verifies(new KeyStore.Key(ID, 1, SECRET, null, null, ANNE), claim, toSign))
                .isTrue();
        assertThat(keys.verifies(new KeyStore.Key(ID, 2, "new", null, null, ANNE), claim, toSign))
                .isFalse();
    }

    @Test
    void secretsAreNotShown() throws OutcomeUnknownException, InterruptedException {
        assertThat(new KeyStore.Key(ID, 1, SECRET, "the-token", null, ANNE).toString())
                .doesNotContain(SECRET)
                .doesNotContain("the-token");
        assertThatThrownBy(() ->
                        authenticator(AuthMode.OFF, null, null).authenticate(request("POST", "/", "", signed(), BODY)))
                .isInstanceOf(IllegalStateException.class);
    }
}
