package weir.sqs.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import weir.sqs.auth.Principal;
import weir.sqs.auth.Requester;
import weir.sqs.policy.Policies.Verdict;

class PolicyTest {
    private static final Instant NOW = Instant.parse("2026-11-22T20:00:00Z");
    private static final String OWNER = "111111111111";
    private static final String QUEUE = "arn:aws:sqs:us-east-1:111111111111:orders";
    private static final Principal ANNE = new Principal.User(OWNER, "anne", "AIDAANNE");
    private static final Principal BERT = new Principal.User("222222222222", "bert", "AIDABERT");
    private static final Principal ROOT_OF_BERTS = new Principal.Root("222222222222");
    private static final Principal NOBODY = new Principal.Anonymous();

    private final Policies policies = new Policies();

    private static AccessRequest request(Principal principal, String action, String ip) {
        return AccessRequest.of(new Requester(principal, false, ip, false, "aws-cli/2"), NOW, action, QUEUE);
    }

    private Verdict verdict(String policy, Principal principal) {
        return policies.verdict(policy.replace('\'', '"'), request(principal, "sqs:SendMessage", "10.1.2.3"), OWNER);
    }

    private static String statement(String effect, String principal, String more) {
        return "{'Version':'2012-10-17','Statement':[{'Effect':'" + effect + "','Principal':" + principal
                + ",'Action':'sqs:SendMessage','Resource':'" + QUEUE + "'" + more + "}]}";
    }

    private boolean holds(String condition) {
        String policy = statement("Allow", "'*'", ",'Condition':" + condition);
        return verdict(policy, BERT) == Verdict.ALLOWED;
    }

    @Test
    void whoeverIsOfTheAccountMayDoWhatIsNotDenied() {
        assertThat(policies.allows(null, request(ANNE, "sqs:SendMessage", "::1"), OWNER))
                .isTrue();
        assertThat(policies.allows("", request(BERT, "sqs:SendMessage", "::1"), OWNER))
                .isFalse();
        assertThat(policies.allows(null, request(NOBODY, "sqs:SendMessage", "::1"), OWNER))
                .isFalse();
        String deny = statement("Deny", "{'AWS':'" + ANNE.arn() + "'}", "");
        assertThat(verdict(deny, ANNE)).isEqualTo(Verdict.DENIED);
        assertThat(verdict(deny, new Principal.User(OWNER, "anna", "x"))).isEqualTo(Verdict.ALLOWED);
        assertThat(verdict(deny, new Principal.Root(OWNER))).isEqualTo(Verdict.ALLOWED);
    }

    @Test
    void oneNoOutweighsEveryYes() {
        String policy = "{'Statement':[{'Effect':'Deny','Principal':'*','Action':'*','Resource':'*'},"
                + "{'Effect':'Allow','Principal':'*','Action':'*','Resource':'*'}]}";
        assertThat(verdict(policy, BERT)).isEqualTo(Verdict.DENIED);
        assertThat(verdict(policy, ANNE)).isEqualTo(Verdict.DENIED);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            '*'                                               | true  | true  | true  | true
            {'AWS':'*'}                                       | true  | true  | true  | true
            {'AWS':['*']}                                     | true  | true  | true  | true
            {'AWS':'222222222222'}                            | true  | true  | false | false
            {'AWS':'arn:aws:iam::222222222222:root'}          | true  | true  | false | false
            {'AWS':'arn:aws:iam::222222222222:user/bert'}     | true  | false | false | false
            {'AWS':'AIDABERT'}                                | true  | false | false | false
            {'AWS':['333333333333','AIDABERT']}               | true  | false | false | false
            {'AWS':'arn:aws:iam::222222222222:user/ber*'}     | false | false | false | false
            {'Service':'sns.amazonaws.com'}                   | false | false | false | true
            {'Service':'s3.amazonaws.com'}                    | false | false | false | false
            {'AWS':'222222222222','Service':['sns.amazonaws.com']} | true | true | false | true
            {'Federated':'x'}                                 | false | false | false | false""")
    void principalIsWhoeverIsNamed(String principal, boolean bert, boolean root, boolean nobody, boolean sns) {
        String policy = statement("Allow", principal, "");
        assertThat(verdict(policy, BERT) == Verdict.ALLOWED).isEqualTo(bert);
        assertThat(verdict(policy, ROOT_OF_BERTS) == Verdict.ALLOWED).isEqualTo(root);
        assertThat(verdict(policy, NOBODY) == Verdict.ALLOWED).isEqualTo(nobody);
        assertThat(verdict(policy, new Principal.Service("sns.amazonaws.com")) == Verdict.ALLOWED)
                .isEqualTo(sns);
    }

    @Test
    void notPrincipalIsEverybodyElse() {
        String policy = "{'Statement':{'Effect':'Deny','NotPrincipal':{'AWS':['" + ANNE.arn() + "','" + OWNER
                + "']},'Action':'*','Resource':'*'}}";
        assertThat(verdict(policy, ANNE)).isEqualTo(Verdict.ALLOWED);
        assertThat(verdict(policy, BERT)).isEqualTo(Verdict.DENIED);
        assertThat(verdict(policy, NOBODY)).isEqualTo(Verdict.DENIED);
    }

    @ParameterizedTest
    @CsvSource({
        "*, true",
        "sqs:*, true",
        "SQS:SendMessage, true",
        "sqs:sendmessage, true",
        "SQS:Send*, true",
        "sqs:Send?essage, true",
        "sqs:ReceiveMessage, false",
        "sns:*, false",
        "sqs:SendMessageX, false"
    })
    void actionIsMatchedInAnyCase(String action, boolean matches) {
        String policy = "{'Statement':[{'Effect':'Allow','Principal':'*','%s':['sqs:Nothing','%s'],'Resource':'*'}]}";
        assertThat(verdict(policy.formatted("Action", action), BERT) == Verdict.ALLOWED)
                .isEqualTo(matches);
        assertThat(verdict(policy.formatted("NotAction", action), BERT) == Verdict.ALLOWED)
                .isEqualTo(!matches);
    }

    @ParameterizedTest
    @CsvSource({
        "arn:aws:sqs:us-east-1:111111111111:orders, true",
        "arn:aws:sqs:*:*:ord*, true",
        "arn:aws:sqs:us-east-?:111111111111:orders, true",
        "*, true",
        "arn:aws:sqs:us-east-1:111111111111:Orders, false",
        "arn:aws:sqs:us-east-1:111111111111:order, false",
        "'arn:aws:sqs:us-east-1:111111111111:${aws:username}', false",
    })
    void resourceIsMatchedAsWritten(String resource, boolean matches) {
        String policy =
                "{'Version':'2012-10-17','Statement':[{'Effect':'Allow','Principal':'*','Action':'*','%s':'%s'}]}";
        assertThat(verdict(policy.formatted("Resource", resource), BERT) == Verdict.ALLOWED)
                .isEqualTo(matches);
        assertThat(verdict(policy.formatted("NotResource", resource), BERT) == Verdict.ALLOWED)
                .isEqualTo(!matches);
    }

    @Test
    void statementWithoutResourceIsAboutTheOneThatHasIt() {
        assertThat(verdict("{'Statement':[{'Effect':'Allow','Principal':'*','Action':'*'}]}", BERT))
                .isEqualTo(Verdict.ALLOWED);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {'StringEquals':{'aws:username':'bert'}}                                        | true
            {'StringEquals':{'AWS:UserName':['anne','bert']}}                               | true
            {'stringequals':{'aws:username':'Bert'}}                                        | false
            {'StringEqualsIgnoreCase':{'aws:username':'BERT'}}                              | true
            {'StringNotEqualsIgnoreCase':{'aws:username':'BERT'}}                           | false
            {'StringNotEquals':{'aws:username':['anne','bert']}}                            | false
            {'StringNotEquals':{'aws:username':['anne','carl']}}                            | true
            {'StringEquals':{'aws:unknown':'x'}}                                            | false
            {'StringNotEquals':{'aws:unknown':'x'}}                                         | true
            {'StringEqualsIfExists':{'aws:unknown':'x'}}                                    | true
            {'StringEqualsIfExists':{'aws:username':'x'}}                                   | false
            {'StringNotEqualsIfExists':{'aws:username':'bert'}}                             | false
            {'StringLike':{'aws:username':'b*t'}}                                           | true
            {'StringNotLike':{'aws:username':'b*t'}}                                        | false
            {'StringLike':{'aws:username':'${aws:username}'}}                               | true
            {'StringEquals':{'aws:userid':'${aws:unknown}'}}                                | false
            {'StringLike':{'aws:useragent':'aws-cli/${*}'}}                                 | false
            {'ArnEquals':{'aws:PrincipalArn':'arn:aws:iam::222222222222:user/*'}}           | true
            {'ArnLike':{'aws:PrincipalArn':'arn:aws:iam::*:user/bert'}}                     | true
            {'ArnNotEquals':{'aws:PrincipalArn':'arn:aws:iam::*:user/bert'}}                | false
            {'ArnNotLike':{'aws:SourceArn':'arn:aws:sns:*'}}                                | true
            {'StringEquals':{'aws:PrincipalAccount':'222222222222'}}                        | true
            {'StringEquals':{'aws:userid':'AIDABERT'}}                                      | true
            {'StringEquals':{'aws:PrincipalType':'User'}}                                   | true
            {'IpAddress':{'aws:SourceIp':'10.0.0.0/8'}}                                     | true
            {'IpAddress':{'aws:SourceIp':['192.168.0.0/16','10.1.2.3']}}                    | true
            {'IpAddress':{'aws:SourceIp':'10.1.2.2'}}                                       | false
            {'IpAddress':{'aws:SourceIp':'10.1.2.0/23'}}                                    | true
            {'IpAddress':{'aws:SourceIp':'10.1.0.0/23'}}                                    | false
            {'IpAddress':{'aws:SourceIp':'2001:db8::/32'}}                                  | false
            {'NotIpAddress':{'aws:SourceIp':'10.0.0.0/8'}}                                  | false
            {'NotIpAddress':{'aws:SourceIp':'11.0.0.0/8'}}                                  | true
            {'Bool':{'aws:SecureTransport':'false'}}                                        | true
            {'Bool':{'aws:SecureTransport':true}}                                           | false
            {'BoolIfExists':{'aws:MultiFactorAuthPresent':'true'}}                          | true
            {'Null':{'aws:username':'false'}}                                               | true
            {'Null':{'aws:username':true}}                                                  | false
            {'Null':{'aws:unknown':'true'}}                                                 | true
            {'DateLessThan':{'aws:CurrentTime':'2026-11-22T20:00:01Z'}}                     | true
            {'DateLessThan':{'aws:CurrentTime':'2026-11-22T20:00:00Z'}}                     | false
            {'DateLessThanEquals':{'aws:CurrentTime':'2026-11-22T20:00:00Z'}}               | true
            {'DateGreaterThan':{'aws:CurrentTime':'2026-11-22'}}                            | true
            {'DateGreaterThanEquals':{'aws:CurrentTime':'2026-11-22T21:00:00+01:00'}}       | true
            {'DateEquals':{'aws:CurrentTime':'2026-11-22T20:00:00Z'}}                       | true
            {'DateNotEquals':{'aws:CurrentTime':'2026-11-22T20:00:00Z'}}                    | false
            {'NumericLessThan':{'aws:EpochTime':'1795377601'}}                              | true
            {'NumericLessThanEquals':{'aws:EpochTime':1795377600}}                          | true
            {'NumericGreaterThan':{'aws:EpochTime':1795377600}}                             | false
            {'NumericGreaterThanEquals':{'aws:EpochTime':1795377600.0}}                     | true
            {'NumericEquals':{'aws:EpochTime':'1795377600'}}                                | true
            {'NumericNotEquals':{'aws:EpochTime':'1795377600'}}                             | false
            {'NumericEquals':{'aws:username':'5'}}                                          | false
            {'BinaryEquals':{'aws:username':'YmVydA=='}}                                    | false
            {'ForAnyValue:StringEquals':{'aws:username':['bert','x']}}                      | true
            {'ForAnyValue:StringEquals':{'aws:unknown':['bert','x']}}                       | false
            {'ForAllValues:StringEquals':{'aws:unknown':['bert','x']}}                      | true
            {'ForAllValues:StringLike':{'aws:username':['b*']}}                             | true
            {'ForAllValues:StringNotLike':{'aws:username':['b*']}}                          | false
            {'ForAnyValue:StringNotEquals':{'aws:username':['x']}}                          | true
            {'StringEquals':{'aws:username':'bert','aws:userid':'x'}}                       | false
            {'StringEquals':{'aws:username':'bert'},'Bool':{'aws:SecureTransport':'true'}}  | false""")
    void conditionHolds(String condition, boolean expected) {
        assertThat(holds(condition)).isEqualTo(expected);
    }

    @Test
    void topicDeliversWhereThePolicyLetsIt() {
        String topic = "arn:aws:sns:us-east-1:111111111111:news";
        String policy = statement(
                        "Allow",
                        "{'Service':'sns.amazonaws.com'}",
                        ",'Condition':{'ArnEquals':{'aws:SourceArn':'" + topic
                                + "'},'StringEquals':{'AWS:SourceAccount':'111111111111'}}")
                .replace('\'', '"');
        assertThat(policies.allows(policy, delivery(topic), OWNER)).isTrue();
        assertThat(policies.allows(policy, delivery(topic + "2"), OWNER)).isFalse();
        assertThat(policies.allows(null, delivery(topic), OWNER)).isFalse();
    }

    private static AccessRequest delivery(String topic) {
        return AccessRequest.of("sns.amazonaws.com", topic, OWNER, NOW, "sqs:SendMessage", QUEUE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "x",
                "[]",
                "'x'",
                "{}",
                "{'Statement':[],'Statement':[]}",
                "{'Statement':[]} x",
                "{'Version':'2020-01-01','Statement':[]}",
                "{'Version':2012,'Statement':[]}",
                "{'Statement':'x'}",
                "{'Statement':[{}]}",
                "{'Other':1,'Statement':[]}",
                "{'Statement':[{'Effect':'allow','Principal':'*','Action':'*'}]}",
                "{'Statement':[{'Effect':'Allow','Action':'*'}]}",
                "{'Statement':[{'Effect':'Allow','Principal':'x','Action':'*'}]}",
                "{'Statement':[{'Effect':'Allow','Principal':{},'Action':'*'}]}",
                "{'Statement':[{'Effect':'Allow','Principal':{'Who':'x'},'Action':'*'}]}",
                "{'Statement':[{'Effect':'Allow','Principal':'*','NotPrincipal':'*','Action':'*'}]}",
                "{'Statement':[{'Effect':'Allow','Principal':'*'}]}",
                "{'Statement':[{'Effect':'Allow','Principal':'*','Action':[]}]}",
                "{'Statement':[{'Effect':'Allow','Principal':'*','Action':[['*']]}]}",
                "{'Statement':[{'Effect':'Allow','Principal':'*','Action':null}]}",
                "{'Statement':[{'Effect':'Allow','Principal':'*','Action':'*','Resource':'*','NotResource':'*'}]}",
                "{'Statement':[{'Sid':'a','Effect':'Allow','Principal':'*','Action':'*'},"
                        + "{'Sid':'a','Effect':'Allow','Principal':'*','Action':'*'}]}",
                "{'Statement':[{'Effect':'Allow','Principal':'*','Action':'*','Condition':[]}]}",
                "{'Statement':[{'Effect':'Allow','Principal':'*','Action':'*','Condition':{'Equals':{'a':'b'}}}]}",
                "{'Statement':[{'Effect':'Allow','Principal':'*','Action':'*','Condition':{'Bool':{'a':'b'}}}]}",
                "{'Statement':[{'Effect':'Allow','Principal':'*','Action':'*','Condition':{'Null':{'a':'b'}}}]}",
                "{'Statement':[{'Effect':'Allow','Principal':'*','Action':'*','Condition':{'NullIfExists':{'a':'true'}}}]}",
                "{'Statement':[{'Effect':'Allow','Principal':'*','Action':'*','Condition':{'IpAddress':{'a':'10.0.0.0/33'}}}]}",
                "{'Statement':[{'Effect':'Allow','Principal':'*','Action':'*','Condition':{'IpAddress':{'a':'localhost'}}}]}",
                "{'Statement':[{'Effect':'Allow','Principal':'*','Action':'*','Condition':{'NumericEquals':{'a':'1e999999999'}}}]}",
                "{'Statement':[{'Effect':'Allow','Principal':'*','Action':'*','Condition':{'DateEquals':{'a':'tomorrow'}}}]}",
            })
    void textThatIsNoPolicyIsRefused(String text) {
        assertThatThrownBy(() -> Policy.parse(text.replace('\'', '"'))).isInstanceOf(PolicyException.class);
    }

    @Test
    void deepAndWideTextsAreRefused() {
        for (String text : List.of(
                "[".repeat(100_000),
                "{\"Statement\":" + "[".repeat(20) + "]".repeat(20) + "}",
                statement("Allow", "{'AWS':['1'" + ",'2'".repeat(2_000) + "]}", ""),
                statement(
                        "Allow",
                        "'*'",
                        ",'Condition':{'StringEquals':{"
                                + String.join(
                                        ",",
                                        java.util.stream.IntStream.range(0, 11)
                                                .mapToObj(i -> "'k" + i + "':'v'")
                                                .toList())
                                + "}}"),
                "{'Id':'" + "x".repeat(300_000) + "','Statement':[]}")) {
            assertThatThrownBy(() -> Policy.parse(text.replace('\'', '"'))).isInstanceOf(PolicyException.class);
        }
    }

    @Test
    void manyStarsTakeNoTime() {
        String pattern = "a*".repeat(2_000) + "b";
        assertThat(Wildcards.matches(Wildcards.pattern(pattern), "a".repeat(20_000)))
                .isFalse();
        assertThat(Wildcards.matches(Wildcards.pattern("*a?c*"), "xxabcxx")).isTrue();
        assertThat(Wildcards.matches(Wildcards.pattern(""), "")).isTrue();
        assertThat(Wildcards.matches(Wildcards.pattern("?"), "")).isFalse();
    }

    @Test
    void policiesAreKeptReadWithinABound() {
        for (int i = 0; i < PolicyLimits.POLICIES_MAX + 10; i++) {
            verdict("{'Id':'" + i + "','Statement':[]}", ANNE);
        }
        assertThat(policies.size()).isEqualTo(10);
        assertThat(verdict("no policy, from before policies were read", ANNE)).isEqualTo(Verdict.ALLOWED);
        assertThat(verdict("no policy, from before policies were read", BERT)).isEqualTo(Verdict.NOT_ALLOWED);
    }

    @Test
    void documentIsEditedByStatement() throws Exception {
        PolicyDocument empty = PolicyDocument.empty("2008-10-17", QUEUE + "/SQSDefaultPolicy");
        PolicyDocument one = empty.with(PolicyDocument.allow("a", List.of("1"), List.of("SQS:SendMessage"), QUEUE));
        assertThat(one.toString())
                .isEqualTo("{\"Version\":\"2008-10-17\",\"Id\":\"" + QUEUE + "/SQSDefaultPolicy\",\"Statement\":["
                        + "{\"Sid\":\"a\",\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"arn:aws:iam::1:root\"},"
                        + "\"Action\":\"SQS:SendMessage\",\"Resource\":\"" + QUEUE + "\"}]}");
        PolicyDocument two = one.with(PolicyDocument.allow("b", List.of("1", "2"), List.of("x", "y"), QUEUE));
        assertThat(two.toString())
                .contains("\"AWS\":[\"arn:aws:iam::1:root\",\"arn:aws:iam::2:root\"]},\"Action\":[\"x\",\"y\"]");
        assertThat(two.has("b")).isTrue();
        assertThat(two.without("b").toString()).isEqualTo(one.toString());
        assertThat(one.without("a").statements()).isEmpty();
        String kept = "{\"Statement\":{\"Sid\":\"x\",\"n\":[1.50,true,null,\"ä\\n\"]},\"More\":{}}";
        assertThat(PolicyDocument.parse(kept)
                        .with(new Json.Text("y"))
                        .without("none")
                        .toString())
                .isEqualTo("{\"Statement\":[{\"Sid\":\"x\",\"n\":[1.50,true,null,\"ä\\n\"]},\"y\"],\"More\":{}}");
        assertThat(PolicyDocument.parse("{}").statements()).isEmpty();
    }

    @Test
    void valuesAreFoundInAnyCase() {
        var request = new AccessRequest(NOBODY, "a", "r", Map.of("aws:sourcearn", "x"));
        assertThat(request.valuesOf("AWS:SourceArn")).containsExactly("x");
        assertThat(request.valuesOf("aws:principalArn")).isEmpty();
    }
}
