package weir.sqs.sns.filter;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.json.JsonFactory;
import weir.core.Bytes;

/**
 * Reads one policy: which keys it has, and how they combine. AWS reads it twice: as JSON, then for its meaning; the errors of the second reading show the text and the
 * place. They look where the reader stands, and that is why every check here comes just behind the token that it is about.
 */
final class PolicyParser {
    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(2 * FilterLimits.PATH_STEPS_MAX)
                    .build())
            .build();

    private static final String OR = "$or";

    /** Names that cannot be a message's own within $or. */
    private static final Set<String> OPERATORS = Set.of(
            "exactly",
            "prefix",
            "suffix",
            "equals-ignore-case",
            "anything-but",
            "exists",
            "numeric",
            "cidr",
            "wildcard");

    private final PolicyText text;
    private final JsonParser parser;
    private final RuleParser rules;
    private boolean nested;
    private boolean withinOr;

    private PolicyParser(PolicyText text) {
        this.text = text;
        parser = text.parser();
        rules = new RuleParser(text);
    }

    static FilterPolicy parse(String json, Scope scope) throws FilterPolicyException {
        if (Bytes.utf8(json).length() > FilterLimits.POLICY_BYTES_MAX) {
            throw new FilterPolicyException(
                    "FilterPolicy: Filter policy can not be larger than " + FilterLimits.POLICY_BYTES_MAX + " bytes");
        }
        checkJson(json);
        PathStep steps = new PathStep();
        Condition wanted = new Condition(steps);
        try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), json)) {
            var reading = new PolicyParser(new PolicyText(json, parser));
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw reading.error("Filter is not an object");
            }
            Counts counts = reading.members(wanted, 1, 1);
            if (counts.keys() > FilterLimits.KEYS_MAX) {
                throw new FilterPolicyException(
                        "FilterPolicy: Filter policy can not have more than " + FilterLimits.KEYS_MAX + " keys");
            }
            if (counts.combinations() > FilterLimits.COMBINATIONS_MAX) {
                throw new FilterPolicyException("FilterPolicy: Filter policy is too complex");
            }
            if (scope == Scope.ATTRIBUTES && reading.nested) {
                throw new FilterPolicyException(
                        "Filter policy scope MessageAttributes does not support nested filter policy");
            }
        }
        return new FilterPolicy(scope, wanted, steps);
    }

    /** The first reading. Whatever passes it is well-formed for the second. */
    private static void checkJson(String json) throws FilterPolicyException {
        try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), json)) {
            if (parser.nextToken() == null) {
                throw new FilterPolicyException("FilterPolicy: failed to parse JSON. No content");
            }
            parser.skipChildren();
            if (parser.nextToken() != null) {
                throw new FilterPolicyException("FilterPolicy: failed to parse JSON. Content after the policy");
            }
        } catch (JacksonException e) {
            TokenStreamLocation location = e.getLocation();
            // AWS's reader is an older one, which calls a property a field.
            String reason = e.getOriginalMessage().replace("to start property name", "to start field name");
            throw new FilterPolicyException("FilterPolicy: failed to parse JSON. " + reason
                    + (location == null
                            ? ""
                            : "\n at [Source: REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); "
                                    + PolicyText.lineAndColumn(location) + "]"));
        }
    }

    /**
     * What the limits count in an object.
     *
     * @param combinations of values, each place's count times its depth; alternatives are summed. Never more than a little over
     *     the limit, lest it overflow
     */
    private record Counts(int keys, long combinations) {}

    private Counts members(Condition condition, int depth, long combinationsBefore) throws FilterPolicyException {
        if (condition.place().depth() >= FilterLimits.PATH_STEPS_MAX) {
            throw error("Filter policy is nested too deeply");
        }
        int keys = 0;
        long combinations = combinationsBefore;
        for (String name = parser.nextName(); name != null; name = parser.nextName()) {
            keys++;
            if (name.equals(OR)) {
                combinations = alternatives(condition, depth, combinations);
                continue;
            }
            if (withinOr && OPERATORS.contains(name)) {
                throw error(name + " is Ruler reserved fieldName which cannot be used inside " + OR + ".");
            }
            switch (parser.nextToken()) {
                case START_OBJECT -> {
                    nested = true;
                    combinations = members(at(condition, name), depth + 1, combinations)
                            .combinations();
                }
                case START_ARRAY -> {
                    List<Rule> values = rules.rules();
                    at(condition, name).setValues(values);
                    combinations = bounded(combinations * values.size() * depth);
                }
                default -> throw error('"' + name + "\" must be an object or an array");
            }
        }
        if (keys == 0 && depth > 1) {
            throw error("Empty objects are not allowed");
        }
        return new Counts(keys, combinations);
    }

    private static long bounded(long combinations) {
        return Math.min(combinations, 1_000_000);
    }

    private Condition at(Condition from, String name) throws FilterPolicyException {
        Condition at = from;
        int start = 0;
        for (int dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', start)) {
            at = at.orAdd(name.substring(start, dot));
            if (at.place().depth() >= FilterLimits.PATH_STEPS_MAX) {
                throw error("Filter policy is nested too deeply");
            }
            start = dot + 1;
        }
        return at.orAdd(name.substring(start));
    }

    private long alternatives(Condition condition, int depth, long combinationsBefore) throws FilterPolicyException {
        if (parser.nextToken() != JsonToken.START_ARRAY) {
            throw error("It must be an Array followed with " + OR + ".");
        }
        boolean outer = withinOr;
        withinOr = true;
        long combinations = 0;
        List<Condition> alternatives = new ArrayList<>();
        for (JsonToken token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
            if (token != JsonToken.START_OBJECT) {
                throw error("Only JSON object is allowed in array of " + OR + " relationship.");
            }
            Condition alternative = new Condition(condition.place());
            Counts counts = members(alternative, depth, combinationsBefore);
            if (counts.keys() == 0) {
                throw error("Empty objects are not allowed");
            }
            combinations = bounded(combinations + counts.combinations());
            alternatives.add(alternative);
        }
        if (alternatives.size() < 2) {
            throw error("There must have at least 2 Objects in " + OR + " relationship.");
        }
        withinOr = outer;
        condition.anyOf().add(alternatives);
        return combinations;
    }

    private FilterPolicyException error(String reason) {
        return text.error(reason);
    }
}
