package weir.sqs.sns.filter;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** Reads what a policy wants of one value: an array of plain values and match expressions. */
final class RuleParser {
    private final PolicyText policy;
    private final JsonParser parser;

    RuleParser(PolicyText policy) {
        this.policy = policy;
        this.parser = policy.parser();
    }

    /** Reads from behind the bracket to the closing one. */
    List<Rule> rules() throws FilterPolicyException {
        List<Rule> rules = new ArrayList<>();
        for (JsonToken token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
            if (token == JsonToken.START_OBJECT) {
                rules.add(expression());
            } else {
                Datum.Value value = value(token);
                if (value == null) {
                    throw error("Match value must be String, number, true, false, or null");
                }
                rules.add(new Rule.Exactly(value));
            }
        }
        if (rules.isEmpty()) {
            throw error("Empty arrays are not allowed");
        }
        return rules;
    }

    private Datum.@Nullable Value value(JsonToken token) {
        return switch (token) {
            case VALUE_STRING -> new Datum.Text(parser.getString());
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> Candidates.numberOf(parser);
            case VALUE_TRUE -> Datum.Constant.TRUE;
            case VALUE_FALSE -> Datum.Constant.FALSE;
            case VALUE_NULL -> Datum.Constant.NULL;
            default -> null;
        };
    }

    /** Reads from behind the brace to the closing one. */
    private Rule expression() throws FilterPolicyException {
        String operator = parser.nextName();
        if (operator == null) {
            throw error("Match expression name not found");
        }
        Rule rule =
                switch (operator) {
                    case "exactly" -> new Rule.Exactly(new Datum.Text(text("exact")));
                    case "prefix" -> affix(operator);
                    case "suffix" -> affix(operator);
                    case "equals-ignore-case" -> new Rule.EqualsIgnoreCase(text(operator));
                    case "wildcard" -> wildcard(text(operator));
                    case "anything-but" -> anythingBut();
                    case "exists" -> exists();
                    case "numeric" -> numeric();
                    case "cidr" -> network();
                    default -> throw error("Unrecognized match type " + operator);
                };
        if (parser.nextToken() != JsonToken.END_OBJECT) {
            throw error(
                    operator.equals("numeric")
                            ? "Too many elements in numeric expression"
                            : "Only one key allowed in match expression");
        }
        return rule;
    }

    private String text(String operator) throws FilterPolicyException {
        return text(operator, parser.nextToken());
    }

    private String text(String operator, JsonToken token) throws FilterPolicyException {
        if (token != JsonToken.VALUE_STRING) {
            throw error(operator + " match pattern must be a string");
        }
        return parser.getString();
    }

    private Rule affix(String operator) throws FilterPolicyException {
        JsonToken token = parser.nextToken();
        if (token != JsonToken.START_OBJECT) {
            return affix(operator, text(operator, token), false);
        }
        String inner = parser.nextName();
        if (!"equals-ignore-case".equals(inner)) {
            throw error("Unsupported " + operator + " pattern: " + inner);
        }
        Rule rule = affix(operator, text(inner), true);
        if (parser.nextToken() != JsonToken.END_OBJECT) {
            throw error("Only one key allowed in match expression");
        }
        return rule;
    }

    private static Rule affix(String operator, String text, boolean ignoresCase) {
        return operator.equals("prefix") ? new Rule.Prefix(text, ignoresCase) : new Rule.Suffix(text, ignoresCase);
    }

    private Rule wildcard(String pattern) throws FilterPolicyException {
        try {
            return new Rule.Like(Wildcard.of(pattern));
        } catch (IllegalArgumentException e) {
            throw error(String.valueOf(e.getMessage()));
        }
    }

    private Rule network() throws FilterPolicyException {
        String text = text("prefix"); // AWS names the wrong operator here.
        try {
            return new Rule.InNetwork(Cidr.of(text));
        } catch (IllegalArgumentException e) {
            throw new FilterPolicyException("FilterPolicy: " + e.getMessage());
        }
    }

    private Rule exists() throws FilterPolicyException {
        return switch (parser.nextToken()) {
            case VALUE_TRUE -> new Rule.Exists();
            case VALUE_FALSE -> new Rule.Absent();
            default -> throw error("exists match pattern must be either true or false.");
        };
    }

    private Rule anythingBut() throws FilterPolicyException {
        JsonToken token = parser.nextToken();
        return switch (token) {
            case START_OBJECT -> anythingButPattern();
            case START_ARRAY -> new Rule.AnythingBut(plainValues());
            case VALUE_STRING, VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> new Rule.AnythingBut(List.of(exactly(token)));
            default -> throw error("Value of anything-but must be an array or single string/number value.");
        };
    }

    private Rule exactly(JsonToken token) throws FilterPolicyException {
        Datum.Value value = value(token);
        if (value == null || value instanceof Datum.Constant) {
            throw error("Inside anything but list, start|null|boolean is not supported.");
        }
        return new Rule.Exactly(value);
    }

    private List<Rule> plainValues() throws FilterPolicyException {
        List<Rule> values = new ArrayList<>();
        boolean texts = false;
        boolean numbers = false;
        for (JsonToken token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
            values.add(exactly(token));
            texts |= token == JsonToken.VALUE_STRING;
            numbers |= token != JsonToken.VALUE_STRING;
        }
        if (texts == numbers) {
            throw error(
                    "Inside anything but list, either all values are number or string, mixed type is not supported");
        }
        return values;
    }

    private Rule anythingButPattern() throws FilterPolicyException {
        String operator = parser.nextName();
        if (operator == null) {
            throw error("Anything-But expression name not found");
        }
        switch (operator) {
            case "prefix", "suffix", "equals-ignore-case", "wildcard" -> {}
            default -> throw error("Unsupported anything-but pattern: " + operator);
        }
        List<Rule> patterns = new ArrayList<>();
        JsonToken token = parser.nextToken();
        if (token == JsonToken.START_ARRAY) {
            for (token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
                patterns.add(pattern(operator, token));
            }
        } else {
            patterns.add(pattern(operator, token));
        }
        if (patterns.isEmpty()) {
            throw error("Empty arrays are not allowed");
        }
        if (parser.nextToken() != JsonToken.END_OBJECT) {
            throw error("Only one key allowed in match expression");
        }
        return new Rule.AnythingBut(patterns);
    }

    private Rule pattern(String operator, JsonToken token) throws FilterPolicyException {
        String text = text(operator, token);
        return switch (operator) {
            case "prefix", "suffix" -> {
                if (text.isEmpty()) {
                    throw error("Null prefix/suffix not allowed");
                }
                yield affix(operator, text, false);
            }
            case "equals-ignore-case" -> new Rule.EqualsIgnoreCase(text);
            default -> wildcard(text);
        };
    }

    private Rule numeric() throws FilterPolicyException {
        if (parser.nextToken() != JsonToken.START_ARRAY) {
            throw error("Value of numeric must be an array.");
        }
        if (parser.nextToken() != JsonToken.VALUE_STRING) {
            throw error("Invalid member in numeric match: " + parser.getString());
        }
        String operator = parser.getString();
        JsonToken token = parser.nextToken();
        return switch (operator) {
            case "=" -> {
                BigDecimal value = number("equals", token);
                endOfNumeric();
                yield new Rule.Range(value, true, value, true);
            }
            case "<", "<=" -> {
                BigDecimal top = number(operator, token);
                endOfNumeric();
                yield new Rule.Range(null, false, top, operator.equals("<="));
            }
            case ">", ">=" -> above(operator, token);
            default -> throw error("Unrecognized numeric range operator: " + operator);
        };
    }

    private Rule above(String operator, JsonToken token) throws FilterPolicyException {
        BigDecimal bottom = number(operator, token);
        boolean bottomIncluded = operator.equals(">=");
        JsonToken next = parser.nextToken();
        if (next == JsonToken.END_ARRAY) {
            return new Rule.Range(bottom, bottomIncluded, null, false);
        }
        if (next != JsonToken.VALUE_STRING) {
            throw error("Bad value in numeric range: " + parser.getString());
        }
        String second = parser.getString();
        if (!second.equals("<") && !second.equals("<=")) {
            throw error("Bad numeric range operator: " + second);
        }
        BigDecimal top = number(second, parser.nextToken());
        if (parser.nextToken() != JsonToken.END_ARRAY) {
            throw error("Too many terms in numeric range expression");
        }
        if (bottom.compareTo(top) >= 0) {
            throw error("Bottom must be less than top");
        }
        return new Rule.Range(bottom, bottomIncluded, top, second.equals("<="));
    }

    private void endOfNumeric() throws FilterPolicyException {
        if (parser.nextToken() != JsonToken.END_ARRAY) {
            throw error("Too many elements in numeric expression");
        }
    }

    private BigDecimal number(String operator, JsonToken token) throws FilterPolicyException {
        if (!token.isNumeric()) {
            throw error("Value of " + operator + " must be numeric");
        }
        if (Candidates.numberOf(parser) instanceof Datum.Decimal(BigDecimal value)) {
            return value;
        }
        throw error("Value of " + operator + " has too many digits");
    }

    private FilterPolicyException error(String reason) {
        return policy.error(reason);
    }
}
