package weir.sqs.sns.filter;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import weir.core.Bytes;
import weir.core.Message.Header;

/** Which messages match which policies. */
class MatchingTest {
    /** Attributes as {@code name Type value; name Type value}. */
    private static List<Header> attributes(String text) {
        List<Header> headers = new ArrayList<>();
        if (!text.equals("-")) {
            for (String attribute : text.split("; ", -1)) {
                String[] parts = attribute.split(" ", 3);
                headers.add(new Header(parts[0], parts[1], Bytes.utf8(parts[2])));
            }
        }
        return headers;
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
                {} | - | true
                {} | f String type1 | true
                {"f":["type1"]} | f String type1 | true
                {"f":["type1"]} | - | false
                {"f":["type1"]} | f String type2 | false
                {"f":["type1"]} | f String.custom type1 | true
                {"f":["type1","type2"]} | f String type2 | true
                {"f":["type1","type2"]} | f String type3 | false
                {"f":["soccer"]} | f String.Array ["soccer", "rugby", "hockey"] | true
                {"f":["volleyball"]} | f String.Array ["soccer", "rugby", "hockey"] | false
                {"f":["soccer"]} | f String.Array soccer | false
                {"f":["anything"]} | f String.Array ['anything'] | false
                {"f":[true]} | f String.Array [true] | true
                {"f":[null]} | f String.Array [null] | true
                {"f":[null]} | - | false
                {"f":[null,{"anything-but":"whatever"}]} | - | false
                {"f":[5]} | f String.Array ["x", 5.0] | true
                {"f":[{"exists":true}]} | f String.Array [] | false
                {"f":[100]} | f Number 100.0 | true
                {"f":[1e2]} | f Number 100 | true
                {"f":[100]} | f Number.int 100 | true
                {"f":[100]} | f String 100 | false
                {"f":["100"]} | f Number 100 | false
                {"f":[true]} | f String true | false
                {"f":[{"anything-but":"type1"}]} | f String type1 | false
                {"f":[{"anything-but":"type1"}]} | f String type2 | true
                {"f":[{"anything-but":"type1"}]} | - | false
                {"f":[{"anything-but":["type1","type2"]}]} | f String type1 | false
                {"f":[{"anything-but":["type1","type3"]}]} | f String type2 | true
                {"f":[{"anything-but":["a"]}]} | f String.Array ["a","b"] | true
                {"f":[{"anything-but":["a","b"]}]} | f String.Array ["a","b"] | false
                {"f":[{"anything-but":[100,200]}]} | f Number 100.00 | false
                {"f":[{"anything-but":[100,200]}]} | f Number 101 | true
                {"f":[{"anything-but":100}]} | f Number 100 | false
                {"f":[{"anything-but":{"prefix":"type"}}]} | f String type1 | false
                {"f":[{"anything-but":{"prefix":"type-"}}]} | f String type1 | true
                {"f":[{"anything-but":{"prefix":["a","b"]}}]} | f String bx | false
                {"f":[{"anything-but":{"suffix":"1"}}]} | f String type1 | false
                {"f":[{"anything-but":{"suffix":"2"}}]} | f String type1 | true
                {"f":[{"anything-but":{"wildcard":"t*1"}}]} | f String type1 | false
                {"f":[{"anything-but":{"wildcard":"t*2"}}]} | f String type1 | true
                {"f":[{"anything-but":{"equals-ignore-case":"TYPE1"}}]} | f String type1 | false
                {"f":[{"anything-but":{"equals-ignore-case":["x","y"]}}]} | f String type1 | true
                {"f":[{"prefix":"typ"}]} | f String type1 | true
                {"f":[{"prefix":"soc"}]} | f String.Array ["rugby","soccer"] | true
                {"f":[{"prefix":"test"}]} | f String type2 | false
                {"f":[{"prefix":"type12345"}]} | f String type | false
                {"f":[{"prefix":{"equals-ignore-case":"TYP"}}]} | f String type1 | true
                {"f":[{"prefix":"9"}]} | f Number 99 | false
                {"f":[{"suffix":"pe1"}]} | f String type1 | true
                {"f":[{"suffix":"gby"}]} | f String.Array ["soccer", "rugby", "hockey"] | true
                {"f":[{"suffix":"test"}]} | f String type2 | false
                {"f":[{"suffix":{"equals-ignore-case":"PE1"}}]} | f String type1 | true
                {"f":[{"equals-ignore-case":"TYPE1"}]} | f String type1 | true
                {"f":[{"equals-ignore-case":"test"}]} | f String type2 | false
                {"f":[{"wildcard":"*.png"}]} | f String a.png | true
                {"f":[{"wildcard":"*.png"}]} | f String a.jpg | false
                {"f":[{"wildcard":"a*b*c"}]} | f String aXbYbZc | true
                {"f":[{"wildcard":"a*b*c"}]} | f String abc | true
                {"f":[{"wildcard":"a*b*c"}]} | f String ac | false
                {"f":[{"wildcard":"ab*ba"}]} | f String aba | false
                {"f":[{"wildcard":"*"}]} | f String anything | true
                {"f":[{"wildcard":"abc"}]} | f String abc | true
                {"f":[{"wildcard":"a\\\\*c"}]} | f String a*c | true
                {"f":[{"wildcard":"a\\\\*c"}]} | f String abc | false
                {"f":[{"numeric":["=",300]}]} | f Number 300 | true
                {"f":[{"numeric":["=",300]}]} | f Number 301 | false
                {"f":[{"numeric":[">",300]}]} | f Number 301 | true
                {"f":[{"numeric":[">",300]}]} | f Number 300 | false
                {"f":[{"numeric":["<",300]}]} | f Number 299.9 | true
                {"f":[{"numeric":["<",300]}]} | f Number 300 | false
                {"f":[{"numeric":[">=",300]}]} | f Number 300 | true
                {"f":[{"numeric":["<=",300]}]} | f Number 300 | true
                {"f":[{"numeric":["<=",300]}]} | f Number 300.00001 | false
                {"f":[{"numeric":[">",0,"<=",150]}]} | f Number 122 | true
                {"f":[{"numeric":[">",0,"<=",150]}]} | f Number 150 | true
                {"f":[{"numeric":[">",0,"<=",150]}]} | f Number 0 | false
                {"f":[{"numeric":[">",0,"<=",150]}]} | f Number -1 | false
                {"f":[{"numeric":["=",300]}]} | f Number no-number | false
                {"f":[{"numeric":["=",300]}]} | f String 300 | false
                {"f":[{"numeric":["=",5]}]} | f String.Array [4, 5] | true
                {"f":["a",{"prefix":"typ"}]} | f String type1 | true
                {"f":[{"numeric":["=",300]}],"g":[{"prefix":"typ"}]} | f Number 300; g String type1 | true
                {"f":[{"numeric":["=",300]}],"g":[{"prefix":"typ"}]} | g String type1 | false
                {"f":[{"exists":true}]} | f String anything | true
                {"f":[{"exists":true}]} | g String anything | false
                {"f":[{"exists":false}]} | g String anything | true
                {"f":[{"exists":false}]} | f String anything | false
                {"f":[{"exists":false}]} | f Binary xyz | true
                {"f":["x",{"exists":false}]} | g String y | true
                {"f1":["v1"],"$or":[{"f2":["v2"]},{"f3":["v3"]}]} | f1 String v1; f3 String v3 | true
                {"f1":["v1"],"$or":[{"f2":["v2"]},{"f3":["v3"]}]} | f1 String v2; f3 String v3 | false
                {"a":["1"],"$or":[{"b":["2"]},{"c":["3"],"$or":[{"d":["4"]},{"e":["5"]}]}]} | a String 1; b String 2 | true
                {"a":["1"],"$or":[{"b":["2"]},{"c":["3"],"$or":[{"d":["4"]},{"e":["5"]}]}]} | a String 1; c String 3; e String 5 | true
                {"a":["1"],"$or":[{"b":["2"]},{"c":["3"],"$or":[{"d":["4"]},{"e":["5"]}]}]} | a String 1; c String 3 | false
                {"f":[{"cidr":"10.0.0.0/24"}]} | f String 10.0.0.255 | true
                {"f":[{"cidr":"10.0.0.0/24"}]} | f String 10.0.0.256 | false
                {"f":[{"cidr":"10.0.0.0/24"}]} | f String 10.0.1.255 | false
                {"f":[{"cidr":"10.0.0.7/24"}]} | f String 10.0.0.1 | true
                {"f":[{"cidr":"0.0.0.0/0"}]} | f String 200.1.2.3 | true
                {"f":[{"cidr":"2001:db8:1234:1a00::/64"}]} | f String 2001:0db8:1234:1a00:0:0:0:1 | true
                {"f":[{"cidr":"2001:db8:1234:1a00::/64"}]} | f String 2001:db8:123f:1a00::1 | false
                {"f":[{"cidr":"10.0.0.0/24"}]} | f String localhost | false
                {"a.b":["x"]} | a.b String x | true
                """)
    void attributesAreMatched(String policy, String attributes, boolean matches) throws FilterPolicyException {
        FilterPolicy filter = FilterPolicy.parse(policy, Scope.ATTRIBUTES);
        assertThat(filter.matches(attributes(attributes), "body")).isEqualTo(matches);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
                {} | {} | true
                {} | [] | false
                {"f1":["v1","v2"]} | {"f1":"v2","f2":"v5"} | true
                {"f1":["v1","v2"]} | {"f1":"v3"} | false
                {"f1":["v1"]} | text | false
                {"f1":["v1"]} | "text" | false
                {"f1":["v1"]} | {"f1":"v1"} trailing | false
                {"f1":["v1"]} | {"f1":"v1" | false
                {"o":{"key":[{"prefix":"auto-"},"hard"],"n":[{"exists":false}]},"test":[{"exists":false}]} | {"o":{"key":"auto-test"}} | true
                {"o":{"key":[{"prefix":"auto-"},"hard"],"n":[{"exists":false}]},"test":[{"exists":false}]} | {"o":{"key":"hard"}} | true
                {"o":{"key":[{"prefix":"auto-"},"hard"],"n":[{"exists":false}]},"test":[{"exists":false}]} | {"o":{"key":"test-auto"}} | false
                {"o":{"key":[{"prefix":"auto-"},"hard"],"n":[{"exists":false}]},"test":[{"exists":false}]} | {"o":{"key":"auto-test"},"test":"x"} | false
                {"o":{"key":[{"prefix":"auto-"},"hard"],"n":[{"exists":false}]},"test":[{"exists":false}]} | {"o":{"key":"auto-test","n":"x"}} | false
                {"o":{"key":[{"prefix":"auto-"},"hard"],"n":[{"exists":false}]},"test":[{"exists":false}]} | {"test":"auto-test"} | false
                {"o.n":["v"]} | {"o":{"n":"v"}} | true
                {"o.n":["v"]} | {"o.n":"v"} | true
                {"o.n":["v"]} | {"o":{"n":"w"}} | false
                {"o.n.t":["v"]} | {"o":{"n":{"t":"v"}}} | true
                {"o.n.t":["v"]} | {"o.n":{"t":"v"}} | true
                {"o.n.t":["v"]} | {"o":{"n.t":"v"}} | true
                {"o":{"n":["v"]}} | {"o.n":"v"} | true
                {"h":{"to":["q1"]}} | {"h":{"to":["q1","q2"]}} | true
                {"h":{"to":["q1"]}} | {"h":{"to":["q3"]}} | false
                {"R":{"s3":{"o":{"k":[{"prefix":"auto-"}]}},"e":[{"prefix":"Created:"}]}} | {"R":[{"e":"Created:Put","s3":{"o":[[{"k":"auto-1"}]]}},{"e":"Removed:D","s3":{"o":{"k":"home-1"}}}]} | true
                {"R":{"s3":{"o":{"k":[{"prefix":"auto-"}]}},"e":[{"prefix":"Created:"}]}} | {"R":[{"e":"Removed:D","s3":{"o":{"k":"auto-1"}}},{"e":"Created:Put","s3":{"o":{"k":"home-1"}}}]} | false
                {"R":{"s3":{"o":{"k":[{"prefix":"auto-"}]}},"e":[{"prefix":"Created:"}]}} | {"R":[{"e":"Removed:D","s3":{"o":{"k":"auto-1"}}}]} | false
                {"$or":[{"m":["CPU"]},{"n":["EC2"]}],"d":{"s":["S"],"$or":[{"x":["1"]},{"y":["2"]}]}} | {"m":"CPU","d":{"s":"S","x":"1"}} | true
                {"$or":[{"m":["CPU"]},{"n":["EC2"]}],"d":{"s":["S"],"$or":[{"x":["1"]},{"y":["2"]}]}} | {"n":"EC2","d":{"s":"S","y":"2"}} | true
                {"$or":[{"m":["CPU"]},{"n":["EC2"]}],"d":{"s":["S"],"$or":[{"x":["1"]},{"y":["2"]}]}} | {"m":"CPU","d":{"s":"S"}} | false
                {"$or":[{"m":["CPU"]},{"n":["EC2"]}],"d":{"s":["S"],"$or":[{"x":["1"]},{"y":["2"]}]}} | {"m":"EC2","d":{"s":"S","y":"2"}} | false
                {"$or":[{"m":["CPU"]},{"n":["EC2"]}],"d":{"s":["S"],"$or":[{"x":["1"]},{"y":["2"]}]}} | {"m":"CPU","s":"S"} | false
                {"d":{"v":[""]}} | {"r":[],"d":{"v":"","e":null}} | true
                {"a":{"b":[{"exists":false}]}} | {} | true
                {"a":{"b":[{"exists":false}]}} | {"a":[]} | true
                {"a":{"b":[{"exists":false}]}} | {"a":[{"c":1},{"b":1}]} | false
                {"a":[{"exists":true}]} | {"a":{"b":1}} | false
                {"a":[{"exists":true}]} | {"a":null} | true
                {"a":[{"exists":false}]} | {"a":{"b":1}} | true
                {"a":[null]} | {"a":null} | true
                {"a":[null]} | {} | false
                {"a":[true]} | {"a":true} | true
                {"a":[true]} | {"a":"true"} | false
                {"a":[1]} | {"a":1.0} | true
                {"a":[1]} | {"a":"1"} | false
                {"a":[9007199254740993]} | {"a":9007199254740992} | false
                {"a":[1e500]} | {"a":1e500} | true
                {"a":[{"numeric":[">",1]}]} | {"a":1e999999999} | false
                {"a":[{"anything-but":1}]} | {"a":"x"} | true
                {"d":{"p.n.a":{"i":[{"prefix":"q"}]}}} | {"d":{"p.n.a":{"i":["x","qq"]}}} | true
                """)
    void bodiesAreMatched(String policy, String body, boolean matches) throws FilterPolicyException {
        FilterPolicy filter = FilterPolicy.parse(policy, Scope.BODY);
        assertThat(filter.matches(List.of(), body)).isEqualTo(matches);
    }

    @Test
    void hostileBodiesMatchNothingAndHarmNothing() throws FilterPolicyException {
        FilterPolicy filter = FilterPolicy.parse("{\"a\":{\"b\":[1]}}", Scope.BODY);
        assertThat(filter.matchesBody("{\"a\":".repeat(50_000))).isFalse();
        assertThat(filter.matchesBody("{\"a\":" + "[".repeat(900) + "{\"b\":1}" + "]".repeat(900) + "}"))
                .isTrue();
        assertThat(filter.matchesBody("{\"" + "a.".repeat(100_000) + "\":1}")).isFalse();
        assertThat(filter.matchesBody("{\"x\":" + "9".repeat(100_000) + ",\"a\":{\"b\":1}}"))
                .isIn(true, false);
    }
}
