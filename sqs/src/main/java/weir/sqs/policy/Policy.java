package weir.sqs.policy;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a policy means.
 *
 * @param version the language's; the older one if the policy does not say
 */
public record Policy(String version, List<Statement> statements) {
    static final String VERSION_OLD = "2008-10-17";
    static final String VERSION_NEW = "2012-10-17";

    /** What a statement does to a request that it applies to. */
    public enum Effect {
        ALLOW,
        DENY
    }

    public Policy {
        statements = List.copyOf(statements);
    }

    /** @throws PolicyException if the text is no policy */
    public static Policy parse(String text) throws PolicyException {
        return PolicyReader.read(PolicyDocument.parse(text));
    }

    /** What it says to a request: one no outweighs any yes. Null if it says nothing. */
    public @Nullable Effect effectOn(AccessRequest request) {
        Effect effect = null;
        for (Statement statement : statements) {
            if (statement.appliesTo(request)) {
                if (statement.effect() == Effect.DENY) {
                    return Effect.DENY;
                }
                effect = Effect.ALLOW;
            }
        }
        return effect;
    }

    /** The actions that each statement names, as written, for a front to hold against those that it has. */
    public List<List<String>> actions() {
        return statements.stream().map(statement -> statement.actions().names()).toList();
    }
}
