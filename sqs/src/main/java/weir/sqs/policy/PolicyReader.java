package weir.sqs.policy;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import weir.sqs.policy.Json.Items;
import weir.sqs.policy.Json.Members;
import weir.sqs.policy.Json.Text;
import weir.sqs.policy.Json.Word;

/** Finds out what a policy's text means, and refuses what AWS would. */
final class PolicyReader {
    private static final Set<String> DOCUMENT = Set.of("Version", "Id", "Statement");
    private static final Set<String> STATEMENT = Set.of(
            "Sid",
            "Effect",
            "Principal",
            "NotPrincipal",
            "Action",
            "NotAction",
            "Resource",
            "NotResource",
            "Condition");

    private final boolean variables;

    private PolicyReader(boolean variables) {
        this.variables = variables;
    }

    static Policy read(PolicyDocument document) throws PolicyException {
        if (!(document.tree() instanceof Members(var members))) {
            throw new PolicyException("a policy is an object");
        }
        checkNames(members, DOCUMENT);
        String version = members.containsKey("Version") ? text("Version", members.get("Version")) : Policy.VERSION_OLD;
        if (!version.equals(Policy.VERSION_OLD) && !version.equals(Policy.VERSION_NEW)) {
            throw new PolicyException("Version is " + version);
        }
        if (members.containsKey("Id")) {
            text("Id", members.get("Id"));
        }
        if (!members.containsKey("Statement")) {
            throw new PolicyException("there is no Statement");
        }
        PolicyReader reader = new PolicyReader(version.equals(Policy.VERSION_NEW));
        List<Statement> statements = new ArrayList<>();
        Set<String> sids = new LinkedHashSet<>();
        for (Json statement : document.statements()) {
            Statement read = reader.statement(statement);
            if (read.sid() != null && !sids.add(read.sid())) {
                throw new PolicyException("two statements are called " + read.sid());
            }
            statements.add(read);
        }
        return new Policy(version, statements);
    }

    private Statement statement(Json json) throws PolicyException {
        if (!(json instanceof Members(var members))) {
            throw new PolicyException("a statement is an object");
        }
        checkNames(members, STATEMENT);
        String principal = oneOf(members, "Principal", "NotPrincipal");
        String action = oneOf(members, "Action", "NotAction");
        String resource = members.containsKey("Resource") || members.containsKey("NotResource")
                ? oneOf(members, "Resource", "NotResource")
                : null;
        List<String> resources = resource == null ? List.of() : texts(resource, members.get(resource));
        return new Statement(
                members.containsKey("Sid") ? text("Sid", members.get("Sid")) : null,
                effect(text("Effect", members.get("Effect"))),
                principals(principal.equals("NotPrincipal"), members.get(principal)),
                Statement.Actions.of(action.equals("NotAction"), texts(action, members.get(action))),
                resource == null
                        ? null
                        : new Statement.Resources(
                                resource.equals("NotResource"),
                                resources.stream()
                                        .map(arn -> new Template(arn, variables))
                                        .toList()),
                conditions(members.get("Condition")));
    }

    private static Policy.Effect effect(String text) throws PolicyException {
        return switch (text) {
            case "Allow" -> Policy.Effect.ALLOW;
            case "Deny" -> Policy.Effect.DENY;
            default -> throw new PolicyException("Effect is " + text);
        };
    }

    private static Statement.Principals principals(boolean except, @Nullable Json json) throws PolicyException {
        if (json instanceof Text(String star) && star.equals("*")) {
            return new Statement.Principals(except, true, List.of(), List.of());
        }
        if (!(json instanceof Members(var members)) || members.isEmpty()) {
            throw new PolicyException("Principal is neither a star nor an object");
        }
        List<String> aws = List.of();
        List<String> services = List.of();
        int count = 0;
        for (Map.Entry<String, Json> kind : members.entrySet()) {
            List<String> names = texts(kind.getKey(), kind.getValue());
            count += names.size();
            switch (kind.getKey()) {
                case "AWS" -> aws = names;
                case "Service" -> services = names;
                case "Federated", "CanonicalUser" -> {} // Nobody is one of them here.
                default -> throw new PolicyException("there is no principal of the kind " + kind.getKey());
            }
        }
        if (count > PolicyLimits.PRINCIPALS_MAX) {
            throw new PolicyException("more than " + PolicyLimits.PRINCIPALS_MAX + " principals");
        }
        return new Statement.Principals(except, aws.contains("*"), aws, services);
    }

    private List<Condition> conditions(@Nullable Json json) throws PolicyException {
        if (json == null) {
            return List.of();
        }
        List<Condition> conditions = new ArrayList<>();
        for (Map.Entry<String, Json> operator : members("Condition", json).entrySet()) {
            for (Map.Entry<String, Json> key :
                    members(operator.getKey(), operator.getValue()).entrySet()) {
                if (conditions.size() == PolicyLimits.CONDITIONS_MAX) {
                    throw new PolicyException("more than " + PolicyLimits.CONDITIONS_MAX + " conditions");
                }
                List<String> values = texts(key.getKey(), key.getValue());
                conditions.add(Condition.parse(operator.getKey(), key.getKey(), values, variables));
            }
        }
        return conditions;
    }

    private static SequencedMap<String, Json> members(String name, Json json) throws PolicyException {
        if (json instanceof Members(var members)) {
            return members;
        }
        throw new PolicyException(name + " is not an object");
    }

    private static void checkNames(SequencedMap<String, Json> members, Set<String> known) throws PolicyException {
        for (String name : members.keySet()) {
            if (!known.contains(name)) {
                throw new PolicyException("there is no " + name);
            }
        }
    }

    private static String oneOf(SequencedMap<String, Json> members, String name, String opposite)
            throws PolicyException {
        if (members.containsKey(name) == members.containsKey(opposite)) {
            throw new PolicyException("a statement has one of " + name + " and " + opposite);
        }
        return members.containsKey(name) ? name : opposite;
    }

    private static String text(String name, @Nullable Json json) throws PolicyException {
        if (json instanceof Text(String text)) {
            return text;
        }
        throw new PolicyException(name + " is not a text");
    }

    /** One text, or a list of them. Numbers and truths count as texts, as conditions have them. */
    private static List<String> texts(String name, @Nullable Json json) throws PolicyException {
        List<Json> items = json instanceof Items(var several) ? several : json == null ? List.of() : List.of(json);
        if (items.isEmpty() || items.size() > PolicyLimits.VALUES_MAX) {
            throw new PolicyException(name + " has " + items.size() + " values");
        }
        List<String> texts = new ArrayList<>();
        for (Json item : items) {
            switch (item) {
                case Text(String text) -> texts.add(text);
                case Word(String word) when !word.equals("null") -> texts.add(word);
                case Word _, Items _, Members _ -> throw new PolicyException(name + " is not a text");
            }
        }
        return List.copyOf(texts);
    }
}
