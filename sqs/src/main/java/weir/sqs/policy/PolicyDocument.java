package weir.sqs.policy;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import weir.sqs.policy.Json.Items;
import weir.sqs.policy.Json.Members;
import weir.sqs.policy.Json.Text;

/** The text of a policy, to be edited: what AddPermission and RemovePermission do, of SQS and of SNS. Never changes. */
public final class PolicyDocument {
    private static final String STATEMENT = "Statement";
    private static final String SID = "Sid";

    private final SequencedMap<String, Json> members;

    private PolicyDocument(SequencedMap<String, Json> members) {
        this.members = members;
    }

    /** A document without a statement yet. */
    public static PolicyDocument empty(String version, String id) {
        SequencedMap<String, Json> members = new LinkedHashMap<>();
        members.put("Version", new Text(version));
        members.put("Id", new Text(id));
        members.put(STATEMENT, new Items(List.of()));
        return new PolicyDocument(members);
    }

    /** @throws PolicyException if it is not JSON, or has no object in it */
    public static PolicyDocument parse(String text) throws PolicyException {
        if (!(Json.parse(text) instanceof Members(var members))) {
            throw new PolicyException("a policy is an object");
        }
        return new PolicyDocument(members);
    }

    /** A statement that allows whole accounts some actions, as AWS writes it. */
    public static Json allow(String sid, List<String> accounts, List<String> actions, String resource) {
        SequencedMap<String, Json> principal = new LinkedHashMap<>();
        principal.put(
                "AWS",
                Json.textOrTexts(accounts.stream()
                        .map(account -> "arn:aws:iam::" + account + ":root")
                        .toList()));
        SequencedMap<String, Json> statement = new LinkedHashMap<>();
        statement.put(SID, new Text(sid));
        statement.put("Effect", new Text("Allow"));
        statement.put("Principal", new Members(principal));
        statement.put("Action", Json.textOrTexts(actions));
        statement.put("Resource", new Text(resource));
        return new Members(statement);
    }

    /** One that stands by itself counts as a list of one. */
    public List<Json> statements() {
        return switch (members.get(STATEMENT)) {
            case null -> List.of();
            case Items(var items) -> items;
            case Json one -> List.of(one);
        };
    }

    public boolean has(String sid) {
        return statements().stream().anyMatch(statement -> isCalled(statement, sid));
    }

    public PolicyDocument with(Json statement) {
        List<Json> statements = new ArrayList<>(statements());
        statements.add(statement);
        return withStatements(statements);
    }

    public PolicyDocument without(String sid) {
        return withStatements(statements().stream()
                .filter(statement -> !isCalled(statement, sid))
                .toList());
    }

    private PolicyDocument withStatements(List<Json> statements) {
        SequencedMap<String, Json> changed = new LinkedHashMap<>(members);
        changed.put(STATEMENT, new Items(statements));
        return new PolicyDocument(changed);
    }

    private static boolean isCalled(Json statement, String sid) {
        return statement instanceof Members(var parts) && new Text(sid).equals(parts.get(SID));
    }

    Json tree() {
        return new Members(members);
    }

    /** As JSON, without spaces. */
    @Override
    public String toString() {
        return tree().write();
    }
}
