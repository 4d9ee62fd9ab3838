package weir.sqs.sns.filter;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is wrong with a policy is said in the words recorded from AWS, up to the column. */
class PolicyErrorsTest {
    private static String errorOf(String policy, Scope scope) {
        try {
            FilterPolicy.parse(policy, scope);
        } catch (FilterPolicyException e) {
            return e.text();
        }
        throw new AssertionError("taken for a policy: " + policy);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
                {"key":[["value"]]} | 10 | Match value must be String, number, true, false, or null
                {"key":[{"wrong-operator":true}]} | 31 | Unrecognized match type wrong-operator
                {"key":[{"suffix":"value","prefix":"value2"}]} | 37 | Only one key allowed in match expression
                {"key":[]} | 10 | Empty arrays are not allowed
                {"key":[{"suffix":100}]} | 22 | suffix match pattern must be a string
                {"key":[{"suffix":null}]} | 23 | suffix match pattern must be a string
                {"key":{"suffix":"value"}} | 19 | "suffix" must be an object or an array
                {"key":[{"suffix":[]}]} | 20 | suffix match pattern must be a string
                {"key":[{"suffix":["test","test2"]}]} | 20 | suffix match pattern must be a string
                {"key":{"suffix":"value","prefix":"value"}} | 19 | "suffix" must be an object or an array
                {"key":{"not-an-operator":"value"}} | 28 | "not-an-operator" must be an object or an array
                {"key":[{"cidr":["bad-filter"]}]} | 18 | prefix match pattern must be a string
                {"key":[{"numeric":[]}]} | 22 | Invalid member in numeric match: ]
                {"key":[{"numeric":["operator"]}]} | 32 | Unrecognized numeric range operator: operator
                {"key":[{"numeric":[1,"<="]}]} | 22 | Invalid member in numeric match: 1
                {"key":[{"numeric":["=","000"]}]} | 26 | Value of equals must be numeric
                {"key":[{"numeric":[">="]}]} | 26 | Value of >= must be numeric
                {"key":[{"numeric":["<",100,">",10]}]} | 30 | Too many elements in numeric expression
                {"key":[{"numeric":[">=",1,">",2]}]} | 31 | Bad numeric range operator: >
                {"key":[{"numeric":[">",3,"<",1]}]} | 33 | Bottom must be less than top
                {"key":[{"numeric":[">",20,"<="]}]} | 33 | Value of <= must be numeric
                {"key":[{"numeric":[">",20,30]}]} | 30 | Bad value in numeric range: 30
                {"key":[{"numeric":[">",20,"test"]}]} | 34 | Bad numeric range operator: test
                {"key":[{"numeric":[">","20","<","30"]}]} | 26 | Value of > must be numeric
                {"key":[{"numeric":[">",20,"<","30"]}]} | 33 | Value of < must be numeric
                {"key":[{"numeric":[">",20,"<",30,"<",50]}]} | 36 | Too many terms in numeric range expression
                {"key":[{"exists":null}]} | 23 | exists match pattern must be either true or false.
                {"key":[{"exists":"no"}]} | 20 | exists match pattern must be either true or false.
                {"key_a":"value_one"} | 11 | "key_a" must be an object or an array
                {"key":[{"anything-but":{"wrong-operator":null}}]} | 47 | Unsupported anything-but pattern: wrong-operator
                {"key":[{"anything-but":{"exists":false}}]} | 40 | Unsupported anything-but pattern: exists
                {"key":[{"anything-but":{"prefix":false}}]} | 40 | prefix match pattern must be a string
                """)
    void errorIsAwsOwn(String policy, int column, String reason) {
        assertThat(errorOf(policy, Scope.ATTRIBUTES))
                .isEqualTo("FilterPolicy: " + reason + "\n at [Source: (String)\"" + policy + "\"; line: 1, column: "
                        + column + "]");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
                bad-filter | Malformed CIDR, one '/' required
                bad-filter/64 | Nonstandard IP address: bad-filter
                bad-/64filter | Malformed CIDR, mask bits must be an integer
                xx.11.xx/8 | Nonstandard IP address: xx.11.xx
                xxxx:db8:1234:1a00::/64 | Nonstandard IP address: xxxx:db8:1234:1a00::
                10.0.0.0/-1 | Malformed CIDR, mask bits must not be negative
                10.0.0.0/32 | IPv4 mask bits must be < 32
                ::1/128 | IPv6 mask bits must be < 128
                localhost/8 | Nonstandard IP address: localhost
                """)
    void wrongNetworkIsNamed(String network, String reason) {
        assertThat(errorOf("{\"key\":[{\"cidr\":\"" + network + "\"}]}", Scope.ATTRIBUTES))
                .isEqualTo("FilterPolicy: " + reason);
    }

    @Test
    void whatIsNoJsonIsToldByTheJsonReader() {
        String redacted = "\n at [Source: REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled);";
        assertThat(errorOf("{invalid}", Scope.ATTRIBUTES))
                .isEqualTo("FilterPolicy: failed to parse JSON. Unexpected character ('i' (code 105)): was expecting"
                        + " double-quote to start field name" + redacted + " line: 1, column: 2]");
        assertThat(errorOf("invalid", Scope.ATTRIBUTES)) // AWS's reader is at column 8 when it says so.
                .isEqualTo("FilterPolicy: failed to parse JSON. Unrecognized token 'invalid': was expecting (JSON"
                        + " String, Number, Array, Object or token 'null', 'true' or 'false')" + redacted
                        + " line: 1, column: 1]");
        assertThat(errorOf("", Scope.ATTRIBUTES)).startsWith("FilterPolicy: failed to parse JSON.");
        assertThat(errorOf("{} {}", Scope.ATTRIBUTES)).startsWith("FilterPolicy: failed to parse JSON.");
        assertThat(errorOf("[]", Scope.ATTRIBUTES)).startsWith("FilterPolicy: Filter is not an object");
    }

    private static String values(int count) {
        return IntStream.range(0, count).mapToObj(i -> "\"v" + i + "\"").collect(Collectors.joining(",", "[", "]"));
    }

    private static String keys(int count) {
        return IntStream.range(0, count).mapToObj(i -> "\"k" + i + "\":[1]").collect(Collectors.joining(",", "{", "}"));
    }

    @Test
    void complexityIsTheProductOfTheValues() throws FilterPolicyException {
        String tooComplex = "FilterPolicy: Filter policy is too complex";
        FilterPolicy.parse("{\"key\":" + values(150) + "}", Scope.ATTRIBUTES);
        assertThat(errorOf("{\"key\":" + values(151) + "}", Scope.ATTRIBUTES)).isEqualTo(tooComplex);
        assertThat(errorOf("{\"key1\":" + values(100) + ",\"key2\":" + values(51) + "}", Scope.ATTRIBUTES))
                .isEqualTo(tooComplex);
        assertThat(errorOf(keys(6), Scope.ATTRIBUTES))
                .isEqualTo("FilterPolicy: Filter policy can not have more than 5 keys");
        FilterPolicy.parse(keys(5), Scope.ATTRIBUTES);
    }

    @Test
    void valuesCountTimesTheirDepth() {
        String policy = """
                {"key_a": {"key_b": {"key_c": ["one", "two", "three", "four"]}},
                 "key_d": {"key_e": ["one", "two", "three"]},
                 "key_f": ["one", "two", "three"]}""";
        assertThat(errorOf(policy, Scope.BODY)).isEqualTo("FilterPolicy: Filter policy is too complex");
    }

    @Test
    void alternativesAreSummed() throws FilterPolicyException {
        String flat = """
                {"source": %s,
                 "$or": [
                   {"metricName": ["CPUUtilization", "ReadLatency", "t1", "t2", "t3", "t4"]},
                   {"metricType": ["MetricType", "TestType", "TestType2", "TestType3"],
                    "$or": [{"metricId": [1234, 4321, 5678, 9012]}, {"spaceId": %s}]}]}""";
        assertThat(errorOf(flat.formatted(values(4), "[1, 2, 3, 4]"), Scope.ATTRIBUTES))
                .isEqualTo("FilterPolicy: Filter policy is too complex");
        FilterPolicy.parse(flat.formatted(values(3), "[1, 2, 3, 4, 5, 6, 7]"), Scope.ATTRIBUTES); // 150 exactly.
        String nested = """
                {"$or": [{"metricName": ["CPUUtilization", "ReadLatency", "TestValue"]},
                         {"namespace": ["AWS/EC2", "AWS/ES"]}],
                 "detail": {"scope": ["Service", "Test"],
                            "$or": [{"source": ["aws.cloudwatch"]},
                                    {"type": ["CloudWatch Alarm State Change", "TestValue", "TestValue2"]}]}}""";
        assertThat(errorOf(nested, Scope.BODY)).isEqualTo("FilterPolicy: Filter policy is too complex");
    }

    @Test
    void attributesDoNotNest() throws FilterPolicyException {
        String nested = "{\"object\":{\"key\":[{\"prefix\":\"auto-\"}]}}";
        assertThat(errorOf(nested, Scope.ATTRIBUTES))
                .isEqualTo("Filter policy scope MessageAttributes does not support nested filter policy");
        FilterPolicy.parse(nested, Scope.BODY);
    }

    @Test
    void orNeedsTwoObjects() {
        assertThat(errorOf("{\"$or\":[{\"a\":[1]}]}", Scope.BODY)).contains("at least 2 Objects");
        assertThat(errorOf("{\"$or\":[1,2]}", Scope.BODY)).contains("Only JSON object is allowed");
        assertThat(errorOf("{\"$or\":{\"a\":[1]}}", Scope.BODY)).contains("must be an Array");
        assertThat(errorOf("{\"$or\":[{},{}]}", Scope.BODY)).contains("Empty objects are not allowed");
        assertThat(errorOf("{\"$or\":[{\"prefix\":[1]},{\"a\":[1]}]}", Scope.BODY))
                .contains("reserved");
    }

    @Test
    void sizeAndDepthAreBounded() {
        String deep = "{\"a\":".repeat(5_000) + "[1]" + "}".repeat(5_000);
        assertThat(errorOf(deep, Scope.BODY)).startsWith("FilterPolicy: failed to parse JSON.");
        String dots = "{\"" + "a.".repeat(5_000) + "\":[1]}";
        assertThat(errorOf(dots, Scope.BODY)).contains("nested too deeply").contains("[truncated 9508 chars]");
        String huge = "{\"a\":[\"" + "x".repeat(FilterLimits.POLICY_BYTES_MAX) + "\"]}";
        assertThat(errorOf(huge, Scope.BODY)).contains("262144 bytes");
    }

    @Test
    void valuesOfOperatorsAreChecked() {
        assertThat(errorOf("{\"a\":[{\"numeric\":[\"=\",1e999999999]}]}", Scope.BODY))
                .contains("too many digits");
        assertThat(errorOf("{\"a\":[{\"anything-but\":[1,\"x\"]}]}", Scope.BODY))
                .contains("mixed type");
        assertThat(errorOf("{\"a\":[{\"anything-but\":[]}]}", Scope.BODY)).contains("mixed type");
        assertThat(errorOf("{\"a\":[{\"wildcard\":\"a**b\"}]}", Scope.BODY)).contains("Consecutive wildcard");
        assertThat(errorOf("{\"a\":[{\"wildcard\":\"a\\\\b\"}]}", Scope.BODY)).contains("Invalid escape");
        assertThat(errorOf("{\"a\":[{\"wildcard\":\"" + "*a".repeat(500) + "\"}]}", Scope.BODY))
                .contains("too complex");
    }
}
