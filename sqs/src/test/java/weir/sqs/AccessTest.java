package weir.sqs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;
import weir.core.access.AccessKey;
import weir.core.access.User;
import weir.core.catalog.CatalogCommand;
import weir.core.catalog.CatalogReply;
import weir.core.catalog.Definition;
import weir.sqs.auth.AuthMode;
import weir.sqs.auth.HandSigner;

/** Who may do what, through the wire: users of the server's account, of another, and nobody. */
class AccessTest {
    private static final String OWN = "000000000000";
    private static final String OTHER = "222222222222";
    private static final String ARN = "arn:aws:sqs:us-east-1:000000000000:";

    private final ManualClock clock = new ManualClock();
    private final MemoryBroker broker = new MemoryBroker(clock);

    @SuppressWarnings("NullAway.Init")
    private SqsServer server;

    @SuppressWarnings("NullAway.Init")
    private SqsClient client;

    @BeforeEach
    void start() throws Exception {
        server =
                SqsServer.start(SqsSettings.DEFAULT.withAddress("127.0.0.1", 0).withAuth(AuthMode.FULL), broker, clock);
        client = new SqsClient(server.port());
        key("AKIAANNE", user("anne", OWN));
        key("AKIABERT", user("bert", OTHER));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private User user(String name, String account) throws Exception {
        return User.of(define(User.KIND, name, User.attributes(account)));
    }

    private void key(String id, User user) throws Exception {
        define(AccessKey.KIND, id, AccessKey.attributes(user, "secret-of-" + id, true, null, AccessKey.NEVER));
    }

    private Definition define(String kind, String name, java.util.SortedMap<String, String> attributes)
            throws Exception {
        var reply = broker.change(new CatalogCommand.Define(kind, name, Definition.NEW, attributes));
        return ((CatalogReply.Defined) reply).definition();
    }

    /** @param keyId null to send it unsigned */
    private SqsClient.Answer json(@Nullable String keyId, String action, String body) {
        byte[] bytes = body.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
        SequencedMap<String, String> headers = new LinkedHashMap<>();
        headers.put("content-type", "application/x-amz-json-1.0");
        headers.put("x-amz-target", "AmazonSQS." + action);
        return client.post("/", signed(keyId, "/", headers, bytes), bytes);
    }

    private SqsClient.Answer query(@Nullable String keyId, Map<String, String> parameters) {
        byte[] bytes = SqsClient.form(parameters).getBytes(StandardCharsets.UTF_8);
        return client.post(
                "/", signed(keyId, "/", Map.of("content-type", "application/x-www-form-urlencoded"), bytes), bytes);
    }

    private Map<String, String> signed(@Nullable String keyId, String path, Map<String, String> headers, byte[] body) {
        if (keyId == null) {
            return headers;
        }
        SequencedMap<String, String> all = new LinkedHashMap<>(headers);
        all.put("host", "127.0.0.1:" + server.port());
        var signer = new HandSigner(keyId, "secret-of-" + keyId, clock.instant());
        SequencedMap<String, String> signed = signer.headers("POST", path, "", all, body);
        signed.remove("host"); // The client sends it by itself.
        return signed;
    }

    private String outcome(SqsClient.Answer answer) {
        if (answer.status() == 200) {
            return "ok";
        }
        String type = answer.json().path("__type").asString("?");
        return type + " " + answer.status() + " " + answer.header("x-amzn-query-error") + ": "
                + answer.json().path("message").asString("?");
    }

    private String outcome(@Nullable String keyId, String action, String body) {
        return outcome(json(keyId, action, body));
    }

    private void create(String name) {
        assertThat(outcome("AKIAANNE", "CreateQueue", "{'QueueName':'" + name + "'}"))
                .isEqualTo("ok");
    }

    private void setPolicy(String queue, String policy) {
        String escaped = policy.replace("'", "\\\"");
        assertThat(outcome(
                        "AKIAANNE",
                        "SetQueueAttributes",
                        "{'QueueUrl':'" + queue + "','Attributes':{'Policy':'" + escaped + "'}}"))
                .isEqualTo("ok");
    }

    private static String allow(String principal, String action) {
        return "{'Statement':[{'Effect':'Allow','Principal':" + principal + ",'Action':'" + action
                + "','Resource':'*'}]}";
    }

    @Test
    void ownUsersDoEverything() {
        create("q");
        assertThat(outcome("AKIAANNE", "SendMessage", "{'QueueUrl':'q','MessageBody':'x'}"))
                .isEqualTo("ok");
        var received = json("AKIAANNE", "ReceiveMessage", "{'QueueUrl':'q','AttributeNames':['All']}")
                .json();
        assertThat(received.path("Messages")
                        .get(0)
                        .path("Attributes")
                        .path("SenderId")
                        .asString())
                .startsWith("AIDAAAAA")
                .hasSize(21);
        assertThat(outcome("AKIAANNE", "DeleteQueue", "{'QueueUrl':'q'}")).isEqualTo("ok");
    }

    @Test
    void denialHoldsForMovesOfMessages() {
        create("letters");
        create("closed");
        create("open");
        assertThat(outcome(
                        "AKIAANNE",
                        "CreateQueue",
                        "{'QueueName':'source','Attributes':{'RedrivePolicy':'{\\'deadLetterTargetArn\\':\\'" + ARN
                                + "letters\\',\\'maxReceiveCount\\':1}'}}"))
                .isEqualTo("ok");
        setPolicy("closed", allow("'*'", "sqs:SendMessage").replace("Allow", "Deny"));
        setPolicy("letters", allow("'*'", "sqs:CancelMessageMoveTask").replace("Allow", "Deny"));
        String from = "{'SourceArn':'" + ARN + "letters','DestinationArn':'" + ARN;
        assertThat(outcome("AKIAANNE", "StartMessageMoveTask", from + "closed'}"))
                .isEqualTo("com.amazon.coral.service#AccessDeniedException 403 AccessDenied;Sender: User:"
                        + " arn:aws:iam::000000000000:user/anne is not authorized to perform: sqs:sendmessage on"
                        + " resource: " + ARN + "closed with an explicit deny in a resource-based policy");
        setPolicy("source", allow("'*'", "sqs:SendMessage").replace("Allow", "Deny"));
        assertThat(outcome("AKIAANNE", "StartMessageMoveTask", "{'SourceArn':'" + ARN + "letters'}"))
                .endsWith("sqs:sendmessage on resource: " + ARN
                        + "source with an explicit deny in a resource-based policy");
        setPolicy("letters", allow("'*'", "sqs:ReceiveMessage").replace("Allow", "Deny"));
        assertThat(outcome("AKIAANNE", "StartMessageMoveTask", from + "open'}"))
                .endsWith("sqs:receivemessage on resource: " + ARN
                        + "letters with an explicit deny in a resource-based policy");
        setPolicy("letters", allow("'*'", "sqs:CancelMessageMoveTask").replace("Allow", "Deny"));
        var started = json("AKIAANNE", "StartMessageMoveTask", from + "open'}").json();
        String handle = started.path("TaskHandle").asString("");
        assertThat(outcome("AKIAANNE", "CancelMessageMoveTask", "{'TaskHandle':'" + handle + "'}"))
                .endsWith("sqs:cancelmessagemovetask on resource: " + ARN
                        + "letters with an explicit deny in a resource-based policy");
        assertThat(outcome("AKIAANNE", "CancelMessageMoveTask", "{'TaskHandle':'none'}"))
                .endsWith("Value for parameter TaskHandle is invalid.");
    }

    @Test
    void unknownKeyWrongSecretAndNoKeyAreToldApart() {
        assertThat(outcome("AKIANOBODY", "ListQueues", "{}"))
                .isEqualTo("com.amazon.coral.service#UnrecognizedClientException 403 InvalidClientTokenId;Sender: The"
                        + " security token included in the request is invalid.");
        assertThat(outcome(null, "ListQueues", "{}"))
                .isEqualTo("com.amazon.coral.service#MissingAuthenticationTokenException 403"
                        + " MissingAuthenticationToken;Sender: Request is missing Authentication Token");
        var headers = signed("AKIAANNE", "/", Map.of("x-amz-target", "AmazonSQS.ListQueues"), new byte[0]);
        assertThat(outcome(client.post("/", headers, "{}")))
                .startsWith("com.amazon.coral.service#InvalidSignatureException 403 SignatureDoesNotMatch;Sender: The"
                        + " request signature we calculated does not match");
        var query = query("AKIANOBODY", Map.of("Action", "ListQueues"));
        assertThat(query.status()).isEqualTo(403);
        assertThat(query.element("Code")).isEqualTo("InvalidClientTokenId");
        assertThat(query.element("Type")).isEqualTo("Sender");
        assertThat(query(null, Map.of("Action", "ListQueues")).element("Code")).isEqualTo("MissingAuthenticationToken");
    }

    @Test
    void signedQueryOpensAQueueInABrowser() {
        create("q");
        var signer = new HandSigner("AKIAANNE", "secret-of-AKIAANNE", clock.instant());
        String query = signer.query(
                "/000000000000/q", Map.of("Action", "GetQueueAttributes"), "127.0.0.1:" + server.port(), 60, null);
        assertThat(client.get("/000000000000/q?" + query).status()).isEqualTo(200);
        assertThat(client.get("/000000000000/other?" + query).element("Code")).isEqualTo("SignatureDoesNotMatch");
    }

    @Test
    void otherAccountNeedsToBeLetIn() {
        create("q");
        String send = "{'QueueUrl':'q','MessageBody':'x'}";
        assertThat(outcome("AKIABERT", "SendMessage", send))
                .isEqualTo("com.amazon.coral.service#AccessDeniedException 403 AccessDenied;Sender: User:"
                        + " arn:aws:iam::222222222222:user/bert is not authorized to perform: sqs:sendmessage on"
                        + " resource: " + ARN + "q because no resource-based policy allows the sqs:sendmessage action");
        setPolicy("q", allow("{'AWS':'222222222222'}", "SQS:SendMessage"));
        assertThat(outcome("AKIABERT", "SendMessage", send)).isEqualTo("ok");
        assertThat(outcome("AKIABERT", "SendMessageBatch", "{'QueueUrl':'q','Entries':[{'Id':'a','MessageBody':'x'}]}"))
                .isEqualTo("ok");
        assertThat(outcome("AKIABERT", "ReceiveMessage", "{'QueueUrl':'q'}")).contains("AccessDenied;Sender");
        assertThat(outcome(null, "SendMessage", send))
                .endsWith("AccessDenied;Sender: Access to the resource " + ARN + "q is denied.");
        assertThat(query("AKIABERT", Map.of("Action", "PurgeQueue", "QueueUrl", "q"))
                        .element("Code"))
                .isEqualTo("AccessDenied");
    }

    @Test
    void ownerAloneChangesAQueueWhateverItsPolicySays() {
        create("q");
        setPolicy("q", allow("'*'", "*"));
        assertThat(outcome(null, "SendMessage", "{'QueueUrl':'q','MessageBody':'x'}"))
                .isEqualTo("ok");
        for (String action : java.util.List.of(
                "DeleteQueue",
                "SetQueueAttributes",
                "AddPermission",
                "RemovePermission",
                "TagQueue",
                "ListQueueTags")) {
            assertThat(outcome(
                            "AKIABERT",
                            action,
                            "{'QueueUrl':'q','Label':'l','Attributes':{},'Tags':{},"
                                    + "'AWSAccountIds':['222222222222'],'Actions':['*']}"))
                    .as(action)
                    .contains("AccessDenied;Sender");
        }
        assertThat(outcome("AKIABERT", "PurgeQueue", "{'QueueUrl':'q'}")).isEqualTo("ok");
    }

    @Test
    void otherAccountHasNoQueuesHere() {
        create("q");
        assertThat(json("AKIABERT", "ListQueues", "{}").body()).isEqualTo("{}");
        assertThat(json("AKIAANNE", "ListQueues", "{}").body()).contains("/q");
        assertThat(outcome("AKIABERT", "CreateQueue", "{'QueueName':'mine'}")).contains("AccessDenied;Sender");
        assertThat(outcome("AKIABERT", "GetQueueUrl", "{'QueueName':'q'}")).contains("QueueDoesNotExist");
        assertThat(outcome("AKIABERT", "GetQueueUrl", "{'QueueName':'q','QueueOwnerAWSAccountId':'000000000000'}"))
                .contains("AccessDenied;Sender");
        setPolicy("q", allow("{'AWS':'222222222222'}", "sqs:GetQueueUrl"));
        assertThat(outcome("AKIABERT", "GetQueueUrl", "{'QueueName':'q','QueueOwnerAWSAccountId':'000000000000'}"))
                .isEqualTo("ok");
    }

    @Test
    void denialHoldsForTheOwnAccountToo() {
        create("q");
        setPolicy(
                "q",
                "{'Statement':[{'Effect':'Deny','Principal':'*','Action':'sqs:SendMessage','Resource':'*',"
                        + "'Condition':{'IpAddress':{'aws:SourceIp':'127.0.0.0/8'}}}]}");
        assertThat(outcome("AKIAANNE", "SendMessage", "{'QueueUrl':'q','MessageBody':'x'}"))
                .endsWith("is not authorized to perform: sqs:sendmessage on resource: " + ARN
                        + "q with an explicit deny in a resource-based policy");
        assertThat(outcome("AKIAANNE", "ReceiveMessage", "{'QueueUrl':'q'}")).isEqualTo("ok");
    }

    private SqsClient.Answer sns(Map<String, String> parameters) {
        byte[] bytes = SqsClient.form(parameters).getBytes(StandardCharsets.UTF_8);
        var signer = new HandSigner("AKIAANNE", "secret-of-AKIAANNE", clock.instant());
        signer.service = "sns";
        Map<String, String> headers =
                Map.of("content-type", "application/x-www-form-urlencoded", "host", "127.0.0.1:" + server.port());
        SequencedMap<String, String> signed = signer.headers("POST", "/", "", headers, bytes);
        signed.remove("host");
        SqsClient.Answer answer = client.post("/", signed, bytes);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return answer;
    }

    @Test
    void topicSendsToTheQueuesThatLetIt() {
        create("open");
        create("closed");
        String topic = sns(Map.of("Action", "CreateTopic", "Name", "news", "Version", "2010-03-31"))
                .element("TopicArn");
        setPolicy(
                "open",
                "{'Statement':[{'Effect':'Allow','Principal':{'Service':'sns.amazonaws.com'},'Action':'sqs:SendMessage',"
                        + "'Resource':'*','Condition':{'ArnEquals':{'aws:SourceArn':'" + topic + "'}}}]}");
        for (String queue : java.util.List.of("open", "closed")) {
            sns(Map.of(
                    "Action", "Subscribe",
                    "TopicArn", topic,
                    "Protocol", "sqs",
                    "Endpoint", ARN + queue,
                    "Version", "2010-03-31"));
        }
        sns(Map.of("Action", "Publish", "TopicArn", topic, "Message", "hello", "Version", "2010-03-31"));
        assertThat(json("AKIAANNE", "ReceiveMessage", "{'QueueUrl':'open','WaitTimeSeconds':5}")
                        .body())
                .contains("hello");
        assertThat(json("AKIAANNE", "ReceiveMessage", "{'QueueUrl':'closed'}").body())
                .isEqualTo("{}");
    }

    @Test
    void giantAndOddHeadersHarmNobody() {
        for (String value : java.util.List.of(
                "AWS4-HMAC-SHA256 " + "x".repeat(100_000),
                "AWS4-HMAC-SHA256 Credential=" + "/".repeat(5_000),
                "AWS4-HMAC-SHA256 Credential=AKIAANNE/x/y/z/w, SignedHeaders=;;;, Signature=",
                "AWS4-")) {
            try {
                var answer = client.post(
                        "/",
                        Map.of(
                                "authorization", value,
                                "x-amz-date", "20260101T000000Z",
                                "x-amz-target", "AmazonSQS.ListQueues"),
                        "{}");
                assertThat(answer.status()).as(value.substring(0, 5)).isBetween(400, 499);
            } catch (UncheckedIOException e) {
                // The server does not read a giant one to its end, so the answer may be lost when the connection is
                // reset.
                assertThat(value.length()).as(e.toString()).isGreaterThan(50_000);
            }
        }
        assertThat(outcome("AKIAANNE", "ListQueues", "{}")).isEqualTo("ok");
    }

    @Test
    void keyEndsWithItsUser() throws Exception {
        broker.change(new CatalogCommand.Undefine(User.KIND, "anne"));
        user("anne", OWN);
        assertThat(outcome("AKIAANNE", "ListQueues", "{}")).contains("InvalidClientTokenId;Sender");
    }

    @Test
    void permissionsAreAddedAndRemovedAsRecorded() {
        create("q");
        String add = "{'QueueUrl':'q','Label':'%s','AWSAccountIds':['222222222222'%s],'Actions':['ReceiveMessage'%s]}";
        assertThat(outcome("AKIAANNE", "AddPermission", add.formatted("one", "", "")))
                .isEqualTo("ok");
        assertThat(policy("q"))
                .isEqualTo("{\"Version\":\"2008-10-17\",\"Id\":\"" + ARN + "q/SQSDefaultPolicy\",\"Statement\":["
                        + "{\"Sid\":\"one\",\"Effect\":\"Allow\",\"Principal\":{\"AWS\":"
                        + "\"arn:aws:iam::222222222222:root\"},\"Action\":\"SQS:ReceiveMessage\",\"Resource\":\""
                        + ARN + "q\"}]}");
        assertThat(outcome("AKIABERT", "ReceiveMessage", "{'QueueUrl':'q'}")).isEqualTo("ok");
        assertThat(outcome("AKIAANNE", "AddPermission", add.formatted("one", "", "")))
                .isEqualTo("com.amazon.coral.service#InvalidParameterValueException 400 InvalidParameterValue;Sender:"
                        + " Value one for parameter Label is invalid. Reason: Already exists.");
        assertThat(outcome("AKIAANNE", "AddPermission", add.formatted("two", ",'333333333333'", ",'SendMessage'")))
                .isEqualTo("ok");
        assertThat(policy("q"))
                .contains("[\"arn:aws:iam::222222222222:root\",\"arn:aws:iam::333333333333:root\"]},\"Action\":"
                        + "[\"SQS:ReceiveMessage\",\"SQS:SendMessage\"]");
        assertThat(outcome("AKIAANNE", "RemovePermission", "{'QueueUrl':'q','Label':'one'}"))
                .isEqualTo("ok");
        assertThat(outcome("AKIAANNE", "RemovePermission", "{'QueueUrl':'q','Label':'one'}"))
                .endsWith("Value one for parameter Label is invalid. Reason: can't find label.");
        assertThat(query("AKIAANNE", Map.of("Action", "RemovePermission", "QueueUrl", "q", "Label", "two"))
                        .status())
                .isEqualTo(200);
        assertThat(policy("q")).isEmpty();
    }

    @Test
    void permissionsThatCannotBeAreRefused() {
        create("q");
        String add = "{'QueueUrl':'q','Label':'%s','AWSAccountIds':['%s'],'Actions':[%s]}";
        assertThat(outcome("AKIAANNE", "AddPermission", add.formatted("l", "someone", "'*'")))
                .endsWith("Value someone for parameter PrincipalId is invalid. Reason: Unable to verify principal.");
        assertThat(outcome("AKIAANNE", "AddPermission", add.formatted("l", OTHER, "'SendMessageBatch'")))
                .endsWith("Value SQS:SendMessageBatch for parameter ActionName is invalid. Reason: Please refer to the"
                        + " appropriate WSDL for a list of valid actions.");
        assertThat(outcome("AKIAANNE", "AddPermission", add.formatted("l", OTHER, "'CreateQueue'")))
                .endsWith("Value SQS:CreateQueue for parameter ActionName is invalid. Reason: Only the queue owner is"
                        + " allowed to invoke this action.");
        assertThat(outcome("AKIAANNE", "AddPermission", add.formatted("l", OTHER, "'*'" + ",'*'".repeat(7))))
                .endsWith("OverLimit 403 OverLimit;Sender: 8 actions were found in a statement from the submitted"
                        + " policy, max allowed is 7");
        assertThat(outcome("AKIAANNE", "AddPermission", add.formatted("a b", OTHER, "'*'")))
                .contains("Value a b for parameter Label is invalid.");
        for (int i = 0; i < 20; i++) {
            assertThat(outcome("AKIAANNE", "AddPermission", add.formatted("l" + i, OTHER, "'*'")))
                    .isEqualTo("ok");
        }
        assertThat(outcome("AKIAANNE", "AddPermission", add.formatted("l20", OTHER, "'*'")))
                .contains("OverLimit;Sender: 21 statements were found");
    }

    @Test
    void policyIsReadBackAsSentAndRefusedIfItIsNone() {
        create("q");
        String odd = "{ 'Statement' : [ {'Effect':'Allow','Principal':'*','Action':'SQS:*', 'Resource':'nothing'} ] }";
        setPolicy("q", odd);
        assertThat(policy("q")).isEqualTo(odd.replace('\'', '"'));
        String set = "{'QueueUrl':'q','Attributes':{'Policy':'%s'}}";
        assertThat(outcome("AKIAANNE", "SetQueueAttributes", set.formatted("[]")))
                .isEqualTo("com.amazonaws.sqs#InvalidAttributeValue 400 InvalidAttributeValue;Sender: Invalid value for"
                        + " the parameter Policy.");
        assertThat(outcome(
                        "AKIAANNE",
                        "SetQueueAttributes",
                        set.formatted(allow("'*'", "sqs:SendMessageBatch").replace("'", "\\\""))))
                .contains("Value SQS:SendMessageBatch for parameter ActionName is invalid.");
        setPolicy("q", "");
        assertThat(policy("q")).isEmpty();
    }

    private String policy(String queue) {
        var answer = json("AKIAANNE", "GetQueueAttributes", "{'QueueUrl':'" + queue + "','AttributeNames':['Policy']}");
        return JsonMapper.shared()
                .readTree(answer.body())
                .path("Attributes")
                .path("Policy")
                .asString("");
    }
}
